package io.zonecache.storage.rocksdb;

import org.rocksdb.ColumnFamilyHandle;

/**
 * A column family that stripes are appended to, numbered in order of arrival, and that is dropped as a whole. All counters are
 * guarded by the store's lock.
 */
final class Segment {

    /** What an entry takes in an SST file beyond its records: key, block trailer, index entry; measured at 50 to 60. */
    static final int ENTRY_OVERHEAD_BYTES = 64;

    private final int id;
    private final ColumnFamilyHandle family;

    /** Readers and writers inside; closed before the family is dropped. */
    final Gate gate = new Gate();

    int nextSequence;
    long appendedBytes;
    long liveBytes;
    /** In memory only so far. */
    long unflushedBytes;

    int writesUnderWay;
    boolean dropped;

    Segment(int id, ColumnFamilyHandle family) {
        this.id = id;
        this.family = family;
    }

    int id() {
        return id;
    }

    ColumnFamilyHandle family() {
        return family;
    }

    static long footprintOf(int recordBytes) {
        return (long) recordBytes + ENTRY_OVERHEAD_BYTES;
    }
}
