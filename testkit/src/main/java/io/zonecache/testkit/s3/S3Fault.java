package io.zonecache.testkit.s3;

/** What the server does instead of answering; set until it is set to {@link #NONE} again. */
public enum S3Fault {
    NONE,
    /** 503 with S3's error code SlowDown. */
    SLOW_DOWN,
    /** 403 AccessDenied. */
    FORBIDDEN,
    /** 500 InternalError. */
    INTERNAL_ERROR,
    /** Takes the request and never answers; ends when the client gives up. */
    HANG,
    /** Closes the connection on every request. */
    RESET,
    /** GETs of objects only: 200, one bit of the body flipped, all else as it should be. */
    WRONG_BYTES,
    /** GETs of objects only: half of the body, then the connection is closed. */
    TRUNCATED,
    /** GETs of objects only: 200 with an HTML page, as from a captive portal. */
    GARBAGE;

    boolean onlyBodies() {
        return this == WRONG_BYTES || this == TRUNCATED || this == GARBAGE;
    }
}
