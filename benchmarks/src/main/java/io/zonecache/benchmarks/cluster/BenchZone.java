package io.zonecache.benchmarks.cluster;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Process;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Six nodes, a proxy before each for those who go by it, and an S3 server that counts. Used by one thread. */
final class BenchZone implements AutoCloseable {

    static final String LOCATION = "s3://" + S3Control.BUCKET + "/bench";

    private static final String NAME = "bench";
    private static final String CAPACITY = "1GiB";
    private static final long START_SECONDS = 180;
    private static final long STORE_MILLIS = 60_000;
    private static final int STORES_IN_FLIGHT = 8;

    /** A thousand seconds' worth of milliseconds: no view of the nodes' own is newer while the bench runs. */
    private static final long NEWER = 1_000_000;

    private final ZoneProcesses processes;
    private final List<FaultProxy> proxies;
    private final S3Process s3;
    private final Origin origin;
    private final List<ViewServer> views = new ArrayList<>();
    private final List<ZoneClient> clients = new ArrayList<>();
    private @Nullable ZoneView view;

    BenchZone(Workspace workspace, ClusterPlan plan) {
        // First: six nodes that start take the machine for a while.
        s3 = S3Process.start(workspace, S3Options.defaults());
        List<String> settings = List.of("--capacity=" + CAPACITY, "--memory=" + plan.nodeMemory());
        processes = ZoneProcesses.prepare(workspace, NAME, ClusterPlan.NODES, plan.nodeJvmOptions(), settings);
        processes.nodes().forEach(NodeProcess::start);
        proxies = processes.nodes().stream()
                .map(node -> FaultProxy.to("127.0.0.1", node.dataPort()))
                .toList();
        origin = S3Origin.open(
                LOCATION,
                S3OriginOptions.builder()
                        .endpoint(s3.endpoint())
                        .region(S3Control.REGION)
                        .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                        .build());
    }

    /** Waits until the nodes have found each other. */
    void awaitAllUp() {
        view = processes.awaitAllUp(START_SECONDS);
    }

    List<NodeProcess> nodes() {
        return processes.nodes();
    }

    S3Control s3() {
        return s3;
    }

    List<Long> pids() {
        return nodes().stream().map(node -> node.process().pid()).toList();
    }

    /** A client that goes by the nodes' own view. */
    ZoneClient client(BenchChunks chunks, Verification verification, OverRequestPolicy policy, boolean withOrigin) {
        return opened(new ZoneClient(processes.addresses(), chunks, verification, policy, withOrigin ? origin : null));
    }

    /** A client that finds the same nodes behind the proxies and takes another code to be the zone's. */
    ZoneClient proxiedClient(BenchChunks chunks, CodeSpec code) {
        return opened(new ZoneClient(
                List.of(showView(code, true).address()), chunks, Verification.CHECKSUM, OverRequestPolicy.ALL, null));
    }

    /** Puts chunks into the zone under a code. */
    void store(BenchChunks chunks, CodeSpec code) {
        try (ViewServer shown = showView(code, false);
                ZoneClient client = new ZoneClient(
                        List.of(shown.address()), chunks, Verification.CHECKSUM, OverRequestPolicy.ALL, null)) {
            for (int i = 0; i < chunks.count(); i++) {
                PrimedChunk.store(client.cache(), chunks.key(i), chunks.bytes(i));
            }
        }
    }

    /** Puts chunks into S3, where a client with an origin finds what the zone has lost. */
    void storeBelow(BenchChunks chunks) {
        List<CompletableFuture<Void>> window = new ArrayList<>();
        for (int i = 0; i < chunks.count(); i++) {
            window.add(origin.store(chunks.key(i), ByteBuffer.wrap(chunks.bytes(i)), STORE_MILLIS));
            if (window.size() == STORES_IN_FLIGHT) {
                window.forEach(CompletableFuture::join);
                window.clear();
            }
        }
        window.forEach(CompletableFuture::join);
    }

    /** What comes from the first node through its proxy does so later from now on. */
    void slowFirstNode(long millis) {
        proxies.get(0).set(millis == 0 ? new ProxyFault.None() : new ProxyFault.Lag(millis));
    }

    @Override
    public void close() {
        clients.forEach(ZoneClient::close);
        views.forEach(ViewServer::close);
        proxies.forEach(FaultProxy::close);
        origin.close();
    }

    private ZoneClient opened(ZoneClient client) {
        clients.add(client);
        return client;
    }

    private ViewServer showView(CodeSpec code, boolean throughProxies) {
        ZoneView own = view;
        if (own == null) {
            throw new IllegalStateException("the zone has no view yet");
        }
        ZoneSettings settings = own.settings();
        List<ZoneNode> shown = own.nodes().stream()
                .map(node -> new ZoneNode(
                        node.id(),
                        throughProxies ? proxyOf(node).address() : node.address(),
                        node.domain(),
                        node.weight(),
                        node.state()))
                .toList();
        ViewServer server = new ViewServer(new ZoneView(
                new ZoneSettings(
                        settings.zone(),
                        settings.recordVersion(),
                        settings.keyScheme(),
                        code,
                        settings.expectedNodes(),
                        settings.originBudget(),
                        settings.originReserve(),
                        settings.expectedClients()),
                own.epoch() + NEWER,
                shown));
        views.add(server);
        return server;
    }

    private FaultProxy proxyOf(ZoneNode node) {
        for (int i = 0; i < nodes().size(); i++) {
            if (nodes().get(i).id().equals(node.id())) {
                return proxies.get(i);
            }
        }
        throw new IllegalStateException("node " + node.id() + " is none of the bench's");
    }
}
