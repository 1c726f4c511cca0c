package io.zonecache.client;

/** What is verified of a chunk that the zone delivers. */
public enum Verification {
    /** Each stripe's checksum, and under the key scheme {@code sha256} the chunk's hash. */
    FULL,
    /** Each stripe's checksum. */
    CHECKSUM
}
