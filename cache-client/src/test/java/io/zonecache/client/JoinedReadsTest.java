package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers with different deadlines that want one chunk, against a real zone and an origin that answers when the test says so. */
final class JoinedReadsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    static Path directory;

    private static TestZone zone;

    private final byte[] chunk = TestZone.chunk(1, 10_000);
    private final ChunkKey key = ChunkKey.sha256Of(chunk);

    @BeforeAll
    static void startZone() {
        zone = TestZone.start(directory, 3, "2-of-3");
    }

    @AfterAll
    static void stopZone() {
        zone.close();
    }

    /** Fetches end by hand, or in their own time as those of a real origin do. */
    private static final class SlowOrigin implements Origin {
        private final Queue<CompletableFuture<byte[]>> fetches = new ConcurrentLinkedQueue<>();

        @Override
        public CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts) {
            CompletableFuture<byte[]> fetch = new CompletableFuture<>();
            fetches.add(fetch);
            return fetch;
        }

        @Override
        public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String describe() {
            return "slow";
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldServeAPatientCallerThatJoinedAnImpatientOne() {
        SlowOrigin origin = new SlowOrigin();
        try (ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .fill(FillConfig.patient())
                        .build())
                .origin(origin)
                .build()) {
            cache.whenReady().join();
            CompletableFuture<Chunk> impatient = cache.get(key, Duration.ofMillis(700));
            CompletableFuture<Chunk> patient = cache.get(key, LONG);
            await().atMost(LONG).until(impatient::isCompletedExceptionally);
            long begin = System.nanoTime();
            await().during(Duration.ofSeconds(4))
                    .atMost(LONG)
                    .until(() -> !patient.isDone() || System.nanoTime() - begin > 10e9);
            origin.fetches.forEach(fetch -> fetch.complete(chunk));
            await().atMost(LONG).until(() -> {
                origin.fetches.forEach(fetch -> fetch.complete(chunk));
                return patient.isDone();
            });
            assertThat(patient.join().toBytes()).isEqualTo(chunk);
        }
    }
}
