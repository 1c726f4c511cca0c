package io.zonecache.client.internal.transport;

import java.util.concurrent.TimeUnit;

/**
 * Whether to connect to a node over HTTP/1.1 because it does not seem to speak HTTP/2. What it answers in another protocol shows that at once. A
 * connection that is closed before it answers does not: a node at its limit does that, and so does a proxy whose node restarts. Only a second one
 * in a row counts, and for a short time. Pure: the caller supplies the time. Not thread-safe.
 */
final class Http2Fallback {

    private static final long NOT_SPOKEN_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long CLOSED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MIN_CLOSES = 2;

    private boolean isActive;
    private long untilNanos;
    private int closes;

    /** Whether HTTP/1.1 is to be used now. */
    boolean isActive(long now) {
        if (isActive && now - untilNanos >= 0) {
            isActive = false;
        }
        return isActive;
    }

    /** A connection over HTTP/2 has been opened. */
    void opened() {
        closes = 0;
    }

    /** An attempt to open one has failed. */
    void failed(DialException.Handshake handshake, long now) {
        switch (handshake) {
            case NOT_BEGUN -> {}
            case NOT_HTTP_2 -> begin(now, NOT_SPOKEN_NANOS);
            case CLOSED -> {
                if (++closes >= MIN_CLOSES) {
                    begin(now, CLOSED_NANOS);
                }
            }
        }
    }

    private void begin(long now, long nanos) {
        isActive = true;
        untilNanos = now + nanos;
    }
}
