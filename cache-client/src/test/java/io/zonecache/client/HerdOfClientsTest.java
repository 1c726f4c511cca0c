package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.Origin;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fill leases where they matter: several clients, real nodes, and an S3 server that counts. */
final class HerdOfClientsTest {

    private static final int CLIENTS = 3;
    private static final int READERS_EACH = 300;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static TestZone zone;
    private static S3Server s3;

    private final List<ZoneCache> caches = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        s3 = S3Server.start(S3Options.defaults());
        zone = TestZone.start(directory, 6, "4-of-5");
    }

    @AfterAll
    static void stop() {
        zone.close();
        s3.close();
    }

    @BeforeEach
    void openClients() {
        for (int i = 0; i < CLIENTS; i++) {
            ClientConfig config = ClientConfig.builder()
                    .nodes(zone.addresses())
                    .eventLoops(1)
                    .readDeadline(LONG)
                    .fill(FillConfig.singleAttempt())
                    .build();
            caches.add(ZoneCache.builder().config(config).origin(origin()).build());
        }
    }

    @AfterEach
    void closeClients() {
        caches.forEach(ZoneCache::close);
    }

    private static Origin origin() {
        return TestS3.origin(s3.endpoint(), "");
    }

    private static ChunkKey stored(byte[] chunk) throws Exception {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        try (Origin origin = origin()) {
            origin.store(key, ByteBuffer.wrap(chunk), 30_000).get(60, TimeUnit.SECONDS);
        }
        s3.reset();
        return key;
    }

    private HttpResponse<String> askForLease(ZoneNode node, ChunkKey key) throws Exception {
        URI uri = URI.create("http://" + node.address() + "/v1/chunks/" + key.toHex() + "/lease?waitMillis=2000");
        return http.send(
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldFetchAColdChunkAtMostThreeTimesForAllReadersOfAllClients() throws Exception {
        byte[] chunk = TestZone.chunk(1, 512 * 1024);
        ChunkKey key = stored(chunk);
        List<CompletableFuture<Chunk>> reads = new ArrayList<>();
        for (int reader = 0; reader < READERS_EACH; reader++) {
            caches.forEach(cache -> reads.add(cache.get(key)));
        }
        for (CompletableFuture<Chunk> read : reads) {
            assertThat(read.get(90, TimeUnit.SECONDS).length()).isEqualTo(chunk.length);
        }
        assertThat(reads.get(reads.size() - 1).join().toBytes()).isEqualTo(chunk);
        assertThat(s3.counts().gets()).as("origin GETs").isBetween(1L, 3L);
    }

    @Test
    void shouldGetTheLeaseOnceThatOfAHolderWhoDiedHasExpired() throws Exception {
        byte[] chunk = TestZone.chunk(2, 100_000);
        ChunkKey key = stored(chunk);
        ZoneNode coordinator = zone.placement(key).get(0);
        // Until the node's own first lease lifetime is over. The holder then never says another word.
        Awaitility.await()
                .atMost(LONG)
                .until(() -> askForLease(coordinator, key).statusCode() == 201);
        List<CompletableFuture<Chunk>> reads =
                caches.stream().map(cache -> cache.get(key)).toList();
        for (CompletableFuture<Chunk> read : reads) {
            assertThat(read.get(90, TimeUnit.SECONDS).toBytes()).isEqualTo(chunk);
        }
        assertThat(s3.counts().gets()).as("origin GETs").isEqualTo(1);
    }

    @Test
    void shouldGetTheLeaseFromTheNextNodeWhenTheCoordinatorIsGone() throws Exception {
        byte[] chunk = TestZone.chunk(3, 100_000);
        ChunkKey key = stored(chunk);
        byte[] warm = TestZone.chunk(4, 1_000);
        zone.fill(warm);
        for (ZoneCache cache : caches) {
            assertThat(cache.get(ChunkKey.sha256Of(warm))
                            .get(90, TimeUnit.SECONDS)
                            .length())
                    .isEqualTo(1_000);
        }
        zone.node(zone.placement(key).get(0)).close();
        List<CompletableFuture<Chunk>> reads =
                caches.stream().map(cache -> cache.get(key)).toList();
        for (CompletableFuture<Chunk> read : reads) {
            assertThat(read.get(90, TimeUnit.SECONDS).toBytes()).isEqualTo(chunk);
        }
        assertThat(s3.counts().gets()).as("origin GETs").isBetween(1L, 3L);
        caches.forEach(cache -> assertThat(cache.stats().origin().uncoordinated())
                .as("fetches that no node granted")
                .isZero());
    }
}
