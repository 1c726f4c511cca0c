package io.zonecache.client;

/**
 * What a cache stored in its zone: counts since it was built, and what is in flight now. Immutable.
 *
 * @param writeBacks origin fetches with enough stripes acknowledged to read the chunk
 * @param writeBacksFailed origin fetches with fewer stripes acknowledged
 * @param repairs stripes that repair stored
 * @param repairsDropped stripes that repair did not store, for lack of budget or success
 * @param bytesInFlight bytes of stripes being sent to nodes now, for write-backs, priming and repairs
 * @param incompleteChunks chunks stored with fewer than all their stripes, which this cache is to complete
 * @param completedChunks incomplete chunks that have since got all their stripes
 * @param droppedChunks chunks that were given up: purged, no longer in the zone, incomplete for ten minutes, or the oldest if there were too many
 */
public record WriteStats(
        long writeBacks,
        long writeBacksFailed,
        long repairs,
        long repairsDropped,
        long bytesInFlight,
        int incompleteChunks,
        long completedChunks,
        long droppedChunks) {}
