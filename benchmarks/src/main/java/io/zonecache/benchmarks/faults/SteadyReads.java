package io.zonecache.benchmarks.faults;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.client.Chunk;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.HdrHistogram.Histogram;

/**
 * Begins reads at a steady rate, however long they take, in two groups of chunks that are counted apart. A read's time runs from when it
 * was due, so that what holds the reads up shows in all that were due meanwhile.
 */
final class SteadyReads {

    private final IntFunction<CompletableFuture<Chunk>> reader;
    private final int chunks;
    private final IntPredicate isAffected;
    private final long intervalNanos;

    /**
     * @param reader begins to read a chunk
     * @param chunks that are read, in random order
     * @param isAffected the group of a chunk
     */
    SteadyReads(IntFunction<CompletableFuture<Chunk>> reader, int chunks, IntPredicate isAffected, int readsPerSecond) {
        this.reader = reader;
        this.chunks = chunks;
        this.isAffected = isAffected;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / readsPerSecond;
    }

    /** Reads of one group. Thread-safe. */
    static final class Group {

        private final Histogram nanos = Results.histogram();
        private long failed;
        private String failure = "";

        private synchronized void add(long took) {
            nanos.recordValue(Math.max(0, took));
        }

        private synchronized void addFailure(Throwable cause) {
            failed++;
            failure = String.valueOf(cause);
        }

        /** Of the reads that did not fail; to be asked once all have ended. */
        synchronized Histogram nanos() {
            return nanos;
        }

        synchronized long failed() {
            return failed;
        }

        synchronized long reads() {
            return nanos.getTotalCount() + failed;
        }

        /** What the last one that failed said. */
        synchronized String failure() {
            return failure;
        }
    }

    record Outcome(Group healthy, Group affected) {}

    /**
     * Returns when all have ended.
     *
     * @param seed of the order
     */
    Outcome run(int reads, long seed) {
        Outcome outcome = new Outcome(new Group(), new Group());
        SplittableRandom random = new SplittableRandom(seed);
        Phaser underWay = new Phaser(1);
        long begin = System.nanoTime();
        for (int i = 0; i < reads; i++) {
            long due = begin + i * intervalNanos;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            int chunk = random.nextInt(chunks);
            Group group = isAffected.test(chunk) ? outcome.affected : outcome.healthy;
            underWay.register();
            CompletableFuture<?> unused = reader.apply(chunk).whenComplete((value, failure) -> {
                if (failure == null) {
                    group.add(System.nanoTime() - due);
                } else {
                    group.addFailure(failure);
                }
                underWay.arriveAndDeregister();
            });
        }
        underWay.arriveAndAwaitAdvance();
        return outcome;
    }
}
