package io.zonecache.storage.rocksdb;

/**
 * How the capacity is divided. Pure arithmetic.
 *
 * <pre>
 *   0                               live limit     clean from   capacity    puts until    a twentieth more
 *   |-- live ----------------------------|               |            |            |                 |
 *   |-- on disk: live + dead, index, logs ----------------------------- cleaning --|- for a moment --|
 * </pre>
 *
 * What the directory takes may exceed the capacity by a twentieth (or 16 MiB). For a moment that is needed while the living are
 * copied out of a segment that is not dropped yet, and while the index is compacted; what these leave puts may use while cleaning is
 * under way, half of the excess at most. At rest the directory is within the capacity. The nearer the live limit is to where
 * cleaning begins, the fuller is the emptiest segment, and the more is copied for each byte won (docs/decisions/0003 has the
 * figures).
 */
record SpaceBudget(long capacityBytes, long segmentBytes) {

    /** Live bytes are at least three quarters of the capacity; half a percent more makes up for what leaves between two puts. */
    private static final int LIVE_PERMILLE = 755;

    /** When the index or other files take more than was foreseen: live bytes among what segments may take. */
    private static final int MAX_LIVE_PERCENT_OF_SEGMENTS = 84;

    private static final long MIN_EXCESS_BYTES = 16L << 20;
    private static final int EXCESS_SHARE = 20;

    /** The largest capacity at which a directory, with all that it may exceed it by, takes no more than so many bytes. */
    static long capacityThatFits(long bytes) {
        return Math.max(0, Math.min(bytes - MIN_EXCESS_BYTES, bytes / (EXCESS_SHARE + 1) * EXCESS_SHARE));
    }

    /** Live bytes from which the policy must let something go. */
    long liveLimitBytes(long otherBytes) {
        long ofCapacity = capacityBytes / 1000 * LIVE_PERMILLE;
        long ofSegments = Math.max(0, cleanFromBytes(otherBytes) - otherBytes) / 100 * MAX_LIVE_PERCENT_OF_SEGMENTS;
        return Math.min(ofCapacity, ofSegments);
    }

    /** On disk; from here on segments are cleaned. */
    long cleanFromBytes(long otherBytes) {
        return Math.min(capacityBytes, putUntilBytes(otherBytes) - segmentBytes);
    }

    /**
     * On disk; beyond it puts wait for the cleaner.
     *
     * @param otherBytes what isn't segments: as much again may be written before the old goes
     */
    long putUntilBytes(long otherBytes) {
        long excess = Math.max(MIN_EXCESS_BYTES, capacityBytes / EXCESS_SHARE);
        return capacityBytes + Math.min(excess / 2, excess - segmentBytes - otherBytes);
    }
}
