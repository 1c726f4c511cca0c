package io.zonecache.client;

/** What is verified of a chunk that the zone delivers. */
public enum Verification {
    /**
     * Each stripe's checksum, and the chunk's hash: all of it if the key is that hash (scheme {@code sha256}), else the 8 bytes that each stripe
     * carries of a hash of key and chunk. Those show damage, and stripes of another key's chunk, but not bytes that somebody has forged.
     */
    FULL,
    /** Each stripe's checksum, and that key, length and tag in its header can be the chunk's. */
    CHECKSUM
}
