package io.zonecache.client.internal.time;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A clock that stands still while this client's own threads are stalled: by a garbage collection, a machine without a free core, or a caller that
 * blocks an event loop. A node's silence is measured on it, because an answer that the client could not read does not make the node silent.
 *
 * <p>Each event loop ticks the clock at a regular interval. The clock runs until the first of these ticks is due that has not come, stands still
 * there, and goes on with the tick, so it never steps back, and no reader sees a stall as time that has passed. A loop counts from its first tick on,
 * and no longer once it is late by more than {@link #MAX_STALL_NANOS}: it may never tick again, and nodes that only it can reach are silent indeed.
 * Without any ticks, as after the loops have closed, the clock stands still. Safe for concurrent use.
 */
public final class StallAwareClock implements LongSupplier {

    /** Timers on a healthy machine may be as late as this, so less is no stall. */
    static final long MIN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static final long MAX_STALL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoClock;
    private final long intervalNanos;

    /** Those that the clock waits for, by when they are due. Guarded by this. */
    private final Set<Loop> awaited = new LinkedHashSet<>();

    private volatile State state = new State(false, 0, 0);

    /**
     * Replaced as a whole: a reader that saw a later limit without the stall before it would count the stall as time that has passed.
     *
     * @param isTicking false before the first tick
     * @param limitNanos when the clock stands still, unless a loop ticks before
     * @param stalledNanos since the clock was made
     */
    private record State(boolean isTicking, long limitNanos, long stalledNanos) {}

    /** An event loop, or another thread. */
    public final class Loop {

        /** Guarded by the clock. */
        private long dueNanos;

        private Loop() {}

        /** To be called at the clock's interval. */
        public void tick() {
            ticked(this);
        }
    }

    /**
     * Deducts nothing before its first tick.
     *
     * @param nanoClock monotonic
     * @param intervalMillis between ticks
     */
    public StallAwareClock(LongSupplier nanoClock, long intervalMillis) {
        this.nanoClock = nanoClock;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
    }

    public long intervalMillis() {
        return TimeUnit.NANOSECONDS.toMillis(intervalNanos);
    }

    public Loop newLoop() {
        return new Loop();
    }

    /** In nanoseconds; only differences mean anything. */
    @Override
    public long getAsLong() {
        State known = state;
        long now = nanoClock.getAsLong();
        return (known.isTicking ? Timeouts.earlier(now, known.limitNanos) : now) - known.stalledNanos;
    }

    private synchronized void ticked(Loop loop) {
        long now = nanoClock.getAsLong();
        loop.dueNanos = now + intervalNanos;
        awaited.remove(loop);
        awaited.add(loop);
        awaited.removeIf(other -> now - other.dueNanos > MAX_STALL_NANOS);
        long limitNanos = awaited.iterator().next().dueNanos;
        long stalledNanos = state.stalledNanos;
        if (state.isTicking && now - state.limitNanos >= MIN_STALL_NANOS) {
            // The time that the clock has stood still, as far as it goes on now.
            stalledNanos += Timeouts.earlier(now, limitNanos) - state.limitNanos;
        }
        state = new State(true, limitNanos, stalledNanos);
    }

    /** Total since the clock was made. */
    long stalledNanos() {
        return state.stalledNanos;
    }
}
