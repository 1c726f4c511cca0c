package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers with different deadlines that want one chunk, against a real zone and an origin that is slow at first. */
final class JoinedReadsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    static Path directory;

    private static TestZone zone;

    private final byte[] chunk = TestZone.chunk(1, 10_000);
    private final ChunkKey key = ChunkKey.sha256Of(chunk);
    private final byte[] other = TestZone.chunk(2, 10_000);

    @BeforeAll
    static void startZone() {
        zone = TestZone.start(directory, 3, "2-of-3");
    }

    @AfterAll
    static void stopZone() {
        zone.close();
    }

    /** Is silent when it is first asked for the chunk, until the time of the call is over; answers every other call. */
    private final class SlowOrigin implements Origin {
        private final AtomicInteger fetches = new AtomicInteger();

        @Override
        public CompletableFuture<byte[]> fetch(FetchRequest request) {
            if (!request.key().equals(key)) {
                return CompletableFuture.completedFuture(other);
            }
            if (fetches.getAndIncrement() > 0) {
                return CompletableFuture.completedFuture(chunk);
            }
            CompletableFuture<byte[]> fetch = new CompletableFuture<>();
            CompletableFuture.delayedExecutor(request.timeouts().totalMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> fetch.completeExceptionally(new CacheException(
                            CacheErrorCode.ORIGIN_FAILED,
                            "nothing came within " + request.timeouts().totalMillis() + " ms (expected: the chunk)")));
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
                        .fill(FillConfig.singleAttempt())
                        .build())
                .origin(origin)
                .build()) {
            // Nodes that have just started grant no lease for a while.
            assertThat(cache.get(ChunkKey.sha256Of(other), LONG)).succeedsWithin(LONG);
            CompletableFuture<Chunk> impatient = cache.get(key, Duration.ofSeconds(2));
            await().atMost(LONG).until(() -> origin.fetches.get() == 1);
            CompletableFuture<Chunk> patient = cache.get(key, LONG);
            await().atMost(LONG).until(impatient::isCompletedExceptionally);
            assertThat(patient).succeedsWithin(LONG);
            assertThat(patient.join().toBytes()).isEqualTo(chunk);
            assertThat(origin.fetches).hasValue(2);
        }
    }
}
