package io.zonecache.client.internal.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalCacheTest {

    @Test
    void shouldStayWithinItsBytes() {
        LocalCache cache = new LocalCache(1 << 20, MemoryBudgetTest.ample());
        for (int i = 0; i < 1_000; i++) {
            put(cache, new ChunkKey(i, 0, 0, 0), ByteBuffer.allocate(10_000).asReadOnlyBuffer());
            assertThat(cache.bytes()).isLessThanOrEqualTo(1 << 20);
        }
        assertThat(cache.bytes()).isGreaterThan(900_000);
    }

    @Test
    void shouldKeepWhatIsReadOftenThroughAScan() {
        LocalCache cache = new LocalCache(1 << 20, MemoryBudgetTest.ample());
        ChunkKey hot = new ChunkKey(-1, 0, 0, 0);
        put(cache, hot, ByteBuffer.allocate(10_000));
        for (int i = 0; i < 10_000; i++) {
            assertThat(cache.get(ChunkName.of(hot))).isNotNull();
            put(cache, new ChunkKey(i, 0, 0, 0), ByteBuffer.allocate(10_000));
        }
    }

    @Test
    void shouldKeepNothingWhenItIsOff() {
        LocalCache cache = new LocalCache(0, MemoryBudgetTest.ample());
        ChunkKey key = new ChunkKey(1, 2, 3, 4);
        put(cache, key, ByteBuffer.allocate(10));
        assertThat(cache.get(ChunkName.of(key))).isNull();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void shouldGiveWayToBytesInFlightAndGrowBackAfterwards() {
        MemoryBudget budget = new MemoryBudget(1 << 20, 1_000);
        LocalCache cache = new LocalCache(800_000, budget);
        fill(cache, 200);
        assertThat(cache.bytes()).isBetween(700_000L, 800_000L);
        assertThat(budget.reads().tryTake(600_000)).isTrue();
        assertThat(cache.bytes()).isBetween(300_000L, (1L << 20) - 600_000);
        fill(cache, 400);
        assertThat(cache.bytes()).isLessThanOrEqualTo((1L << 20) - 600_000);
        budget.reads().release(600_000);
        fill(cache, 600);
        assertThat(cache.bytes()).isBetween(700_000L, 800_000L);
    }

    @Test
    void shouldForgetPurgedChunksAndNoOthers() {
        LocalCache cache = new LocalCache(1 << 20, MemoryBudgetTest.ample());
        ChunkKey purged = new ChunkKey(1, 0, 0, 0);
        ChunkKey other = new ChunkKey(2, 0, 0, 0);
        put(cache, purged, ByteBuffer.allocate(10));
        put(cache, other, ByteBuffer.allocate(10));
        cache.purged(List.of(purged, new ChunkKey(3, 0, 0, 0)));
        assertThat(cache.get(ChunkName.of(purged))).isNull();
        assertThat(cache.get(ChunkName.of(other))).isNotNull();
        put(cache, purged, ByteBuffer.allocate(10));
        assertThat(cache.get(ChunkName.of(purged))).as("loaded after the purge").isNotNull();
        cache.purgedUnknownKeys();
        assertThat(cache.get(ChunkName.of(purged))).isNull();
        assertThat(cache.get(ChunkName.of(other))).isNull();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void shouldServeAChunkToReadsByTheSameKindOfKeyOnly() {
        LocalCache cache = new LocalCache(1 << 20, MemoryBudgetTest.ample());
        ObjectRange range = new ObjectRange("s3://bucket/object", "\"1\"", 0, 10);
        cache.put(ChunkName.of(range), ByteBuffer.allocate(10), cache.generation(range.key()));
        assertThat(cache.get(ChunkName.of(range))).isNotNull();
        assertThat(cache.get(ChunkName.of(range.key()))).isNull();
        cache.purged(List.of(range.key()));
        assertThat(cache.get(ChunkName.of(range))).isNull();
    }

    @Test
    void shouldNotStoreWhatWasPurgedWhileItWasLoaded() {
        LocalCache cache = new LocalCache(1 << 20, MemoryBudgetTest.ample());
        ChunkKey purged = new ChunkKey(1, 0, 0, 0);
        ChunkKey other = new ChunkKey(2, 0, 0, 0);
        long ofPurged = cache.generation(purged);
        long ofOther = cache.generation(other);
        cache.invalidate(List.of(purged));
        cache.put(ChunkName.of(purged), ByteBuffer.allocate(10), ofPurged);
        cache.put(ChunkName.of(other), ByteBuffer.allocate(10), ofOther);
        assertThat(cache.get(ChunkName.of(purged))).isNull();
        assertThat(cache.get(ChunkName.of(other))).isNotNull();
        cache.clear();
        cache.put(ChunkName.of(other), ByteBuffer.allocate(10), ofOther);
        assertThat(cache.get(ChunkName.of(other))).isNull();
    }

    @Test
    void shouldHoldNoPurgedChunkHoweverLoadsAndPurgesMeet() throws Exception {
        LocalCache cache = new LocalCache(1 << 20, MemoryBudgetTest.ample());
        ChunkKey key = new ChunkKey(1, 0, 0, 0);
        for (int run = 0; run < 2_000; run++) {
            long generation = cache.generation(key);
            CyclicBarrier barrier = new CyclicBarrier(2);
            boolean isAll = run % 2 == 0;
            Thread purger = new Thread(() -> {
                try {
                    barrier.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                if (isAll) {
                    cache.clear();
                } else {
                    cache.invalidate(List.of(key));
                }
            });
            purger.start();
            barrier.await();
            cache.put(ChunkName.of(key), ByteBuffer.allocate(10), generation);
            purger.join();
            assertThat(cache.get(ChunkName.of(key))).as("run %d", run).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldStayWithinTheBudgetTogetherWithBytesInFlight(long seed) {
        Random random = new Random(seed);
        MemoryBudget budget = new MemoryBudget(1 << 20, 10_000);
        LocalCache cache = new LocalCache(1 << 20, budget);
        Deque<Long> taken = new ArrayDeque<>();
        for (int i = 0; i < 5_000; i++) {
            long bytes = random.nextLong(1, 100_000);
            if (random.nextBoolean() && budget.reads().tryTake(bytes)) {
                taken.add(bytes);
            } else if (!taken.isEmpty()) {
                budget.reads().release(taken.remove());
            }
            put(cache, new ChunkKey(i, 0, 0, 0), ByteBuffer.allocate(random.nextInt(1, 20_000)));
            assertThat(cache.bytes() + budget.inFlightBytes())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(1 << 20);
        }
    }

    private static void put(LocalCache cache, ChunkKey key, ByteBuffer chunk) {
        cache.put(ChunkName.of(key), chunk, cache.generation(key));
    }

    private static void fill(LocalCache cache, int chunks) {
        for (int i = 0; i < chunks; i++) {
            put(cache, new ChunkKey(i, chunks, 0, 0), ByteBuffer.allocate(10_000));
        }
    }
}
