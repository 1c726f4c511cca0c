package io.zonecache.model.limit;

import java.util.function.LongSupplier;

/**
 * A budget of extra work, such as retries: each unit of good work earns a fraction of a token, and so does each second, up to a maximum. So
 * extra work stays a fixed share of the load, whatever fails. Thread-safe; time comes from the injected clock.
 */
public final class TokenBucket {

    private static final double NANOS_PER_SECOND = 1e9;

    /** A share such as 0.1 has no exact double: ten of them must still be worth one token. */
    private static final double ROUNDING = 1e-9;

    private final double tokensPerUnit;
    private final double tokensPerSecond;
    private final double maxTokens;
    private final LongSupplier nanoClock;
    private double tokens;
    private long refilledNanos;

    /**
     * @param tokensPerUnit earned by each unit of work
     * @param tokensPerSecond earned by time alone; 0 for none
     * @param maxTokens saved at most
     * @param initialTokens saved at the start
     */
    public TokenBucket(
            double tokensPerUnit,
            double tokensPerSecond,
            double maxTokens,
            double initialTokens,
            LongSupplier nanoClock) {
        this.tokensPerUnit = tokensPerUnit;
        this.tokensPerSecond = tokensPerSecond;
        this.maxTokens = maxTokens;
        this.nanoClock = nanoClock;
        this.tokens = initialTokens;
        this.refilledNanos = nanoClock.getAsLong();
    }

    /** A unit of work has been done. */
    public synchronized void earn() {
        tokens = Math.min(maxTokens, tokens + tokensPerUnit);
    }

    /** Takes all of so many tokens, or none. */
    public synchronized boolean trySpend(int spent) {
        long now = nanoClock.getAsLong();
        double earned = Math.max(0, now - refilledNanos) / NANOS_PER_SECOND * tokensPerSecond;
        tokens = Math.min(maxTokens, tokens + earned);
        refilledNanos = now;
        if (tokens + ROUNDING < spent) {
            return false;
        }
        tokens -= spent;
        return true;
    }
}
