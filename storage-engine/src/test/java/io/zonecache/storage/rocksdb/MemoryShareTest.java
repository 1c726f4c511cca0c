package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StoreMemory;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.TestStripes;
import io.zonecache.storage.eviction.HistoryBound;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Index, history and hot tier out of one part of the memory, of which the index takes what it needs. */
class MemoryShareTest {

    private static final int HOT_BYTES = 2 << 20;
    private static final int PAYLOAD_BYTES = 400;

    private final AtomicLong clock = new AtomicLong();

    @TempDir
    Path directory;

    @Test
    void shouldGiveUpStripesOverAnIndexThatIsFullAndHotOnesToAnIndexThatGrows() {
        StoreConfig config = config(StoreConfig.MIN_INDEX_BYTES);
        int most = config.maxKeys();
        long held;
        try (StripeStore store = open(config)) {
            for (int i = 0; i < most / 4; i++) {
                put(store, i);
            }
            StoreStats early = store.stats();
            assertThat(early.stripes()).isEqualTo(most / 4);
            assertThat(early.evictions()).isZero();
            assertThat(taken(early)).isLessThanOrEqualTo(HOT_BYTES);
            for (int i = most / 4; i < most * 5 / 4; i++) {
                put(store, i);
            }
            StoreStats late = store.stats();
            assertThat(late.evictions()).isPositive();
            assertThat(late.stripes() + late.historyKeys()).isLessThanOrEqualTo(most);
            assertThat(late.stripes()).isGreaterThan(most * 9 / 10);
            assertThat(late.memory().indexBytes()).isGreaterThan(early.memory().indexBytes());
            assertThat(late.hotBytes()).isPositive().isLessThan(early.hotBytes());
            assertThat(taken(late)).isLessThanOrEqualTo(HOT_BYTES);
            held = late.stripes();
        }
        try (StripeStore store = open(config)) {
            assertThat(store.stats().stripes()).isEqualTo(held);
        }
    }

    @Test
    void shouldComeUpWithWhatASmallerIndexCanHold() {
        StoreConfig large = config(2 * StoreConfig.MIN_INDEX_BYTES);
        try (StripeStore store = open(large)) {
            for (int i = 0; i < large.maxKeys() * 9 / 10; i++) {
                put(store, i);
            }
        }
        StoreConfig small = config(StoreConfig.MIN_INDEX_BYTES);
        for (int run = 0; run < 2; run++) {
            try (StripeStore store = open(small)) {
                assertThat(store.stats().stripes()).isEqualTo(small.maxKeys());
                put(store, -1 - run);
                assertThat(store.stats().corruptDropped()).isZero();
            }
        }
    }

    private static long taken(StoreStats stats) {
        StoreMemory memory = stats.memory();
        return stats.hotBytes() + memory.indexBytes() + memory.historyBytes();
    }

    private StoreConfig config(long indexBytes) {
        return new StoreConfig(
                directory.resolve("store"),
                64 << 20,
                HOT_BYTES,
                2,
                0,
                100,
                HistoryBound.FOREVER,
                1 << 20,
                8 << 20,
                5_000,
                indexBytes,
                StoreConfig.MIN_MAX_OPEN_FILES);
    }

    private StripeStore open(StoreConfig config) {
        return RocksDbStripeStore.open(
                config, clock::incrementAndGet, UnpooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
    }

    private static void put(StripeStore store, int number) {
        TestStripes.put(store, number, PAYLOAD_BYTES);
    }
}
