package io.zonecache.client;

/** How a caller's read ended. As a meter's tag, in lower case. */
public enum ReadOutcome {
    /** From the worker's own memory. */
    LOCAL,
    /** From the zone's nodes. */
    ZONE,
    /** It cost, or shared, an origin fetch. */
    ORIGIN,
    /** Neither zone nor origin has the chunk, or it was purged. */
    ABSENT,
    /** Turned away by a limit. */
    REFUSED,
    /** With any other error. */
    FAILED,
    /** Its caller gave it up. */
    CANCELLED
}
