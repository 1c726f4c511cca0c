package io.zonecache.client.internal.transport;

import java.util.concurrent.TimeUnit;

/**
 * Whether requests to a node have been silent for long enough to check its connections and its address. One request with a short time limit says
 * little; several add up, with each moment counted once, until something comes from the node. Pure: the caller supplies the time. Not thread-safe.
 */
final class PeerSilence {

    /** As long as it takes until reads bypass a silent node. */
    static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private long silentNanos;
    private long countedUntilNanos;

    PeerSilence(long nowNanos) {
        this.countedUntilNanos = nowNanos;
    }

    /** Something has come from the node. */
    void heard(long nowNanos) {
        silentNanos = 0;
        countedUntilNanos = nowNanos;
    }

    /**
     * A request has ended in silence. One that was silent for long enough counts even if something came from the node over another connection
     * meanwhile.
     *
     * @param fromNanos when its silence began
     * @return whether that is enough
     */
    boolean add(long fromNanos, long nowNanos) {
        long uncountedNanos = countedUntilNanos - fromNanos > 0 ? countedUntilNanos : fromNanos;
        silentNanos += Math.max(0, nowNanos - uncountedNanos);
        countedUntilNanos = nowNanos;
        return Math.max(silentNanos, nowNanos - fromNanos) >= MIN_NANOS;
    }
}
