package io.zonecache.client.internal.node;

/**
 * For how long requests have gone unanswered by all nodes together. Only requests count that were sent since any node was heard last: one
 * node that leaves a request unanswered is not the zone's silence, however long nothing else is asked meanwhile. Pauses between requests
 * are no silence either; short requests that end without an answer add up. Pure: the caller brings the time. Not thread-safe.
 */
final class ZoneSilence {

    /** Sent since a node was heard last; fewer where older ones have ended meanwhile. */
    private int underWay;

    private boolean wasHeard;
    private long heardNanos;
    private long sinceNanos;
    private long beforeNanos;

    /** @param atNanos when the wait for the node began, which may be before others were heard */
    void sent(long atNanos) {
        if (underWay++ == 0) {
            long from = wasHeard && heardNanos - atNanos > 0 ? heardNanos : atNanos;
            sinceNanos = from - beforeNanos;
        }
    }

    /** An answer or part of one, of any node, whatever it says. */
    void heard(long nowNanos) {
        underWay = 0;
        beforeNanos = 0;
        wasHeard = true;
        heardNanos = nowNanos;
    }

    /** A request has ended without an answer. */
    void unanswered(long nowNanos) {
        if (underWay > 0 && --underWay == 0) {
            beforeNanos = nowNanos - sinceNanos;
        }
    }

    long nanos(long nowNanos) {
        return underWay > 0 ? nowNanos - sinceNanos : beforeNanos;
    }
}
