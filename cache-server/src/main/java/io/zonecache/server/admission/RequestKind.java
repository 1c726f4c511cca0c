package io.zonecache.server.admission;

/** How dear a request is to the zone, which decides who is turned away first. */
public enum RequestKind {
    /** A chunk's reads carry one rank to all its nodes, so the same reads are shed everywhere. */
    READ,
    /** Part of a fill: the origin has been paid for it. */
    LEASED_WRITE,
    /** A repair or priming: the zone works without it. */
    UNLEASED_WRITE
}
