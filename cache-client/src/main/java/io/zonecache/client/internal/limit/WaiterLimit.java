package io.zonecache.client.internal.limit;

import java.util.concurrent.atomic.AtomicInteger;

/** Bounds how many reads may wait, for whatever reason: one limit for the local queues and for reads that wait at nodes. Thread-safe. */
public final class WaiterLimit {

    private final int maxWaiters;
    private final AtomicInteger waiters = new AtomicInteger();

    public WaiterLimit(int maxWaiters) {
        this.maxWaiters = maxWaiters;
    }

    /** A limit that bounds nothing, for queues whose waiters are bounded elsewhere. */
    public static WaiterLimit unbounded() {
        return new WaiterLimit(Integer.MAX_VALUE);
    }

    /** Whether one more read may wait; each one that may must {@link #leave} once. */
    public boolean tryEnter() {
        if (waiters.incrementAndGet() <= maxWaiters) {
            return true;
        }
        waiters.decrementAndGet();
        return false;
    }

    public void leave() {
        waiters.decrementAndGet();
    }

    public int waiters() {
        return waiters.get();
    }

    public int maxWaiters() {
        return maxWaiters;
    }
}
