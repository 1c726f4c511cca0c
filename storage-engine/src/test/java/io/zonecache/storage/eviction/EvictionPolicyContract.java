package io.zonecache.storage.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the stores rely on, whatever the policy. */
abstract class EvictionPolicyContract {

    abstract EvictionPolicy policy();

    @Test
    void shouldNeverHoldMoreThanTheCapacityNorForgetWhatItHolds() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        CacheModel cache = new CacheModel(policy(), 50, 100);
        Set<Long> seen = new HashSet<>();
        for (int now = 1; now <= 20_000; now++) {
            long key = (long) Math.abs(random.nextGaussian() * 100);
            boolean held = cache.holds(key);
            assertThat(cache.access(key, now))
                    .as("seed %d, access %d", seed, now)
                    .isEqualTo(held);
            assertThat(cache.holds(key)).as("seed %d, access %d", seed, now).isTrue();
            seen.add(key);
            assertThat(cache.residency().residents()).isEqualTo(Math.min(50, seen.size()));
        }
    }

    @Test
    void shouldBoundWhatItRemembersOfEvictedSlots() {
        CacheModel cache = new CacheModel(policy(), 50, 100);
        for (int now = 1; now <= 20_000; now++) {
            cache.access(now, now);
            assertThat(cache.residency().remembered()).isLessThanOrEqualTo(HistoryBound.MIN_REMEMBERED);
        }
    }

    @Test
    void shouldNameTheSlotOfTheLowestRankAsVictim() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        EvictionPolicy policy = policy();
        ResidentQueue queue = new ResidentQueue(policy);
        Set<Integer> resident = new HashSet<>();
        for (int now = 1; now <= 5_000; now++) {
            int slot = random.nextInt(300);
            policy.reference(slot, now);
            if (resident.add(slot)) {
                policy.admit(slot, now);
                queue.add(slot);
            }
            if (random.nextInt(4) == 0) {
                int victim = queue.victim(now);
                long least = resident.stream().mapToLong(policy::rank).min().orElseThrow();
                assertThat(policy.rank(victim))
                        .as("seed %d, step %d", seed, now)
                        .isEqualTo(least);
                assertThat(queue.remove(victim)).isTrue();
                resident.remove(victim);
                policy.forget(victim);
            }
            assertThat(queue.size()).isEqualTo(resident.size());
        }
    }

    @Test
    void shouldNeverLetARankFall() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        EvictionPolicy policy = policy();
        policy.admit(0, 1);
        long rank = policy.rank(0);
        long evictable = policy.evictableFrom(0);
        long now = 1;
        for (int i = 0; i < 10_000; i++) {
            now += random.nextInt(20);
            policy.reference(0, now);
            assertThat(policy.rank(0)).as("seed %d, reference %d", seed, i).isGreaterThanOrEqualTo(rank);
            assertThat(policy.evictableFrom(0)).as("seed %d", seed).isGreaterThanOrEqualTo(evictable);
            rank = policy.rank(0);
            evictable = policy.evictableFrom(0);
        }
    }

    @Test
    void shouldEvictInTheSameOrderAfterItsStampsWereStoredAndRestored() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        EvictionPolicy before = policy();
        EvictionPolicy after = policy();
        int slots = 200;
        for (int slot = 0; slot < slots; slot++) {
            before.admit(slot, slot + 1);
        }
        for (int now = slots; now < 3_000; now++) {
            before.reference(random.nextInt(slots), now);
        }
        Residency original = new Residency(before, 100);
        Residency restored = new Residency(after, 100);
        for (int slot = 0; slot < slots; slot++) {
            long[] stamps = new long[before.stamps()];
            for (int i = 0; i < stamps.length; i++) {
                stamps[i] = before.stamp(slot, i);
            }
            original.admit(slot, 3_000);
            restored.restore(slot, true, stamps);
        }
        assertThat(victims(restored)).as("seed %d", seed).isEqualTo(victims(original));
    }

    @Test
    void shouldKnowNothingOfASlotThatItForgot() {
        EvictionPolicy policy = policy();
        policy.reference(7, 5);
        policy.reference(7, 50);
        policy.admit(7, 50);
        policy.forget(7);
        assertThat(policy.lastReference(7)).isZero();
        policy.admit(7, 100);
        assertThat(policy.lastReference(7)).isEqualTo(100);
    }

    private static List<Integer> victims(Residency residency) {
        List<Integer> victims = new ArrayList<>();
        for (int slot = residency.victim(5_000); slot != Residency.NONE; slot = residency.victim(5_000)) {
            victims.add(slot);
            residency.evict(slot);
        }
        return victims;
    }
}
