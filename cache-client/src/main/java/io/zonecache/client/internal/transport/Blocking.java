package io.zonecache.client.internal.transport;

import io.vertx.core.Context;
import io.zonecache.client.internal.time.CacheThread;
import io.zonecache.client.origin.OriginThread;

/** Checks which threads may wait for the cache. */
public final class Blocking {

    private Blocking() {}

    /** False on one of a cache's own threads, its origin's included, and on an event loop: what is awaited there may need that thread. */
    public static boolean isAllowed() {
        return !Context.isOnEventLoopThread() && !CacheThread.isCurrent() && !OriginThread.isCurrent();
    }

    /** @throws IllegalStateException unless {@link #isAllowed} */
    public static void check() {
        if (!isAllowed()) {
            throw new IllegalStateException("thread: " + Thread.currentThread().getName()
                    + ", which the cache itself needs (expected: one that may block)");
        }
    }
}
