package io.zonecache.client.internal.time;

/** The nanosecond clock of all deadlines, and a timer for tasks. Safe for concurrent use. */
public interface ClientTimer {

    /** Monotonic; only differences mean anything. */
    long nanoTime();

    /** Runs a short task that does not block, on the timer's own thread; at once if the delay is not positive. */
    Scheduled schedule(long delayNanos, Runnable task);

    /** A task that waits to be run. */
    @FunctionalInterface
    interface Scheduled {

        /** Has no effect once the task runs or has run. Throws nothing: callers cancel while they release what they hold. */
        void cancel();
    }
}
