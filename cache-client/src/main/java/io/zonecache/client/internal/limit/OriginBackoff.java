package io.zonecache.client.internal.limit;

import io.zonecache.client.internal.time.ClientTimer;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * This client's back-off when the origin asks it to slow down: no fetches for a while, longer each consecutive time, and then half the concurrency.
 * Each success after that raises the concurrency by one, up to the limit.
 *
 * <p>A burst counts once: answers to attempts that began before the pause are ignored. Thread-safe.
 */
final class OriginBackoff {

    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final int MAX_DOUBLINGS = 4;

    private final int maxLimit;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private int limit;
    private int consecutiveSlowDowns;
    private long pausedUntilNanos;

    /** @param maxLimit concurrent fetches while the origin does not ask to slow down */
    OriginBackoff(int maxLimit, ClientTimer timer, RandomGenerator random) {
        this.maxLimit = maxLimit;
        this.timer = timer;
        this.random = random;
        this.limit = maxLimit;
        this.pausedUntilNanos = timer.nanoTime();
    }

    /**
     * An attempt that began at {@code startNanos} was answered with a request to slow down.
     *
     * @return how long to pause, or 0 if that is known already
     */
    synchronized long onSlowDown(long startNanos) {
        if (isBeforePause(startNanos)) {
            return 0;
        }
        long pauseMillis = FIRST_PAUSE_MILLIS << Math.min(consecutiveSlowDowns, MAX_DOUBLINGS);
        long pauseNanos = (long) (TimeUnit.MILLISECONDS.toNanos(pauseMillis) * (1 + random.nextDouble() / 4));
        consecutiveSlowDowns++;
        limit = Math.max(1, limit / 2);
        pausedUntilNanos = timer.nanoTime() + pauseNanos;
        return pauseNanos;
    }

    /**
     * An attempt that began at {@code startNanos} has succeeded.
     *
     * @return whether one more fetch may run now
     */
    synchronized boolean succeeded(long startNanos) {
        if (isBeforePause(startNanos)) {
            return false;
        }
        consecutiveSlowDowns = 0;
        if (limit == maxLimit) {
            return false;
        }
        limit++;
        return true;
    }

    private boolean isBeforePause(long startNanos) {
        return startNanos - pausedUntilNanos < 0;
    }

    /** How long the pause still lasts; 0 if the origin may be asked. */
    synchronized long pausedNanos() {
        return Math.max(0, pausedUntilNanos - timer.nanoTime());
    }

    /** Maximum number of fetches in flight, 0 within a pause. */
    synchronized int limit() {
        return pausedNanos() > 0 ? 0 : limit;
    }
}
