package io.zonecache.server.lease;

/** One-shot timers. */
@FunctionalInterface
public interface LeaseTimer {

    /**
     * Runs the task once, on any thread, after the delay.
     *
     * @param delayMillis at least 1
     * @return cancels it if it has not started; may be run at any time
     */
    Runnable schedule(long delayMillis, Runnable task);
}
