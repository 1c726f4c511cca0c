package io.zonecache.server.admission;

import io.zonecache.model.CacheErrorCode;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for what blocks, behind a queue bounded in length and in age: a request that has waited too long is refused when its turn
 * comes, since the client has gone elsewhere, and the next one is served in time. Thread-safe.
 */
public final class WorkQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);
    private static final long CLOSE_SECONDS = 10;

    private final ThreadPoolExecutor executor;
    private final LinkedBlockingQueue<Runnable> queue;
    private final LongSupplier nanoClock;
    private final long maxAgeNanos;

    public WorkQueue(String name, int threads, int capacity, long maxAgeMillis, LongSupplier nanoClock) {
        this.queue = new LinkedBlockingQueue<>(capacity);
        this.nanoClock = nanoClock;
        this.maxAgeNanos = TimeUnit.MILLISECONDS.toNanos(maxAgeMillis);
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, queue, work -> {
            Thread thread = new Thread(work, name + '-' + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        // Beyond the capacity, and after close, execute() throws; submit() answers for it.
        executor.prestartAllCoreThreads();
    }

    /**
     * Runs the work on one of the threads, or tells why not: {@code BUSY} if the queue is full or the work has waited too long,
     * {@code DEADLINE_EXCEEDED} if its own deadline has passed, {@code INTERNAL} if it threw. The refusal comes at once or from one of the threads.
     */
    public void submit(long deadlineNanos, Runnable work, Consumer<CacheErrorCode> refused) {
        Task task = new Task(nanoClock.getAsLong(), deadlineNanos, work, refused);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            refused.accept(CacheErrorCode.BUSY);
        }
    }

    /** Age of the oldest work that waits, as a share of the longest allowed. */
    public double load() {
        Runnable oldest = queue.peek();
        if (!(oldest instanceof Task task)) {
            return 0;
        }
        return (double) (nanoClock.getAsLong() - task.queuedNanos) / maxAgeNanos;
    }

    public int length() {
        return queue.size();
    }

    /** Ends what has begun, refuses what waits. */
    @Override
    public void close() {
        for (Runnable waiting : executor.shutdownNow()) {
            if (waiting instanceof Task task) {
                task.refused.accept(CacheErrorCode.BUSY);
            }
        }
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("work still running after {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Task implements Runnable {

        private final long queuedNanos;
        private final long deadlineNanos;
        private final Runnable work;
        private final Consumer<CacheErrorCode> refused;

        Task(long queuedNanos, long deadlineNanos, Runnable work, Consumer<CacheErrorCode> refused) {
            this.queuedNanos = queuedNanos;
            this.deadlineNanos = deadlineNanos;
            this.work = work;
            this.refused = refused;
        }

        @Override
        public void run() {
            long now = nanoClock.getAsLong();
            if (now - deadlineNanos >= 0) {
                refused.accept(CacheErrorCode.DEADLINE_EXCEEDED);
            } else if (now - queuedNanos > maxAgeNanos) {
                refused.accept(CacheErrorCode.BUSY);
            } else {
                runOrRefuse();
            }
        }

        private void runOrRefuse() {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("work failed", e);
                refused.accept(CacheErrorCode.INTERNAL);
            }
        }
    }
}
