package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.storage.StripeStore;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** PUTs of new stripes at {@value #PER_SECOND} a second, which most disks can take: as fast as it goes would measure the disk. */
final class Puts extends StoreScenario {

    /** 125 MiB a second. */
    static final int PER_SECOND = 1_000;

    private long next;

    Puts(Path parent) {
        super("store.put", parent, BenchStripes.PAYLOAD_BYTES, 1024 * MIB, 0);
    }

    @Override
    public void run(long nanos, Results results) {
        StripeStore store = store();
        Histogram latencies = Results.histogram();
        long start = System.nanoTime();
        for (long i = 0; System.nanoTime() - start < nanos; i++) {
            awaitTurn(start, i);
            latencies.recordValue(stripes.put(store, next++));
        }
        results.addLatencies(name(), latencies);
    }

    /** The time of this one among those evenly spread over each second. */
    static void awaitTurn(long startNanos, long number) {
        long due = startNanos + number * (1_000_000_000L / PER_SECOND);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
