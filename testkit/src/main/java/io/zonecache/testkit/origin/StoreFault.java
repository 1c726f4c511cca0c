package io.zonecache.testkit.origin;

/** What a store does instead of answering; set until it is set to {@link #NONE} again. */
public enum StoreFault {
    NONE,
    /** Asks for fewer requests. */
    SLOW_DOWN,
    /** Denies access. */
    FORBIDDEN,
    /** Fails for reasons of its own. */
    INTERNAL_ERROR,
    /** Takes the request and never answers; ends when the client gives up. */
    HANG,
    /** Closes the connection on every request. */
    RESET,
    /** Answers with half of the bytes, then closes the connection. */
    TRUNCATED
}
