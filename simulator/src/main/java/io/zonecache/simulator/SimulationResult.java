package io.zonecache.simulator;

import java.util.Locale;

/**
 * How often one policy hit at one capacity, after the warm-up.
 *
 * @param capacity in keys
 * @param references that were measured
 */
public record SimulationResult(String policy, int capacity, long references, long hits) {

    /** 0 to 1; 0 where nothing was measured. */
    public double hitRatio() {
        return references == 0 ? 0 : (double) hits / references;
    }

    /** {@code lru-2 capacity 60 hit ratio 0.2910}. */
    @Override
    public String toString() {
        return toString(Integer.toString(capacity));
    }

    /** The same with the capacity as the user wrote it. */
    public String toString(String capacityLabel) {
        return String.format(Locale.ROOT, "%s capacity %s hit ratio %.4f", policy, capacityLabel, hitRatio());
    }
}
