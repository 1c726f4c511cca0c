package io.zonecache.storage.rocksdb;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets callers in until it is closed; closing waits until all are out. What guards a native object against being freed under a
 * caller. Entering and leaving cost one atomic operation each.
 */
final class Gate {

    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();

    /** Whether the caller is in, and so must {@link #leave}. */
    boolean enter() {
        for (int now = state.get(); now >= 0; now = state.get()) {
            if (state.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Idempotent; every caller returns when the last one inside has left. */
    void close() {
        state.getAndUpdate(now -> now | CLOSED);
        boolean interrupted = false;
        synchronized (this) {
            while (state.get() != CLOSED) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
