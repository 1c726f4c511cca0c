package io.zonecache.cli.kills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.Chunk;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
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
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Six node processes and a real S3 server. Again and again a node is killed, every other time after it has been stopped for a while, so that
 * its connections stay open and answer nothing; all chunks are read, and the node is started again on its data. Promise: no read
 * fails, and no chunk is fetched again.
 *
 * <p>{@code -Dzonecache.test.kills} and {@code -Dzonecache.test.kill-seed} change how many kills, and which.
 */
@Tag("nightly")
final class KilledProcessesTest {

    private static final int NODES = 6;
    private static final int CHUNKS = 96;
    private static final int STRIPES = 5;
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int KILLS = Integer.getInteger("zonecache.test.kills", 2);
    private static final long SEED = Long.getLong("zonecache.test.kill-seed", 22);
    private static final long START_SECONDS = 240;
    private static final long STORE_MILLIS = 60_000;
    /** Nodes that have just started grant no lease for a while; a busy machine makes that longer. */
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final Duration REST = Duration.ofMinutes(3);
    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final String LOCATION = "s3://" + S3Control.BUCKET + "/kills";

    private static final String STORED = "zonecache_store_stripes";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ChunkOracle chunks = new ChunkOracle(SEED, CHUNK_BYTES);
    private final Random random = new Random(SEED);

    @Test
    void shouldFetchNothingAgainWhicheverNodeIsKilled() {
        try (Workspace workspace = Workspace.create("zonecache-kills");
                S3Process s3 = S3Process.start(workspace, S3Options.defaults());
                Origin origin = origin(s3)) {
            store(origin);
            ZoneProcesses zone = ZoneProcesses.prepare(
                    workspace, "kills", NODES, NODE_JVM, List.of("--capacity=256MiB", "--memory=128MiB"));
            zone.nodes().forEach(NodeProcess::start);
            zone.awaitAllUp(START_SECONDS);
            try (ZoneCache cache = cache(zone, origin)) {
                cache.whenReady().join();
                readAll(cache);
                awaitWhole(cache, zone);
                s3.reset();
                for (int kill = 1; kill <= KILLS; kill++) {
                    NodeProcess node = zone.nodes().get(random.nextInt(NODES));
                    kill(cache, node, kill % 2 == 0);
                    assertThat(s3.counts().gets())
                            .as("origin GETs after kill %d of %d, of %s, seed %d", kill, KILLS, node.id(), SEED)
                            .isZero();
                    node.start();
                    CompletableFuture<?> allUp = zone.allUp();
                    await("node " + node.id() + " is back").atMost(REST).until(() -> {
                        readAll(cache);
                        return allUp.isDone();
                    });
                    awaitWhole(cache, zone);
                }
                assertThat(s3.counts().gets()).as("origin GETs").isZero();
            }
        }
    }

    private void kill(ZoneCache cache, NodeProcess node, boolean isSilentFirst) {
        if (isSilentFirst) {
            node.freeze();
            readAll(cache);
        }
        node.kill();
        readAll(cache);
        readAll(cache);
    }

    private void readAll(ZoneCache cache) {
        List<CompletableFuture<Chunk>> reads = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            reads.add(cache.get(chunks.key(i)));
        }
        for (int i = 0; i < CHUNKS; i++) {
            chunks.check(i, reads.get(i).join().buffer());
        }
    }

    /** Until every node is asked and holds its stripe of each chunk: what was put seconds before a kill is lost with it, and comes back by repair. */
    private void awaitWhole(ZoneCache cache, ZoneProcesses zone) {
        await("the zone is whole").atMost(REST).until(() -> {
            readAll(cache);
            return cache.stats().nodesSkipped() == 0
                    && zone.nodes().stream().mapToLong(this::stripes).sum() == (long) CHUNKS * STRIPES;
        });
    }

    private long stripes(NodeProcess node) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.adminPort() + "/metrics"))
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(STORED + ' '))
                    .mapToLong(line -> Math.round(Double.parseDouble(line.substring(STORED.length() + 1))))
                    .sum();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static ZoneCache cache(ZoneProcesses zone, Origin origin) {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .readDeadline(DEADLINE)
                        .localCacheBytes(0)
                        .build())
                .origin(origin)
                .build();
    }

    private static Origin origin(S3Process s3) {
        return S3Origin.open(
                LOCATION,
                S3OriginOptions.builder()
                        .endpoint(s3.endpoint())
                        .region(S3Control.REGION)
                        .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                        .build());
    }

    private void store(Origin origin) {
        for (int i = 0; i < CHUNKS; i++) {
            origin.store(chunks.key(i), ByteBuffer.wrap(chunks.chunk(i)), STORE_MILLIS)
                    .join();
        }
    }
}
