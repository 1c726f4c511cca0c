package io.zonecache.testkit.proxy;

import java.util.concurrent.TimeUnit;

/**
 * The time at which a link that all connections share has carried what was given to it. Proxies of several targets may share one.
 * Thread-safe.
 */
public final class NarrowLink {

    private long freeAtNanos = System.nanoTime();

    /** Takes these bytes after all that it was given before. */
    synchronized long millisUntilCarried(int bytes, long bytesPerSecond) {
        long now = System.nanoTime();
        long begin = freeAtNanos - now > 0 ? freeAtNanos : now;
        freeAtNanos = begin + TimeUnit.SECONDS.toNanos(bytes) / Math.max(1, bytesPerSecond);
        return TimeUnit.NANOSECONDS.toMillis(freeAtNanos - now);
    }
}
