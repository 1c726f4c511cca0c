package io.zonecache.storage.rocksdb;

import io.zonecache.storage.index.StripeIndex;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What is stored of a slot under its chunk key. Big-endian:
 *
 * <pre>
 *   0         1         5          9              13         17
 *   +---------+---------+----------+--------------+----------+-----------------
 *   | kind    | segment | sequence | record bytes | checksum | stamps, 8 each
 *   |   1     |   4     |   4      |   4          |   4      |
 *   +---------+---------+----------+--------------+----------+-----------------
 * </pre>
 *
 * Kind 0 is evicted: the references are remembered, the place is void. 1 is one record, 2 several.
 */
final class IndexEntry {

    private static final int FIXED_BYTES = 17;
    private static final int MAX_STAMPS = 16;
    static final int MAX_BYTES = FIXED_BYTES + MAX_STAMPS * Long.BYTES;

    private static final byte EVICTED = 0;
    private static final byte ONE_RECORD = 1;
    private static final byte SEVERAL_RECORDS = 2;

    private final StripeIndex.@Nullable Place place;
    private final long[] stamps;

    /** @param place null for what was evicted */
    IndexEntry(StripeIndex.@Nullable Place place, long[] stamps) {
        this.place = place;
        this.stamps = stamps;
    }

    StripeIndex.@Nullable Place place() {
        return place;
    }

    /** As {@link io.zonecache.storage.eviction.EvictionPolicy#stamp} gave them; not a copy. */
    long[] stamps() {
        return stamps;
    }

    void write(ByteBuffer target) {
        StripeIndex.Place at = place;
        if (at == null) {
            target.put(EVICTED).putInt(0).putInt(0).putInt(0).putInt(0);
        } else {
            target.put(at.singleRecord() ? ONE_RECORD : SEVERAL_RECORDS);
            target.putInt(at.segment()).putInt(at.sequence()).putInt(at.recordBytes());
            target.putInt(at.checksum());
        }
        for (long stamp : stamps) {
            target.putLong(stamp);
        }
    }

    /** @throws RocksDBException {@code Corruption} if these bytes can't have been written here */
    static IndexEntry read(ByteBuffer source) throws RocksDBException {
        int stampBytes = source.remaining() - FIXED_BYTES;
        if (stampBytes < 0 || stampBytes % Long.BYTES != 0 || stampBytes > MAX_STAMPS * Long.BYTES) {
            throw Corruption.of("index entry bytes: " + source.remaining() + " (expected: 17 + 8 n)");
        }
        byte kind = source.get();
        int segment = source.getInt();
        int sequence = source.getInt();
        int recordBytes = source.getInt();
        int checksum = source.getInt();
        long[] stamps = new long[stampBytes / Long.BYTES];
        for (int i = 0; i < stamps.length; i++) {
            stamps[i] = source.getLong();
        }
        if (kind == EVICTED) {
            return new IndexEntry(null, stamps);
        }
        if (kind < EVICTED || kind > SEVERAL_RECORDS || recordBytes <= 0) {
            throw Corruption.of("index entry: kind " + kind + ", record bytes " + recordBytes
                    + " (expected: kind 0..2, positive bytes)");
        }
        return new IndexEntry(
                new StripeIndex.Place(segment, sequence, recordBytes, checksum, kind == ONE_RECORD), stamps);
    }
}
