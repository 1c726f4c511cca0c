package io.zonecache.client.internal.read;

/**
 * How many retries a client may add to the load of a zone in trouble: a fraction of its successes, and one a second when there are
 * none. A token bucket that holds ten seconds' worth at the least. Pure: the caller brings the time. Thread-safe.
 */
final class RetryBudget {

    private static final double FLOOR_PER_NANO = 1e-9;
    private static final double MAX_TOKENS = 10;

    private final double ratio;
    private double tokens = 1;
    private long filledAtNanos;

    RetryBudget(double ratio, long nowNanos) {
        this.ratio = ratio;
        this.filledAtNanos = nowNanos;
    }

    synchronized void succeeded() {
        tokens = Math.min(MAX_TOKENS, tokens + ratio);
    }

    synchronized boolean tryTake(long nowNanos) {
        tokens = Math.min(MAX_TOKENS, tokens + Math.max(0, nowNanos - filledAtNanos) * FLOOR_PER_NANO);
        filledAtNanos = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
