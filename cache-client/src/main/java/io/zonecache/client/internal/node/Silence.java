package io.zonecache.client.internal.node;

/**
 * For how long one node has left requests unanswered. Only time counts in which requests are under way, so pauses
 * between them are no silence; short requests that end without an answer add up. Pure: the caller brings the time. Not thread-safe.
 */
final class Silence {

    private int underWay;
    private long sinceNanos;
    private long beforeNanos;

    void sent(long nowNanos) {
        if (underWay++ == 0) {
            sinceNanos = nowNanos - beforeNanos;
        }
    }

    /** An answer, whatever it says. */
    void heard(long nowNanos) {
        underWay = Math.max(0, underWay - 1);
        sinceNanos = nowNanos;
        beforeNanos = 0;
    }

    /** Part of an answer, whose rest is still under way. */
    void progressed(long nowNanos) {
        sinceNanos = nowNanos;
        beforeNanos = 0;
    }

    /** A request has ended without an answer. */
    void unanswered(long nowNanos) {
        underWay = Math.max(0, underWay - 1);
        beforeNanos = nowNanos - sinceNanos;
    }

    boolean isWaiting() {
        return underWay > 0;
    }

    /** When it began, pauses taken out; where nothing is under way, when something was heard or given up last. */
    long sinceNanos() {
        return sinceNanos;
    }

    long nanos(long nowNanos) {
        return underWay > 0 ? nowNanos - sinceNanos : beforeNanos;
    }
}
