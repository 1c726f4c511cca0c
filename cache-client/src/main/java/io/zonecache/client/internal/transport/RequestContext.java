package io.zonecache.client.internal.transport;

import org.jspecify.annotations.Nullable;

/**
 * What travels with every request of one chunk read.
 *
 * @param timeoutMillis how long the caller waits for this request; also sent as the deadline
 * @param rank 0..127, drawn once for a read and kept for its retries
 * @param lease of the fill that this PUT belongs to, if any
 * @param traceparent of the trace that this request belongs to, if any
 */
public record RequestContext(
        long timeoutMillis,
        int rank,
        @Nullable String lease,
        @Nullable String traceparent) {

    public RequestContext(long timeoutMillis, int rank, @Nullable String lease) {
        this(timeoutMillis, rank, lease, null);
    }

    public RequestContext withTimeoutMillis(long millis) {
        return new RequestContext(millis, rank, lease, traceparent);
    }
}
