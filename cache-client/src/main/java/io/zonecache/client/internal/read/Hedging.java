package io.zonecache.client.internal.read;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.internal.node.LatencyQuantile;
import io.zonecache.model.limit.TokenBucket;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Decides which nodes a read asks first, and when it asks the others. Under {@code HEDGED} a read leaves out n - k places, drawn at random each
 * time: nodes that are always left out would not see which chunks are in use, and their LRU-k would keep the wrong ones. The places left out
 * are asked when those asked can no longer suffice, which costs no budget, or once the read has taken longer than 95 % of recent reads, which
 * does: each hit earns a twentieth of a hedge.
 *
 * <p>No I/O; the caller supplies the time. Thread-safe.
 */
final class Hedging {

    private static final double LATE_QUANTILE = 0.95;
    private static final double BUDGET = 0.05;

    /** Lets several reads in a row be hedged after a quiet time. */
    private static final double MAX_TOKENS = 10;

    private static final long FIRST_DELAY_NANOS = 10_000_000L;

    private final OverRequestPolicy policy;
    private final LatencyQuantile late = new LatencyQuantile(LATE_QUANTILE, 1.0 / 16, FIRST_DELAY_NANOS);
    private final TokenBucket budget = new TokenBucket(BUDGET, 0, MAX_TOKENS, 1, () -> 0);

    Hedging(OverRequestPolicy policy) {
        this.policy = policy;
    }

    /**
     * The places, out of the given number, that are left out at first.
     *
     * @param needed how many suffice if each delivers
     */
    BitSet leftOut(int places, int needed, RandomGenerator random) {
        BitSet out = new BitSet(places);
        if (policy == OverRequestPolicy.HEDGED && needed < places) {
            int first = random.nextInt(places);
            for (int i = 0; i < places - needed; i++) {
                out.set((first + i) % places);
            }
        }
        return out;
    }

    long delayNanos() {
        return late.nanos();
    }

    /** Whether a read that is late may ask the places left out. */
    boolean tryHedge() {
        return budget.trySpend(1);
    }

    /** A read was a hit after this time. */
    void hit(long nanos) {
        late.add(nanos);
        budget.earn();
    }
}
