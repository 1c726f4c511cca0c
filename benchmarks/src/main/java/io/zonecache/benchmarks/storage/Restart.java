package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import java.nio.file.Path;

/** How long a store takes to open that holds so many stripes. */
final class Restart extends StoreScenario {

    private static final int PAYLOAD_BYTES = 1024;
    private static final double TARGET_MILLIS = 10_000;

    private final int count;

    Restart(Path parent, int count) {
        super("restart." + count, parent, PAYLOAD_BYTES, capacityFor(count, PAYLOAD_BYTES), 0);
        this.count = count;
    }

    @Override
    public void prepare() {
        fill(count);
        close();
    }

    @Override
    public void run(long nanos, Results results) {
        long start = System.nanoTime();
        long held = store().stats().stripes();
        double millis = (System.nanoTime() - start) / 1e6;
        close();
        if (held != count) {
            throw new IllegalStateException("stripes after a restart: " + held + " (expected: " + count + ")");
        }
        results.add(Goal.atMost(name(), "ms", TARGET_MILLIS), millis);
    }
}
