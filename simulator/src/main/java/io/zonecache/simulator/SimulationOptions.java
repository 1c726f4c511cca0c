package io.zonecache.simulator;

import io.zonecache.storage.eviction.HistoryBound;

/**
 * How a policy is run over a trace. Times are counted in references.
 *
 * @param warmUp references that aren't counted, but fill the cache
 * @param correlated LRU-k's correlated reference period; 0 for none
 * @param history what LRU-k remembers of keys that it evicted
 */
public record SimulationOptions(long warmUp, long correlated, HistoryBound history) {

    /** No warm-up, no correlated period, an unbounded history: as the literature does it. */
    public static final SimulationOptions DEFAULTS = new SimulationOptions(0, 0, HistoryBound.NONE);

    public SimulationOptions {
        if (warmUp < 0) {
            throw new IllegalArgumentException("warm-up: " + warmUp + " (expected: 0 or more)");
        }
        if (correlated < 0) {
            throw new IllegalArgumentException("correlated period: " + correlated + " (expected: 0 or more)");
        }
    }

    public SimulationOptions withWarmUp(long references) {
        return new SimulationOptions(references, correlated, history);
    }

    public SimulationOptions withCorrelated(long references) {
        return new SimulationOptions(warmUp, references, history);
    }

    public SimulationOptions withHistory(HistoryBound bound) {
        return new SimulationOptions(warmUp, correlated, bound);
    }
}
