package io.zonecache.cli.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** So many turns a second, evenly; time that nobody used is not made up for. The caller brings the time. Not thread-safe. */
final class Pace {

    private final long turnNanos;
    private long nextNanos;

    /** @param perSecond 0 for as many as one likes */
    Pace(int perSecond, long nowNanos) {
        this.turnNanos = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.nextNanos = nowNanos;
    }

    /** Takes the next turn, and tells how long it is until then. */
    long takeNanos(long nowNanos) {
        long waitNanos = Math.max(0, nextNanos - nowNanos);
        nextNanos = Math.max(nextNanos, nowNanos) + turnNanos;
        return waitNanos;
    }

    /** Waits for the next turn. */
    void await() {
        long waitNanos = takeNanos(System.nanoTime());
        if (waitNanos > 0) {
            CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(waitNanos, TimeUnit.NANOSECONDS))
                    .join();
        }
    }
}
