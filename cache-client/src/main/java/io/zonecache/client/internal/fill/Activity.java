package io.zonecache.client.internal.fill;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Counts what is under way, and tells when nothing is. */
final class Activity {

    private int active;
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();

    synchronized void begin() {
        active++;
    }

    void end() {
        List<CompletableFuture<Void>> idle = List.of();
        synchronized (this) {
            if (--active == 0) {
                idle = waiting;
                waiting = new ArrayList<>();
            }
        }
        idle.forEach(future -> future.complete(null));
    }

    synchronized CompletableFuture<Void> whenIdle() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (active == 0) {
            future.complete(null);
        } else {
            waiting.add(future);
        }
        return future;
    }
}
