package io.zonecache.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import io.zonecache.storage.TestStripes;
import io.zonecache.storage.eviction.LruK;
import io.zonecache.storage.eviction.Residency;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import org.junit.jupiter.api.Test;

class StripeIndexTest {

    @Test
    void shouldTakeAtMost100BytesForEachStripeAtAMillion() {
        int stripes = 1_000_000;
        long heapBefore = heapBytes();
        StripeIndex index = new StripeIndex(new Residency(new LruK(2, 10_000), 100), 1, null);
        for (int i = 0; i < stripes; i++) {
            index.put(TestStripes.key(i), new StripeIndex.Place(1, i, 131_136, i, true), 1 + i);
        }
        assertThat(index.stripes()).isEqualTo(stripes);
        assertThat((double) index.memoryBytes() / stripes).isLessThan(100);
        assertThat(index.historyBytes()).isZero();
        assertThat((double) (heapBytes() - heapBefore) / index.memoryBytes()).isBetween(0.9, 1.05);
        assertThat(index.stripes()).isEqualTo(stripes);
    }

    @Test
    void shouldCountTheHistoryApartAndLetItGiveWayToWhatIsHeld() {
        int maxKeys = 10_000;
        StripeIndex index = new StripeIndex(new Residency(new LruK(2, 0), 100), 1, null, maxKeys);
        int now = 1;
        for (int i = 0; i < 2 * maxKeys; i++) {
            if (index.stripes() == maxKeys / 2) {
                index.evict(index.victim(now));
            }
            index.put(TestStripes.key(i), new StripeIndex.Place(1, i, 500, i, true), now++);
        }
        assertThat(index.remembered()).isEqualTo(maxKeys / 2 - 1);
        assertThat((double) index.historyBytes() / index.memoryBytes()).isBetween(0.49, 0.51);
        for (int i = 2 * maxKeys; index.stripes() < maxKeys; i++) {
            assertThat(index.isFull()).isFalse();
            index.put(TestStripes.key(i), new StripeIndex.Place(1, i, 500, i, true), now++);
        }
        assertThat(index.isFull()).isTrue();
        assertThat(index.remembered()).isZero();
    }

    private static long heapBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Test
    void shouldKnowWhereEverythingIsAndForgetThePlaceOfWhatItEvicted() {
        StripeIndex index = new StripeIndex(new Residency(new LruK(2, 0), 100), 1, null);
        ChunkKey key = TestStripes.key(1);
        StripeIndex.Place place = new StripeIndex.Place(3, 4, 500, 6, false);
        int slot = index.put(key, place, 10);
        assertThat(index.find(key)).isEqualTo(slot);
        assertThat(index.placeOf(slot)).isEqualTo(place);
        assertThat(index.liveBytes()).isEqualTo(500);
        index.evict(slot);
        assertThat(index.find(key)).isEqualTo(StripeIndex.NONE);
        assertThat(index.liveBytes()).isZero();
        assertThat(index.remembered()).isEqualTo(1);
    }
}
