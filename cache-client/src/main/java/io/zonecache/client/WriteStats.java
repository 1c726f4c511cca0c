package io.zonecache.client;

/**
 * What a cache stored in its zone: counts since it was built, and what is under way now. Immutable.
 *
 * @param writeBacks origin fetches of whose stripes enough to read the chunk were acknowledged
 * @param writeBacksFailed origin fetches of whose stripes fewer were
 * @param repairs stripes that repair stored
 * @param repairsDropped stripes that repair did not store, for lack of budget or success
 * @param bytesInFlight of stripes on their way to nodes now, for write-backs, priming and repairs
 * @param incompleteChunks chunks stored with fewer than all their stripes, which this cache is to bring to all of them
 * @param completedChunks chunks that have got all their stripes after that
 * @param droppedChunks chunks that were given up: purged, no longer in the zone, incomplete for ten minutes, or the oldest of too many
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
