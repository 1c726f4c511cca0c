package io.zonecache.model;

/**
 * Every way in which a request can fail, shared by node and client. Numbers are stable and never reused: they are what metrics
 * and logs of different versions have in common.
 */
public enum CacheErrorCode {
    BAD_KEY(100, 400, Retry.NO),
    BAD_RECORD(101, 400, Retry.NO),
    KEY_MISMATCH(102, 400, Retry.NO),
    CHECKSUM_MISMATCH(103, 400, Retry.NO),
    /** A query parameter, header or setting that can't be read. */
    BAD_REQUEST(104, 400, Retry.NO),
    UNAUTHENTICATED(110, 401, Retry.NO),
    FORBIDDEN(111, 403, Retry.NO),
    /** A miss. */
    NOT_FOUND(120, 404, Retry.OTHER_TIER),
    NO_SUCH_RESOURCE(121, 404, Retry.NO),
    /** Client side: the origin has no such chunk. */
    ABSENT(122, 404, Retry.NO),
    METHOD_NOT_ALLOWED(123, 405, Retry.NO),
    PURGED(124, 410, Retry.NO),
    REQUEST_TIMEOUT(130, 408, Retry.YES),
    FILLING(131, 409, Retry.LATER),
    TOO_LARGE(132, 413, Retry.NO),
    NOT_COORDINATOR(133, 421, Retry.OTHER_NODE),
    ORIGIN_LIMIT(140, 429, Retry.LATER),
    RATE_LIMITED(141, 429, Retry.LATER),
    INTERNAL(150, 500, Retry.OTHER_NODE),
    BUSY(151, 503, Retry.BUDGETED),
    DRAINING(152, 503, Retry.BUDGETED),
    ORIGIN_FAILED(153, 503, Retry.BUDGETED),
    /** Client side: too few nodes answered to tell a hit from a miss, so the origin was not asked. */
    ZONE_UNCERTAIN(154, 503, Retry.BUDGETED),
    DEADLINE_EXCEEDED(155, 504, Retry.NO),
    STORAGE_FULL(156, 507, Retry.OTHER_NODE),
    /** Client side: closed while the request was under way. */
    CLOSED(160, 503, Retry.NO);

    /** What the one who gets the error may do about it. */
    public enum Retry {
        NO,
        YES,
        /** After the answer's {@code Retry-After}, or a pause. */
        LATER,
        /** Within the client's retry budget. */
        BUDGETED,
        OTHER_NODE,
        /** The next tier down: zone, then origin. */
        OTHER_TIER;

        /** Whether the same request may be answered otherwise where it failed, at once or later. */
        public boolean mayRepeat() {
            return this == YES || this == LATER || this == BUDGETED;
        }
    }

    private final int number;
    private final int status;
    private final Retry retry;

    CacheErrorCode(int number, int status, Retry retry) {
        this.number = number;
        this.status = status;
        this.retry = retry;
    }

    public int number() {
        return number;
    }

    /** The HTTP status that carries this code. */
    public int status() {
        return status;
    }

    /** What decides retries. Where client code decides otherwise for a code, it says why. */
    public Retry retry() {
        return retry;
    }
}
