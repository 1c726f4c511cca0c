package io.zonecache.client.internal.time;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's monotonic clock and one daemon thread. */
public final class SystemTimer implements ClientTimer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SystemTimer.class);

    private final ScheduledThreadPoolExecutor executor;

    public SystemTimer(String threadName) {
        this.executor = new ScheduledThreadPoolExecutor(1, task -> new CacheThread(task, threadName));
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRejectedExecutionHandler((task, closed) -> {});
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Scheduled schedule(long delayNanos, Runnable task) {
        Future<?> future = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> cancel(future);
    }

    /** A task that can't be cancelled runs, which does no harm: it might have run before. */
    private static void cancel(Future<?> future) {
        try {
            future.cancel(false);
        } catch (RuntimeException | Error e) {
            LOG.warn("a task of the timer could not be cancelled", e);
        }
    }

    /** Tasks that have not run by now never will. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
