package io.zonecache.storage;

/**
 * A store's figures at one moment; counters count since open.
 *
 * @param diskBytes what the data directory takes, as {@code du} would say
 * @param effectiveCapacityBytes what of the capacity the disk has room for
 * @param writable false while writes are refused with {@code STORAGE_FULL}
 * @param historyKeys evicted and missed keys that are remembered
 * @param unreadBytes of segments whose records are yet to be read to rebuild an index that was lost; 0 if it is complete
 */
public record StoreStats(
        long stripes,
        long liveBytes,
        long diskBytes,
        long capacityBytes,
        long effectiveCapacityBytes,
        long hotStripes,
        long hotBytes,
        long hotHits,
        long diskHits,
        long misses,
        long puts,
        long evictions,
        long corruptDropped,
        long readErrors,
        long writeErrors,
        boolean writable,
        long historyKeys,
        long unreadBytes,
        StoreMemory memory) {}
