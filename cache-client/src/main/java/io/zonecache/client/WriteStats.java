package io.zonecache.client;

/**
 * What a cache stored in its zone: counts since it was built, and what is under way now. Immutable.
 *
 * @param writeBacks origin fetches of whose stripes enough to read the chunk were acknowledged
 * @param writeBacksFailed origin fetches of whose stripes fewer were
 * @param repairs stripes that repair stored
 * @param repairsDropped stripes that repair did not store, for lack of budget or success
 * @param bytesInFlight of stripes on their way to nodes now, for write-backs, priming and repairs
 */
public record WriteStats(
        long writeBacks, long writeBacksFailed, long repairs, long repairsDropped, long bytesInFlight) {}
