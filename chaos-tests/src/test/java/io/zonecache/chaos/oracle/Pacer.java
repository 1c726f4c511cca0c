package io.zonecache.chaos.oracle;

import java.util.concurrent.TimeUnit;

/**
 * Gives threads their turns at an even rate. Whoever comes late has missed turns, and they are not made up for: a zone that was slow for
 * a while is not rewarded with a burst. Thread-safe.
 */
final class Pacer {

    /** As fast as they come. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    private int perSecond;
    private long nextNanos = System.nanoTime();
    private boolean closed;

    Pacer(int perSecond) {
        this.perSecond = perSecond;
    }

    /** @param turns in a second; 0 gives none until the next call */
    synchronized void set(int turns) {
        perSecond = turns;
        nextNanos = System.nanoTime();
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Waits for a turn. @return false once closed */
    synchronized boolean awaitTurn() throws InterruptedException {
        while (!closed) {
            if (perSecond == UNLIMITED) {
                return true;
            }
            if (perSecond == 0) {
                wait();
                continue;
            }
            long now = System.nanoTime();
            long left = nextNanos - now;
            if (left <= 0) {
                nextNanos = Math.max(nextNanos + TimeUnit.SECONDS.toNanos(1) / perSecond, now);
                return true;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return false;
    }
}
