package io.zonecache.client;

/** How many of a chunk's nodes are asked at once; docs/decisions/0014-over-request-policies.md has figures. */
public enum OverRequestPolicy {
    /** All n: one slow node costs nothing, at n / k times the bytes. */
    ALL,
    /** k, and the others only if those don't suffice or take longer than 95 % of recent reads, for at most 5 % of reads. */
    HEDGED
}
