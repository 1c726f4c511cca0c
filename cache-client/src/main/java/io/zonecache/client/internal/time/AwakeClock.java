package io.zonecache.client.internal.time;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A clock that stands still while this client's own threads are stalled: by a pause of the collector, a machine that has no core for them, or a
 * caller that blocks an event loop. A node's silence is measured on it, for an answer that nobody could take in is no silence of the node's.
 *
 * <p>Each event loop ticks at regular times and tells how late that was. Lateness of several loops that overlaps counts once, and a clock
 * that nothing ticks any more stops: who reads it first after a pause must not see the pause. It may step back by a tick's interval at most.
 * Safe for concurrent use.
 */
public final class AwakeClock implements LongSupplier {

    /** What a timer's lateness is on a healthy machine: less is no stall. */
    static final long MIN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LongSupplier nanoClock;
    private final long intervalNanos;
    private volatile long stalledNanos;
    private volatile long tickNanos;
    private volatile boolean isTicking;
    private long countedUntilNanos;

    /**
     * Stands still for nothing before its first tick.
     *
     * @param nanoClock monotonic
     * @param intervalMillis between ticks
     */
    public AwakeClock(LongSupplier nanoClock, long intervalMillis) {
        this.nanoClock = nanoClock;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        this.countedUntilNanos = nanoClock.getAsLong();
    }

    public long intervalMillis() {
        return TimeUnit.NANOSECONDS.toMillis(intervalNanos);
    }

    /** In nanoseconds; only differences mean anything. */
    @Override
    public long getAsLong() {
        long now = nanoClock.getAsLong();
        long limit = tickNanos + intervalNanos;
        return (isTicking && now - limit > 0 ? limit : now) - stalledNanos;
    }

    /** A loop that was due to tick then ticks now. */
    public synchronized void tick(long dueNanos) {
        long now = nanoClock.getAsLong();
        tickNanos = now;
        isTicking = true;
        if (now - dueNanos < MIN_STALL_NANOS) {
            return;
        }
        long from = dueNanos - countedUntilNanos > 0 ? dueNanos : countedUntilNanos;
        if (now - from > 0) {
            stalledNanos += now - from;
            countedUntilNanos = now;
        }
    }

    /** In all, since the clock was made. */
    public long stalledNanos() {
        return stalledNanos;
    }
}
