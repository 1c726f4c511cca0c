package io.zonecache.benchmarks.storage;

import io.zonecache.storage.eviction.PolicyName;
import io.zonecache.storage.eviction.Residency;
import java.util.Random;

/** References to a full cache under a policy; a miss evicts and admits. Keys are skewed, so that most references hit. Not thread-safe. */
public final class PolicyLoop {

    private static final int KEYS_PER_RESIDENT = 4;
    private static final int REFERENCES = 1 << 20;
    private static final double SKEW = 4;

    private final Residency residency;
    private final int capacity;
    private final int[] references = new int[REFERENCES];
    private int at;
    private long now;

    /**
     * Ends with a full cache.
     *
     * @param policy as in {@code simulate --policy}
     */
    public PolicyLoop(String policy, int capacity) {
        this.residency = new Residency(PolicyName.create(policy, 0), 100);
        this.capacity = capacity;
        Random random = new Random(42);
        for (int i = 0; i < REFERENCES; i++) {
            references[i] = (int) (Math.pow(random.nextDouble(), SKEW) * capacity * KEYS_PER_RESIDENT);
        }
        for (int i = 0; i < REFERENCES; i++) {
            reference();
        }
    }

    /** One reference; whether it hit. */
    public boolean reference() {
        int slot = references[at++ & REFERENCES - 1];
        now++;
        residency.reference(slot, now);
        if (residency.isResident(slot)) {
            return true;
        }
        trim();
        while (residency.residents() >= capacity) {
            residency.evict(residency.victim(now));
            trim();
        }
        residency.admit(slot, now);
        return false;
    }

    private void trim() {
        for (int slot = residency.nextToForget(); slot != Residency.NONE; slot = residency.nextToForget()) {
            residency.forget(slot);
        }
    }
}
