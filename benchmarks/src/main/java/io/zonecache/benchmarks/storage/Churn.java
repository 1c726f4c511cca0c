package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.storage.StripeStore;
import java.nio.file.Path;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** A full store: every PUT evicts, segments are cleaned all the time; each PUT comes with two GETs of what was put lately, most of which hit. */
final class Churn extends StoreScenario {

    private static final int FULL = 2_000;
    private static final int RECENT = 1_000;
    private static final int GETS_PER_PUT = 2;

    private final Random random = new Random(FULL);
    private long next = FULL;

    Churn(Path parent) {
        super("store.churn", parent, BenchStripes.PAYLOAD_BYTES, 256 * MIB, 16 * MIB);
    }

    @Override
    public void prepare() {
        fill(FULL);
    }

    @Override
    public void run(long nanos, Results results) {
        StripeStore store = store();
        Histogram gets = Results.histogram();
        Histogram puts = Results.histogram();
        long asked = 0;
        long evictions = store.stats().evictions();
        long start = System.nanoTime();
        for (long i = 0; System.nanoTime() - start < nanos; i++) {
            Puts.awaitTurn(start, i);
            puts.recordValue(stripes.put(store, next++));
            for (int j = 0; j < GETS_PER_PUT; j++) {
                asked++;
                long took = tryGet(store, BenchStripes.key(next - 1 - random.nextInt(RECENT)));
                if (took != MISS) {
                    gets.recordValue(took);
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        results.addLatencies(name() + ".get", gets);
        results.addLatencies(name() + ".put", puts);
        results.add(Goal.none(name() + ".get.hits", "ratio"), (double) gets.getTotalCount() / Math.max(1, asked));
        results.add(Goal.none(name() + ".evictions", "1/s"), (store.stats().evictions() - evictions) / seconds);
    }
}
