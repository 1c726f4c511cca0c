package io.zonecache.client.internal.time;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A clock that stands still while this client's own threads are stalled: by a garbage collection, a machine without a free core, or a caller that
 * blocks an event loop. A node's silence is measured on it, because an answer that the client could not read does not make the node silent.
 *
 * <p>Each event loop ticks the clock at a regular interval, and the clock deducts how late the tick was. Overlapping delays of several loops count
 * once. Without ticks the clock stops, so that the first reader after a pause does not see the pause. It may step back by at most one interval.
 * Safe for concurrent use.
 */
public final class StallAwareClock implements LongSupplier {

    /** Timers on a healthy machine may be as late as this, so less is no stall. */
    static final long MIN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LongSupplier nanoClock;
    private final long intervalNanos;
    private volatile State state;
    private long countedUntilNanos;

    /**
     * Replaced as a whole: a reader that saw the time of a late tick without its stall would count the stall as time that has passed.
     *
     * @param isTicking false before the first tick
     * @param tickNanos of the last tick
     * @param stalledNanos since the clock was made
     */
    private record State(boolean isTicking, long tickNanos, long stalledNanos) {}

    /**
     * Deducts nothing before its first tick.
     *
     * @param nanoClock monotonic
     * @param intervalMillis between ticks
     */
    public StallAwareClock(LongSupplier nanoClock, long intervalMillis) {
        this.nanoClock = nanoClock;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        this.countedUntilNanos = nanoClock.getAsLong();
        this.state = new State(false, countedUntilNanos, 0);
    }

    public long intervalMillis() {
        return TimeUnit.NANOSECONDS.toMillis(intervalNanos);
    }

    /** In nanoseconds; only differences mean anything. */
    @Override
    public long getAsLong() {
        State known = state;
        long now = nanoClock.getAsLong();
        long limit = known.tickNanos + intervalNanos;
        return (known.isTicking && now - limit > 0 ? limit : now) - known.stalledNanos;
    }

    /** Called when a loop ticks that was due to tick at the given time of the underlying clock. */
    public synchronized void tick(long dueNanos) {
        long now = nanoClock.getAsLong();
        long stalledNanos = state.stalledNanos;
        long from = dueNanos - countedUntilNanos > 0 ? dueNanos : countedUntilNanos;
        if (now - dueNanos >= MIN_STALL_NANOS && now - from > 0) {
            stalledNanos += now - from;
            countedUntilNanos = now;
        }
        state = new State(true, now, stalledNanos);
    }

    /** Total since the clock was made. */
    long stalledNanos() {
        return state.stalledNanos;
    }
}
