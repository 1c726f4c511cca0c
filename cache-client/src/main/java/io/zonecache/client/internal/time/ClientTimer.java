package io.zonecache.client.internal.time;

/** The nano clock that deadlines are on, and tasks to run later. Safe for concurrent use. */
public interface ClientTimer {

    /** Monotonic; only differences mean anything. */
    long nanoTime();

    /** Runs a short task that does not block, on the timer's own thread; at once if the delay is not positive. */
    Scheduled schedule(long delayNanos, Runnable task);

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Scheduled {

        /** Has no effect once the task runs or has run. Throws nothing: those who cancel are giving back what they hold. */
        void cancel();
    }
}
