package io.zonecache.client.internal.node;

/**
 * A running estimate of one quantile of latencies in one number: each latency above it moves it up, each one below it down, by steps
 * in the ratio of the quantile and in proportion to the estimate (Ma, Muthukrishnan, Sandler: "Frugal Streaming for Estimating
 * Quantiles", 2013).
 *
 * <p>Safe for concurrent use: concurrent updates may lose a step, which doesn't matter.
 */
public final class LatencyQuantile {

    /** Loopback's order of magnitude: differences below it don't matter. */
    private static final double MIN_NANOS = 50_000;

    private static final double MAX_NANOS = 10e9;

    private final double up;
    private final double down;
    private volatile double estimateNanos;

    /**
     * @param quantile between 0 and 1
     * @param step the most by which one latency moves the estimate, as a fraction of it: small is steady, large is quick
     * @param initialNanos the first estimate; 0 takes the first latency
     */
    public LatencyQuantile(double quantile, double step, long initialNanos) {
        this.up = 1 + step * quantile;
        this.down = 1 - step * (1 - quantile);
        this.estimateNanos = initialNanos;
    }

    public void add(long nanos) {
        double before = estimateNanos == 0 ? nanos : estimateNanos;
        estimateNanos = Math.min(MAX_NANOS, Math.max(MIN_NANOS, before * (nanos > before ? up : down)));
    }

    public long nanos() {
        return (long) estimateNanos;
    }
}
