package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;

/** References that LRU-2 takes in a second on one thread. */
final class PolicySpeed implements Scenario {

    private static final int RESIDENT = 100_000;
    private static final int SLICE = 10_000;
    private static final double TARGET_PER_SECOND = 5_000_000;

    private final PolicyLoop loop = new PolicyLoop("lru-2", RESIDENT);
    private long hits;

    @Override
    public String name() {
        return "policy.lru-2";
    }

    @Override
    public void run(long nanos, Results results) {
        long start = System.nanoTime();
        long done = 0;
        while (System.nanoTime() - start < nanos) {
            for (int i = 0; i < SLICE; i++) {
                hits += loop.reference() ? 1 : 0;
            }
            done += SLICE;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (hits == 0) {
            throw new IllegalStateException("no reference hit (expected: most)");
        }
        results.add(Goal.atLeast(name(), "1/s", TARGET_PER_SECOND), done / seconds);
    }
}
