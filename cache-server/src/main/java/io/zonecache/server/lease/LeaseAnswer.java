package io.zonecache.server.lease;

import io.zonecache.model.CacheErrorCode;

/** What a request for a fill lease is told. */
public sealed interface LeaseAnswer {

    /**
     * 201: the caller may fetch this chunk from the origin, once, and has to end the lease.
     *
     * @param expiresInMillis what is left of it
     * @param delivery 1 for the answer to the question that it was granted to, one more for each repetition of that question
     */
    record Granted(String lease, long expiresInMillis, int delivery) implements LeaseAnswer {}

    /** 200: somebody has filled the chunk a moment ago; read the zone again. */
    record Filled() implements LeaseAnswer {}

    /** 200: the origin had no such chunk a moment ago, for a holder that read by the same kind of key. */
    record Absent() implements LeaseAnswer {}

    /**
     * {@code FILLING}, {@code ORIGIN_LIMIT}, {@code ORIGIN_FAILED}, {@code NOT_COORDINATOR}, {@code BUSY} (this node may grant
     * nothing for now: ask the chunk's next one) or {@code DRAINING}.
     *
     * @param detail the value and what was expected
     * @param retryAfterMillis 0 if the answer names no time
     */
    record Refused(RefusalReason reason, String detail, long retryAfterMillis) implements LeaseAnswer {

        public CacheErrorCode code() {
            return reason.code();
        }
    }
}
