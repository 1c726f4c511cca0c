package io.zonecache.storage.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LruKTest extends EvictionPolicyContract {

    @Override
    EvictionPolicy policy() {
        return new LruK(2, 0);
    }

    @Test
    void shouldEvictWhatWasReferencedOnceBeforeWhatWasReferencedTwice() {
        CacheModel cache = new CacheModel(policy(), 3, 100);
        cache.access(1, 1);
        cache.access(1, 2);
        cache.access(2, 3);
        cache.access(3, 4);
        cache.access(4, 5);
        assertThat(cache.holds(2)).isFalse();
        assertThat(cache.holds(1)).isTrue();
    }

    @Test
    void shouldEvictTheGreatestBackwardKDistance() {
        LruK policy = new LruK(3, 0);
        Residency residency = new Residency(policy, 100);
        long[][] references = {{10, 50, 60}, {20, 21, 22}, {5, 70, 80}};
        for (int slot = 0; slot < references.length; slot++) {
            for (long time : references[slot]) {
                residency.reference(slot, time);
            }
            residency.admit(slot, 100);
        }
        assertThat(residency.victim(100)).isEqualTo(2);
        residency.evict(2);
        assertThat(residency.victim(100)).isEqualTo(0);
    }

    @Test
    void shouldCountAMissedGetAndThePutThatFollowsAsOneReference() {
        LruK policy = new LruK(2, 0);
        Residency residency = new Residency(policy, 100);
        residency.reference(0, 10);
        residency.admit(0, 12);
        assertThat(policy.stamp(0, 1)).isEqualTo(10);
        assertThat(policy.stamp(0, 2)).isZero();
    }

    @Test
    void shouldTakeReferencesWithinTheCorrelatedPeriodAsOneThatLasts() {
        LruK policy = new LruK(2, 10);
        for (long time : new long[] {100, 105, 115, 120}) {
            policy.reference(0, time);
        }
        assertThat(stamps(policy, 0)).containsExactly(120, 100, 0);
    }

    @Test
    void shouldNotCountTheLengthOfACorrelatedPeriodAsDistance() {
        LruK policy = new LruK(2, 10);
        for (long time : new long[] {100, 105, 115, 200}) {
            policy.reference(0, time);
        }
        assertThat(stamps(policy, 0)).containsExactly(200, 200, 115);
    }

    @Test
    void shouldEndACorrelatedPeriodThatLastsSixTimesItsLengthThoughReferencesGoOn() {
        LruK policy = new LruK(2, 10);
        for (long time = 100; time <= 160; time += 5) {
            policy.reference(0, time);
        }
        assertThat(stamps(policy, 0)).as("six periods").containsExactly(160, 100, 0);
        policy.reference(0, 165);
        assertThat(stamps(policy, 0)).as("another").containsExactly(165, 165, 160);
    }

    @Test
    void shouldNotEvictWithinTheCorrelatedPeriodIfSomethingElseMayGo() {
        CacheModel cache = new CacheModel(new LruK(2, 10), 4, 100);
        cache.access(1, 1);
        cache.access(1, 20);
        cache.access(2, 21);
        cache.access(2, 40);
        cache.access(3, 60);
        cache.access(3, 80);
        cache.access(4, 95);
        cache.access(5, 100);
        assertThat(cache.holds(4)).isTrue();
        assertThat(cache.holds(1)).isFalse();
        cache.access(6, 110);
        assertThat(cache.holds(4)).isFalse();
        assertThat(cache.holds(5)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10, 100, 1_000_000})
    void shouldLoseLessThanTwoPointsOfTheHotSetToAScanHoweverLongTheCorrelatedPeriod(long correlated) {
        CacheModel cache = new CacheModel(new LruK(2, correlated), 1_000, 100);
        for (int i = 0; i < 3_000; i++) {
            cache.access(i % 1_000, 1 + i * 2_000_000L);
        }
        long scan = 10_000_000_000L;
        for (int i = 0; i < 10_000; i++) {
            cache.access(1_000 + i, scan + i);
        }
        int left = 0;
        for (int key = 0; key < 1_000; key++) {
            left += cache.holds(key) ? 1 : 0;
        }
        assertThat(left).isGreaterThan(980);
    }

    @Test
    void shouldNotKeepForGoodWhatWasOnceHotWhenAllThatComesIsCorrelated() {
        CacheModel cache = new CacheModel(new LruK(2, 1_000_000), 100, 100);
        for (int i = 0; i < 200; i++) {
            cache.access(i % 100, 1 + i * 2_000_000L);
        }
        long later = 1_000_000_000;
        int hits = 0;
        for (int i = 0; i < 10_000; i++) {
            hits += cache.access(1_000 + i % 90, later + i) ? 1 : 0;
        }
        assertThat(hits).isGreaterThan(9_000);
    }

    @Test
    void shouldTakeWhatComesBackAfterAnEvictionAsANewReference() {
        LruK policy = new LruK(2, 1_000);
        Residency residency = new Residency(policy, 100);
        residency.reference(0, 10);
        residency.admit(0, 11);
        residency.evict(0);
        residency.reference(0, 20);
        residency.reference(0, 25);
        assertThat(stamps(policy, 0)).containsExactly(25, 20, 10);
    }

    @Test
    void shouldForgetAnEvictedSlotOnceItsRetainedPeriodIsOver() {
        LruK policy = new LruK(2, 0);
        Residency residency = new Residency(policy, new HistoryBound(HistoryBound.UNLIMITED_PERCENT, 0, 50));
        residency.reference(0, 10);
        residency.reference(1, 40);
        residency.reference(0, 60);
        assertThat(policy.stamp(0, 2)).as("within the period").isEqualTo(10);
        assertThat(residency.nextToForget()).isEqualTo(Residency.NONE);
        residency.reference(2, 91);
        assertThat(residency.nextToForget()).isEqualTo(1);
        residency.forget(1);
        residency.reference(0, 111);
        assertThat(policy.stamp(0, 2)).as("too late").isZero();
        assertThat(residency.remembered()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheReferencesOfAResidentHoweverOld() {
        LruK policy = new LruK(2, 0);
        Residency residency = new Residency(policy, new HistoryBound(HistoryBound.UNLIMITED_PERCENT, 0, 50));
        residency.reference(0, 10);
        residency.admit(0, 10);
        residency.reference(0, 1_000);
        assertThat(policy.stamp(0, 2)).isEqualTo(10);
    }

    @Test
    void shouldRememberTheReferencesOfWhatItEvicted() {
        CacheModel cache = new CacheModel(policy(), 2, 100);
        cache.access(1, 1);
        cache.access(2, 2);
        cache.access(3, 3);
        assertThat(cache.holds(1)).isFalse();
        cache.access(1, 4);
        cache.access(5, 5);
        cache.access(6, 6);
        assertThat(cache.holds(1))
                .as("twice referenced, once before its eviction")
                .isTrue();
    }

    @Test
    void shouldKeepTheHotSetThroughAScanOfTenTimesTheCapacity() {
        CacheModel cache = new CacheModel(policy(), 100, 100);
        for (int i = 0; i < 1_000; i++) {
            cache.access(i % 50, i + 1);
        }
        for (int i = 0; i < 1_000; i++) {
            cache.access(1_000 + i, 2_000 + i);
        }
        for (int key = 0; key < 50; key++) {
            assertThat(cache.holds(key)).isTrue();
        }
    }

    @Test
    void shouldBeLruWithOneReferenceAndNoCorrelatedPeriod() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        CacheModel lru1 = new CacheModel(new LruK(1, 0), 40, 100);
        CacheModel lru = new CacheModel(new Lru(), 40, 100);
        for (int now = 1; now <= 20_000; now++) {
            long key = (long) Math.abs(random.nextGaussian() * 60);
            assertThat(lru1.access(key, now))
                    .as("seed %d, access %d", seed, now)
                    .isEqualTo(lru.access(key, now));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, -1})
    void shouldRefuseAKOutOfRange(int k) {
        assertThatThrownBy(() -> new LruK(k, 0)).hasMessage("k: " + k + " (expected: 1..4)");
    }

    private static long[] stamps(EvictionPolicy policy, int slot) {
        long[] stamps = new long[policy.stamps()];
        Arrays.setAll(stamps, i -> policy.stamp(slot, i));
        return stamps;
    }
}
