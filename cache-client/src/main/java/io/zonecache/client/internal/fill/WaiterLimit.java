package io.zonecache.client.internal.fill;

import java.util.concurrent.atomic.AtomicInteger;

/** How many reads may wait, whatever for: one bound for the local queue and for those whom nodes keep waiting. */
final class WaiterLimit {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    WaiterLimit(int places) {
        this.places = places;
    }

    boolean tryEnter() {
        if (taken.incrementAndGet() <= places) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    void leave() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }

    int places() {
        return places;
    }
}
