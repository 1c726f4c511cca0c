package io.zonecache.client.internal.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Counts fills, writes and leases that have begun and not ended, and reports when there are none. Thread-safe. */
public final class Activity {

    private int active;
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();

    public synchronized void begin() {
        active++;
    }

    public void end() {
        List<CompletableFuture<Void>> idle = List.of();
        synchronized (this) {
            if (--active == 0) {
                idle = waiting;
                waiting = new ArrayList<>();
            }
        }
        idle.forEach(future -> future.complete(null));
    }

    public synchronized CompletableFuture<Void> whenIdle() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (active == 0) {
            future.complete(null);
        } else {
            waiting.add(future);
        }
        return future;
    }

    /** How many there are now. */
    public synchronized int count() {
        return active;
    }
}
