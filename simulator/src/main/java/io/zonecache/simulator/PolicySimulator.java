package io.zonecache.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.zonecache.storage.eviction.EvictionPolicy;
import io.zonecache.storage.eviction.HistoryBound;
import io.zonecache.storage.eviction.PolicyName;
import io.zonecache.storage.eviction.Residency;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Runs policies over a trace: the same code that decides in a node's store. Keys are of one size, time is counted in references, and
 * each reference that misses is followed by the key's admission. Pure; thread-safe.
 */
public final class PolicySimulator {

    /** Caffeine's, for comparison. */
    public static final String W_TINY_LFU = "w-tinylfu";

    private final SimulationOptions options;

    public PolicySimulator(SimulationOptions options) {
        this.options = options;
    }

    /**
     * The policy's name as results have it.
     *
     * @throws IllegalArgumentException if there is no such policy, naming those that there are
     */
    public static String policyName(String text) {
        if (text.equalsIgnoreCase(W_TINY_LFU)) {
            return W_TINY_LFU;
        }
        try {
            return PolicyName.create(text, 0).name();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "policy: \"" + text + "\" (expected: lru, fifo, lru-1 to lru-4 or " + W_TINY_LFU + ")", e);
        }
    }

    /**
     * Every policy at every capacity.
     *
     * @param policies {@code lru}, {@code lru-1} to {@code lru-4}, {@code fifo}, {@code w-tinylfu} (Caffeine's)
     * @throws IllegalArgumentException for a policy that doesn't exist or a capacity below 1
     */
    public List<SimulationResult> run(Trace trace, List<String> policies, List<Integer> capacities) {
        List<SimulationResult> results = new ArrayList<>();
        for (String policy : policies) {
            for (int capacity : capacities) {
                results.add(run(trace, policy, capacity));
            }
        }
        return results;
    }

    /** One policy at one capacity. */
    public SimulationResult run(Trace trace, String policy, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: at least 1)");
        }
        String name = policyName(policy);
        if (name.equals(W_TINY_LFU)) {
            return measure(trace, name, capacity, caffeine(capacity));
        }
        EvictionPolicy real = PolicyName.create(name, options.correlated());
        return measure(trace, name, capacity, new PolicyCache(real, capacity, options.history()));
    }

    private SimulationResult measure(Trace trace, String policy, int capacity, IntPredicate cache) {
        long hits = 0;
        for (int i = 0; i < trace.references(); i++) {
            boolean hit = cache.test(trace.keyAt(i));
            hits += hit && i >= options.warmUp() ? 1 : 0;
        }
        return new SimulationResult(policy, capacity, Math.max(0, trace.references() - options.warmUp()), hits);
    }

    private static IntPredicate caffeine(int capacity) {
        Cache<Integer, Boolean> cache = Caffeine.newBuilder()
                .maximumSize(capacity)
                .executor(Runnable::run)
                .build();
        return key -> {
            if (cache.getIfPresent(key) != null) {
                return true;
            }
            cache.put(key, true);
            return false;
        };
    }

    /** A key's number is its slot. */
    private static final class PolicyCache implements IntPredicate {

        private final Residency residency;
        private final int capacity;
        private long now;

        PolicyCache(EvictionPolicy policy, int capacity, HistoryBound history) {
            this.residency = new Residency(policy, history);
            this.capacity = capacity;
        }

        @Override
        public boolean test(int key) {
            now++;
            residency.reference(key, now);
            if (residency.isResident(key)) {
                return true;
            }
            trim();
            while (residency.residents() >= capacity) {
                residency.evict(residency.victim(now));
                trim();
            }
            residency.admit(key, now);
            return false;
        }

        private void trim() {
            for (int slot = residency.nextToForget(); slot != Residency.NONE; slot = residency.nextToForget()) {
                residency.forget(slot);
            }
        }
    }
}
