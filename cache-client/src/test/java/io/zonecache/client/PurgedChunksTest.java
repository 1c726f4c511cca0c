package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What an operator has purged leaves the workers' own memory, though they ask the zone for nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PurgedChunksTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private TestZone zone;
    private Path directory;

    @BeforeAll
    void startZone(@TempDir Path temporary) {
        directory = temporary;
        zone = TestZone.start(directory, 3, "2-of-3");
    }

    @AfterAll
    void stopZone() {
        zone.close();
    }

    @Test
    void shouldDropAPurgedChunkFromTheLocalCacheOfAClientThatAsksForNothingElse() throws Exception {
        byte[] purged = TestZone.chunk(1, 10_000);
        byte[] kept = TestZone.chunk(2, 10_000);
        zone.fill(purged);
        zone.fill(kept);
        ClientConfig config = ClientConfig.builder().nodes(zone.addresses()).build();
        try (ZoneCache cache = ZoneCache.builder().config(config).build()) {
            ChunkKey key = ChunkKey.sha256Of(purged);
            cache.read(key);
            cache.read(ChunkKey.sha256Of(kept));
            assertThat(cache.read(key).toBytes()).isEqualTo(purged);
            assertThat(cache.stats().reads().fromLocal()).isEqualTo(1);
            // The view is waited for at one of them: it is to be heard whichever that is.
            for (ZoneNode node : zone.view()) {
                purge(node, key);
            }
            await().atMost(LONG).until(() -> isPurged(cache, key));
            assertThat(cache.read(ChunkKey.sha256Of(kept)).toBytes()).isEqualTo(kept);
            assertThat(cache.stats().reads().fromZone())
                    .as("the other chunk stayed")
                    .isEqualTo(2);
        }
    }

    private static boolean isPurged(ZoneCache cache, ChunkKey key) {
        return cache.get(key)
                .handle((chunk, failure) -> failure != null
                        && io.zonecache.client.internal.Futures.asCacheException(failure)
                                        .code()
                                == CacheErrorCode.PURGED)
                .join();
    }

    private void purge(ZoneNode node, ChunkKey key) throws Exception {
        String token = Files.readString(directory.resolve(node.id()).resolve("admin-token"))
                .trim();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + zone.node(node).adminPort() + "/v1/purge/" + key.toHex()))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
    }
}
