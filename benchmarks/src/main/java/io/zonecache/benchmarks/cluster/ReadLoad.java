package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.peer.ChunkReader;
import io.zonecache.benchmarks.report.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Threads that read one chunk after the other, in random order. Each has chunks of its own, so that no two want the same one at once: the
 * zone's client would make one read of them.
 */
public final class ReadLoad {

    private static final long SEED = 20_231_115;

    private final ChunkReader reader;
    private final int chunks;
    private final int readers;
    private final LongPredicate mayStart;
    private final AtomicLong started = new AtomicLong();
    private final List<Part> parts = new ArrayList<>();

    /** @param mayStart whether one more read begins, given how many have begun before; asked by all readers */
    public ReadLoad(ChunkReader reader, int chunks, int readers, LongPredicate mayStart) {
        this.reader = reader;
        this.chunks = chunks;
        this.readers = readers;
        this.mayStart = mayStart;
    }

    /**
     * What the reads took.
     *
     * @param nanos of each read that did not fail
     * @param wallNanos from the first read's start to the last one's end
     */
    public record Outcome(
            Histogram nanos,
            long wallNanos,
            long failed,
            @Nullable Exception failure) {

        public long reads() {
            return nanos.getTotalCount() + failed;
        }
    }

    /** Returns when all reads have ended. */
    public Outcome run() {
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            Part part = new Part(i, start);
            parts.add(part);
            Thread thread = new Thread(part, "bench-reader-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        long begin = System.nanoTime();
        start.countDown();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        long wallNanos = System.nanoTime() - begin;
        Histogram all = Results.histogram();
        long failed = 0;
        Exception failure = null;
        for (Part part : parts) {
            all.add(part.nanos);
            failed += part.failed;
            failure = failure == null ? part.failure : failure;
        }
        return new Outcome(all, wallNanos, failed, failure);
    }

    private final class Part implements Runnable {

        private final int index;
        private final CountDownLatch start;
        private final Histogram nanos = Results.histogram();
        private long failed;
        private @Nullable Exception failure;

        Part(int index, CountDownLatch start) {
            this.index = index;
            this.start = start;
        }

        @Override
        public void run() {
            SplittableRandom random = new SplittableRandom(SEED + index);
            int own = chunks / readers;
            try {
                start.await();
                while (mayStart.test(started.getAndIncrement())) {
                    read(random.nextInt(own) * readers + index);
                }
            } catch (InterruptedException e) {
                failed++;
                failure = e;
            }
        }

        private void read(int chunk) throws InterruptedException {
            long begin = System.nanoTime();
            try {
                reader.read(chunk);
                nanos.recordValue(System.nanoTime() - begin);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                failed++;
                failure = e;
            }
        }
    }
}
