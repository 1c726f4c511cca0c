package io.zonecache.client.internal.time;

import io.zonecache.testkit.time.VirtualClock;
import java.util.concurrent.TimeUnit;

/** The client's timer on a {@link VirtualClock}: time passes only when the test says so, and tasks run on the test's thread. */
public final class VirtualTimer implements ClientTimer {

    /** Starts far from 0, as a machine's clock does. */
    private final VirtualClock clock = new VirtualClock(TimeUnit.SECONDS.toNanos(1_000));

    public VirtualClock clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public Scheduled schedule(long delayNanos, Runnable action) {
        return clock.schedule(delayNanos, action)::cancel;
    }

    /** As {@link VirtualClock#advanceMillis}. */
    public void advanceMillis(long millis) {
        clock.advanceMillis(millis);
    }

    /** As {@link VirtualClock#runAll}. */
    public void runAll() {
        clock.runAll();
    }
}
