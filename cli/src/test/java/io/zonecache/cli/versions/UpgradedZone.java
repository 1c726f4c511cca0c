package io.zonecache.cli.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Placement;
import io.zonecache.model.Protocol;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Latency;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Process;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Six nodes, each of one build or the other, and an S3 server that counts. Used by one thread. */
final class UpgradedZone {

    static final int NODES = 6;
    static final int CHUNK_BYTES = 512 << 10;

    private static final String LOCATION = "s3://" + S3Control.BUCKET + "/versions";
    private static final long SEED = 2027;
    private static final long START_SECONDS = 240;
    private static final long STORE_MILLIS = 60_000;
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Duration REST = Duration.ofMinutes(3);
    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Workspace workspace;
    private final S3Process s3;
    private final ZoneProcesses nodes;
    private final Map<String, ProductBuild> builds = new HashMap<>();
    private final ChunkOracle chunks = new ChunkOracle(SEED, CHUNK_BYTES);
    private final HttpClient http = HttpClient.newHttpClient();
    private long stored;
    private int started;

    /** All nodes are of one build at first. */
    UpgradedZone(Workspace workspace, ProductBuild build) {
        this.workspace = workspace;
        this.s3 = S3Process.start(workspace, S3Options.defaults().withLatency(S3Latency.measured(SEED)));
        this.nodes = ZoneProcesses.prepare(
                workspace, "versions", NODES, NODE_JVM, List.of("--capacity=256MiB", "--memory=128MiB"));
        for (NodeProcess node : nodes.nodes()) {
            builds.put(node.id(), build);
            node.start(build.classPath());
        }
        nodes.awaitAllUp(START_SECONDS);
    }

    List<NodeProcess> nodes() {
        return nodes.nodes();
    }

    S3Process s3() {
        return s3;
    }

    VersionClient startClient(ProductBuild build) {
        return new VersionClient(
                build,
                workspace.start(
                        "client-" + build + '-' + ++started,
                        withCredentials(build.withTestClass(VersionClientMain.class))
                                .arguments(String.join(",", nodes.addresses()), LOCATION)
                                .arguments(s3.endpoint().toString())));
    }

    /** Runs a {@code zonecache} command to its end, which must be success. */
    void run(ProductBuild build, String... arguments) {
        ManagedProcess process = workspace.start(
                "command-" + build + '-' + ++started,
                withCredentials(build.command())
                        .arguments(arguments)
                        .arguments("--nodes=" + String.join(",", nodes.addresses())));
        assertThat(process.awaitExit(Duration.ofMinutes(2)))
                .as(build + " " + String.join(" ", arguments) + process.describeEnd())
                .isZero();
    }

    /** The options of commands that may ask the origin. */
    String[] originOptions() {
        return new String[] {"--origin=" + LOCATION, "--s3-endpoint=" + s3.endpoint()};
    }

    /** Chunks that the origin has and no node. */
    List<ChunkKey> coldChunks(int count) {
        S3OriginOptions options = S3OriginOptions.builder()
                .endpoint(s3.endpoint())
                .region(S3Control.REGION)
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                .build();
        List<ChunkKey> keys = new ArrayList<>();
        try (Origin origin = S3Origin.open(LOCATION, options)) {
            for (int i = 0; i < count; i++) {
                ChunkKey key = chunks.key(stored);
                origin.store(key, ByteBuffer.wrap(chunks.chunk(stored)), STORE_MILLIS)
                        .join();
                stored++;
                keys.add(key);
            }
        }
        s3.reset();
        return keys;
    }

    /** Stops a node as an operator would, starts the other build on its data, and waits for the zone to come to rest. */
    void replace(NodeProcess node, ProductBuild build) {
        node.stop(STOP);
        builds.put(node.id(), build);
        node.start(build.classPath());
        nodes.awaitAllUp(START_SECONDS);
        await(node.id() + " has settled").atMost(REST).until(() -> status(node.adminPort(), "/health/settled") == 200);
    }

    /** How many of the chunks have a coordinator of each build. */
    Map<String, Integer> coordinators(List<ChunkKey> keys) {
        Placement placement = new Placement(nodes.awaitAllUp(START_SECONDS));
        Map<String, Integer> counts = new TreeMap<>();
        for (ChunkKey key : keys) {
            String id = placement.nodesFor(key).get(0).id();
            counts.merge(String.valueOf(builds.get(id)), 1, Integer::sum);
        }
        return counts;
    }

    /** What each node is, by its own account: later builds name what they know of purges in every answer. */
    String describe() {
        StringBuilder text = new StringBuilder();
        for (NodeProcess node : nodes()) {
            boolean purges = get(node.dataPort(), Protocol.VIEW_PATH)
                    .headers()
                    .firstValue("Zonecache-Purges")
                    .isPresent();
            text.append(node.id())
                    .append('=')
                    .append(builds.get(node.id()))
                    .append(purges ? " (tells of purges) " : " ");
        }
        return text.toString().strip();
    }

    private int status(int port, String path) {
        return get(port, path).statusCode();
    }

    private HttpResponse<Void> get(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new IllegalStateException("GET " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static JavaCommand withCredentials(JavaCommand command) {
        return command.environment("AWS_ACCESS_KEY_ID", S3Control.ACCESS_KEY)
                .environment("AWS_SECRET_ACCESS_KEY", S3Control.SECRET_KEY)
                .environment("AWS_REGION", S3Control.REGION);
    }
}
