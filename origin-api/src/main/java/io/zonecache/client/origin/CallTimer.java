package io.zonecache.client.origin;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** The clock and the timer of calls. Safe for concurrent use. */
interface CallTimer extends AutoCloseable {

    /** Monotonic; only differences mean anything. */
    long nanoTime();

    /**
     * Runs a short task after a delay.
     *
     * @return cancels the task, unless it runs already; throws nothing
     */
    Runnable schedule(long delayNanos, Runnable task);

    /** Tasks that have not run by now never will. */
    @Override
    void close();

    /** A task that can't be cancelled runs, which does no harm: it might have run before. */
    private static void cancel(ScheduledFuture<?> future) {
        try {
            future.cancel(false);
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(CallTimer.class).warn("a task of the timer could not be cancelled", e);
        }
    }

    /** The machine's monotonic clock and one daemon thread. */
    static CallTimer start() {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, task -> new OriginThread(task, "zonecache-origin-timer"));
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRejectedExecutionHandler((task, closed) -> {});
        return new CallTimer() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Runnable schedule(long delayNanos, Runnable task) {
                ScheduledFuture<?> future = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
                return () -> cancel(future);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
