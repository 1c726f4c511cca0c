package io.zonecache.client.internal.transport;

import java.util.concurrent.TimeUnit;

/**
 * The time limits of one request: its total time, and within that how long the node may be silent once the request has been sent. If a
 * check runs late because the event loop stalled, the limits are extended once by that lag, since what the node sent may not have been read
 * yet. Pure: times are {@link System#nanoTime} values supplied by the caller. Not thread-safe.
 */
final class ReplyTimeLimits {

    /** Later than any timer on an event loop that keeps up. */
    static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Granted beyond the whole time: enough to read what has already come. */
    static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long endNanos;
    private long silenceNanos;
    private boolean isOnItsWay;
    private boolean wasOnItsWay;
    private long silentSinceNanos;
    private boolean isLagGranted;
    private long graceNanos;

    /** @param startNanos when the caller made the request */
    ReplyTimeLimits(long startNanos, long timeoutMillis, long silenceMillis) {
        this.endNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(Math.max(1, timeoutMillis));
        setSilenceMillis(silenceMillis);
    }

    /** The request is being written: from now on silence counts. */
    void sent(long now) {
        isOnItsWay = true;
        wasOnItsWay = true;
        heard(now);
    }

    /** How long the node may be silent from now on. */
    void setSilenceMillis(long millis) {
        silenceNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, millis));
    }

    /** The request waits for a connection again. */
    void unsent() {
        isOnItsWay = false;
    }

    /** Part of the answer has come, or the node has taken more of the request. */
    void heard(long now) {
        silentSinceNanos = now;
        isLagGranted = false;
    }

    /** Whether the request is at the node now, as opposed to waiting for a connection of this client. */
    boolean isSent() {
        return isOnItsWay;
    }

    long silentSinceNanos() {
        return silentSinceNanos;
    }

    /** Whether any of it has been written, over whichever connection. */
    boolean wasSent() {
        return wasOnItsWay;
    }

    long leftMillis(long now) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - now));
    }

    /** When to check next. */
    long dueNanos() {
        long end = endNanos + graceNanos;
        if (!isOnItsWay) {
            return end;
        }
        long silent = silentSinceNanos + silenceNanos;
        return silent - end < 0 ? silent : end;
    }

    /**
     * Checks whether a limit has been reached.
     *
     * @param dueNanos when this check was due
     */
    Status check(long now, long dueNanos) {
        long lagNanos = now - dueNanos;
        boolean isLate = lagNanos >= LATE_NANOS;
        if (isOnItsWay && now - (silentSinceNanos + silenceNanos) >= 0) {
            if (!isLate || isLagGranted) {
                return Status.SILENT;
            }
            isLagGranted = true;
            silentSinceNanos = now - silenceNanos + Math.min(lagNanos, silenceNanos);
        }
        if (now - (endNanos + graceNanos) >= 0) {
            if (!isOnItsWay || !isLate || graceNanos > 0) {
                return Status.OUT_OF_TIME;
            }
            graceNanos = now - endNanos + GRACE_NANOS;
        }
        return Status.WAIT;
    }

    enum Status {
        WAIT,
        /** Sent, and there was no progress for the time allowed. */
        SILENT,
        OUT_OF_TIME
    }
}
