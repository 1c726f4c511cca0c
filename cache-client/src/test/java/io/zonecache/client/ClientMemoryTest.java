package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.directory.DirectoryOrigin;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small memory against real nodes over real sockets. */
final class ClientMemoryTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final long MEMORY_BYTES = 8L << 20;
    private static final int CHUNKS = 24;

    @TempDir
    static Path directory;

    private static TestZone zone;

    @BeforeAll
    static void startZone() {
        zone = TestZone.start(directory, 6, "4-of-5");
    }

    @AfterAll
    static void stopZone() {
        zone.close();
    }

    private static ZoneCache cache(Path origin) {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .readDeadline(LONG)
                        .memoryBytes(MEMORY_BYTES)
                        .localCacheBytes(6L << 20)
                        .fill(FillConfig.builder().maxChunkBytes(CHUNK_BYTES).build())
                        .build())
                .origin(new DirectoryOrigin(origin, OriginLimits.DEFAULT))
                .build();
    }

    private static void assertIdle(ZoneCache cache) {
        cache.whenIdle().join();
        await().atMost(LONG).until(() -> cache.stats().memory().inFlightBytes() == 0);
        assertThat(cache.stats().memory().inFlightPeakBytes()).isBetween(1L, MEMORY_BYTES);
    }

    private static void readAll(ZoneCache cache, List<byte[]> chunks) {
        List<CompletableFuture<Chunk>> reads = new ArrayList<>();
        for (byte[] chunk : chunks) {
            reads.add(cache.get(ChunkKey.sha256Of(chunk)));
        }
        for (int i = 0; i < chunks.size(); i++) {
            assertThat(reads.get(i).join().toBytes()).isEqualTo(chunks.get(i));
            ZoneCacheStats stats = cache.stats();
            assertThat(stats.memory().localBytes()).isLessThanOrEqualTo(6L << 20);
        }
    }

    /** How many reads and fills overlap is the machine's to decide: enough of them do sooner or later. */
    @Test
    void shouldReadAndFillManyLargeChunksAtOnceWithinTheBudget(@TempDir Path origin) {
        long peakBytes = 0;
        for (int attempt = 0; attempt < 10 && peakBytes <= 4L << 20; attempt++) {
            peakBytes = readAndFillManyLargeChunks(origin, 100L * attempt);
        }
        assertThat(peakBytes).as("so that the local cache had to give way").isGreaterThan(4L << 20);
    }

    /** @return the most bytes in flight at once */
    private static long readAndFillManyLargeChunks(Path origin, long firstSeed) {
        List<byte[]> chunks = new ArrayList<>();
        try (DirectoryOrigin store = new DirectoryOrigin(origin, OriginLimits.DEFAULT)) {
            for (int i = 0; i < CHUNKS; i++) {
                byte[] chunk = TestZone.chunk(firstSeed + i, CHUNK_BYTES - i);
                chunks.add(chunk);
                store.store(ChunkKey.sha256Of(chunk), ByteBuffer.wrap(chunk), 10_000)
                        .join();
                if (i % 2 == 0) {
                    zone.fill(chunk);
                }
            }
        }
        try (ZoneCache cache = cache(origin)) {
            readAll(cache, chunks);
            assertIdle(cache);
            // What is read one after the other leaves it room again.
            for (byte[] chunk : chunks) {
                assertThat(cache.get(ChunkKey.sha256Of(chunk)).join().toBytes()).isEqualTo(chunk);
            }
            assertIdle(cache);
            assertThat(cache.stats().memory().localBytes()).isBetween(5L << 20, 6L << 20);
            return cache.stats().memory().inFlightPeakBytes();
        }
    }

    @Test
    void shouldHoldNothingAfterCancelledAndLateReads(@TempDir Path origin) {
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            chunks.add(TestZone.chunk(1_000 + i, CHUNK_BYTES));
            zone.fill(chunks.get(i));
        }
        try (ZoneCache cache = cache(origin)) {
            cache.whenReady().join();
            List<CompletableFuture<Chunk>> reads = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                ChunkKey key = ChunkKey.sha256Of(chunks.get(i));
                reads.add(i % 2 == 0 ? cache.get(key) : cache.get(key, Duration.ofMillis(1 + i)));
            }
            for (int i = 0; i < CHUNKS; i += 4) {
                reads.get(i).cancel(true);
            }
            reads.forEach(read -> await().atMost(LONG).until(read::isDone));
            assertIdle(cache);
        }
    }

    @Test
    void shouldHoldNothingOnceClosed(@TempDir Path origin) {
        byte[] chunk = TestZone.chunk(2_000, CHUNK_BYTES);
        zone.fill(chunk);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        for (ZoneNode loser : zone.placement(key).subList(0, 2)) {
            zone.node(loser).store().drop(key);
        }
        ZoneCache cache = cache(origin);
        List<CompletableFuture<Chunk>> reads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            reads.add(cache.get(i == 0 ? key : new ChunkKey(i, 2, 3, 4)));
        }
        cache.close();
        assertThat(reads).allSatisfy(read -> assertThat(read).isDone());
        await().atMost(LONG).until(() -> cache.stats().memory().inFlightBytes() == 0);
    }
}
