package io.zonecache.storage.rocksdb;

/**
 * How much of its capacity a store can use on the disk that it has: what the directory takes and what the disk would still take, less
 * a reserve and what the directory may exceed its capacity by.
 *
 * <p>Falls at once when something else fills the disk, and rises by at most a hundredth of the capacity a second, so that it doesn't
 * follow files that come and go. Never below a floor: what else fills the disk must not empty the store. Pure arithmetic; not
 * thread-safe.
 */
final class EffectiveCapacity {

    /** What must stay free beyond what is to be flushed: the index's compaction, manifests, logs. */
    static final long RESERVE_BYTES = 8L << 20;

    private static final int FLOOR_SHARE = 16;
    private static final int MIN_SEGMENTS = 4;
    private static final int RISE_SHARE_PER_SECOND = 100;
    private static final long MILLIS_PER_SECOND = 1_000;

    private final long capacityBytes;
    private final long floorBytes;
    private long bytes;
    private long updatedMillis;

    EffectiveCapacity(long capacityBytes, long segmentBytes, long nowMillis) {
        this.capacityBytes = capacityBytes;
        this.floorBytes = Math.min(capacityBytes, Math.max(capacityBytes / FLOOR_SHARE, MIN_SEGMENTS * segmentBytes));
        this.bytes = capacityBytes;
        this.updatedMillis = nowMillis;
    }

    long bytes() {
        return bytes;
    }

    long floorBytes() {
        return floorBytes;
    }

    /**
     * @param ownBytes what the directory takes
     * @param usableBytes what the disk would still take
     */
    void update(long ownBytes, long usableBytes, long nowMillis) {
        long room = usableBytes > capacityBytes * 2 ? Long.MAX_VALUE : ownBytes + usableBytes - RESERVE_BYTES;
        long fitting = Math.max(floorBytes, Math.min(capacityBytes, SpaceBudget.capacityThatFits(room)));
        long seconds = (nowMillis - updatedMillis) / MILLIS_PER_SECOND;
        if (fitting <= bytes) {
            bytes = fitting;
            updatedMillis = nowMillis;
        } else if (seconds > 0) {
            bytes = Math.min(fitting, bytes + seconds * Math.max(1, capacityBytes / RISE_SHARE_PER_SECOND));
            updatedMillis += seconds * MILLIS_PER_SECOND;
        }
    }
}
