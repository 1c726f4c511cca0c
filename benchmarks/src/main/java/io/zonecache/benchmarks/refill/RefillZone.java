package io.zonecache.benchmarks.refill;

import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Six nodes, and the clients that read from them. Used by one thread; the workspace ends the processes. */
final class RefillZone implements AutoCloseable {

    private static final long START_SECONDS = 240;
    private static final Duration READ_DEADLINE = Duration.ofSeconds(60);

    private final ZoneProcesses nodes;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ZoneCache> clients = new ArrayList<>();

    RefillZone(Workspace workspace, RefillPlan plan, int budget, Origin origin) {
        List<String> settings = List.of(
                "--capacity=256MiB",
                "--memory=" + plan.nodeMemory(),
                "--origin-budget=" + budget,
                "--origin-reserve=" + RefillPlan.RESERVE);
        List<String> jvm = new ArrayList<>(plan.nodeJvmOptions());
        jvm.add("-XX:TieredStopAtLevel=1");
        this.nodes = ZoneProcesses.prepare(workspace, "refill-" + budget, RefillPlan.NODES, jvm, settings);
        nodes.nodes().forEach(NodeProcess::start);
        nodes.awaitAllUp(START_SECONDS);
        for (int i = 0; i < plan.clients(); i++) {
            ZoneCache client = ZoneCache.builder()
                    .config(ClientConfig.builder()
                            .nodes(nodes.addresses())
                            .localCacheBytes(0)
                            .eventLoops(1)
                            .readDeadline(READ_DEADLINE)
                            .build())
                    .origin(origin)
                    .build();
            clients.add(client);
            client.whenReady().join();
        }
    }

    List<ZoneCache> clients() {
        return clients;
    }

    /** Returns when every node has forgotten every stripe. */
    void empty() {
        nodes.nodes().stream().map(node -> node.empty(http)).toList().forEach(CompletableFuture::join);
    }

    /** Returns when no client fetches or writes. */
    void awaitIdle() {
        clients.forEach(client -> client.whenIdle().join());
    }

    @Override
    public void close() {
        clients.forEach(ZoneCache::close);
        nodes.nodes().forEach(node -> node.stop(READ_DEADLINE));
    }
}
