package io.zonecache.client;

/** How a caller's read ended; in lower case, the value of a meter's tag. */
public enum ReadOutcome {
    /** From the worker's own memory. */
    LOCAL,
    /** From the zone's nodes. */
    ZONE,
    /** From an origin fetch that the read made or shared. */
    ORIGIN,
    /** Neither zone nor origin has the chunk, or it was purged. */
    ABSENT,
    /** Rejected by a limit. */
    REFUSED,
    /** With any other error. */
    FAILED,
    /** Cancelled by its caller. */
    CANCELLED
}
