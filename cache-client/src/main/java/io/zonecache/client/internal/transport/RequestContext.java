package io.zonecache.client.internal.transport;

import org.jspecify.annotations.Nullable;

/**
 * The limits and headers of a request to a node.
 *
 * @param timeoutMillis the time in which the caller needs the whole answer; also sent as the deadline
 * @param silenceMillis how long the node may be silent once the request is written: neither answering nor, with its answer begun,
 *     sending more of it
 * @param rank 0..127, drawn once for a read and kept for its retries
 * @param lease of the fill that this PUT belongs to, if any
 * @param traceparent of the trace that this request belongs to, if any
 */
public record RequestContext(
        long timeoutMillis,
        long silenceMillis,
        int rank,
        @Nullable String lease,
        @Nullable String traceparent) {

    /** A context whose whole time may pass in silence. */
    public RequestContext(long timeoutMillis, int rank, @Nullable String lease) {
        this(timeoutMillis, timeoutMillis, rank, lease, null);
    }
}
