package io.zonecache.client.internal.fill;

import java.util.function.LongSupplier;

/**
 * A budget that good work earns: each unit of it a fraction of one extra, besides a floor for each second, saved up to a bound. So
 * extras stay a fixed share of the load, whatever fails. Thread-safe; time comes from the injected clock.
 */
final class EarnedBudget {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double ratio;
    private final double floorPerSecond;
    private final double most;
    private final LongSupplier nanoClock;
    private double saved;
    private long refilledNanos;

    /**
     * @param ratio extras earned by each unit of work
     * @param floorPerSecond extras that time alone earns
     * @param most extras saved at most, and at the start
     */
    EarnedBudget(double ratio, double floorPerSecond, double most, LongSupplier nanoClock) {
        this.ratio = ratio;
        this.floorPerSecond = floorPerSecond;
        this.most = most;
        this.nanoClock = nanoClock;
        this.saved = most;
        this.refilledNanos = nanoClock.getAsLong();
    }

    synchronized void earn() {
        saved = Math.min(most, saved + ratio);
    }

    synchronized boolean trySpend(int extras) {
        long now = nanoClock.getAsLong();
        saved = Math.min(most, saved + (now - refilledNanos) / NANOS_PER_SECOND * floorPerSecond);
        refilledNanos = now;
        // A share such as 0.1 has no exact double: ten of them must still be worth one.
        if (saved + 1e-9 < extras) {
            return false;
        }
        saved -= extras;
        return true;
    }
}
