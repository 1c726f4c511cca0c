package io.zonecache.benchmarks.herd;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Placement;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Process;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Six nodes, an S3 server that counts, and the clients. Used by one thread; the workspace ends all processes. */
final class HerdZone {

    static final String LOCATION = "s3://" + S3Control.BUCKET + "/herd";

    private static final String CAPACITY = "256MiB";
    private static final int CHUNK_BYTES = 512 * 1024;
    private static final long START_SECONDS = 240;
    private static final long STORE_MILLIS = 60_000;

    private final Workspace workspace;
    private final S3Process s3;
    private final ZoneProcesses nodes;
    private final List<HerdClient> clients = new ArrayList<>();
    private final ChunkOracle chunks = new ChunkOracle(2026, CHUNK_BYTES);
    private final ChunkKey warm;
    private long stored;
    private int clientsStarted;

    HerdZone(Workspace workspace, HerdPlan plan) {
        this.workspace = workspace;
        this.s3 = S3Process.start(workspace, S3Options.defaults());
        this.warm = coldChunk();
        List<String> settings = List.of("--capacity=" + CAPACITY, "--memory=" + plan.nodeMemory());
        List<String> jvm = new ArrayList<>(plan.nodeJvmOptions());
        // Near thirty young JVMs share the machine: their second compilers would take more of it than the reads.
        jvm.add("-XX:TieredStopAtLevel=1");
        this.nodes = ZoneProcesses.prepare(workspace, "herd", HerdPlan.NODES, jvm, settings);
        nodes.nodes().forEach(NodeProcess::start);
        nodes.awaitAllUp(START_SECONDS);
        for (int i = 0; i < plan.clients(); i++) {
            startClient();
        }
        clients.forEach(HerdClient::awaitReady);
    }

    S3Process s3() {
        return s3;
    }

    List<HerdClient> clients() {
        return List.copyOf(clients);
    }

    /** A chunk that the origin has and no node. */
    ChunkKey coldChunk() {
        byte[] chunk = chunks.chunk(stored);
        ChunkKey key = chunks.key(stored++);
        S3OriginOptions options = S3OriginOptions.builder()
                .endpoint(s3.endpoint())
                .region(S3Control.REGION)
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                .limits(OriginLimits.DEFAULT.withThreads(1))
                .build();
        try (Origin origin = S3Origin.open(LOCATION, options)) {
            origin.store(key, ByteBuffer.wrap(chunk), STORE_MILLIS).join();
        }
        return key;
    }

    NodeProcess coordinatorOf(ChunkKey key) {
        String id = new Placement(nodes.awaitAllUp(START_SECONDS))
                .nodesFor(key)
                .get(0)
                .id();
        return nodes.nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** A client that is gone, and another in its place. */
    void replace(HerdClient killed) {
        clients.remove(killed);
        startClient().awaitReady();
    }

    /** Starts a node that was killed, and waits until every client asks it again. */
    void bringBack(NodeProcess killed) {
        killed.start();
        nodes.awaitAllUp(START_SECONDS);
        clients.forEach(HerdClient::settle);
    }

    private HerdClient startClient() {
        HerdClient client = HerdClient.start(workspace, "client-" + ++clientsStarted, nodes.addresses(), s3, warm);
        clients.add(client);
        return client;
    }
}
