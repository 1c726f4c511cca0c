package io.zonecache.client.internal.time;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's monotonic clock and one daemon thread. */
public final class SystemTimer implements ClientTimer, AutoCloseable {

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
        return () -> future.cancel(false);
    }

    /** Tasks that have not run by now never will. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
