package io.zonecache.storage.index;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import java.util.List;

/** Checks of values: one stripe record or several back to back. */
public final class Records {

    private Records() {}

    /**
     * What must be known of a value that is to be stored.
     *
     * @throws CacheException {@code BAD_RECORD} if it isn't whole records, {@code KEY_MISMATCH} if one is another chunk's
     */
    public static Facts factsOf(ChunkKey key, ByteBuf value) {
        StripeHeader first = recordsOf(key, value).get(0).header();
        boolean single = first.recordBytes() == value.readableBytes();
        return new Facts(value.readableBytes(), first.crc32c(), single);
    }

    private static List<StripeRecord> recordsOf(ChunkKey key, ByteBuf value) {
        List<StripeRecord> records = StripeRecord.split(value.nioBuffer());
        if (records.isEmpty()) {
            throw new CacheException(
                    CacheErrorCode.BAD_RECORD, "records: 0 of a known version (expected: at least 1) for chunk " + key);
        }
        for (StripeRecord record : records) {
            if (!record.header().key().equals(key)) {
                throw new CacheException(
                        CacheErrorCode.KEY_MISMATCH,
                        "record's key: " + record.header().key() + " (expected: " + key + ")");
            }
        }
        return records;
    }

    /** Whether the value is what was stored under the key: whole records of that chunk whose checksums match. */
    public static boolean areIntact(ChunkKey key, ByteBuf value) {
        try {
            checkIntact(key, value);
            return true;
        } catch (CacheException bad) {
            return false;
        }
    }

    /** @throws CacheException {@code BAD_RECORD} or {@code KEY_MISMATCH} if the value isn't what was stored under the key */
    public static void checkIntact(ChunkKey key, ByteBuf value) {
        for (StripeRecord record : recordsOf(key, value)) {
            if (!record.checksumMatches()) {
                throw new CacheException(
                        CacheErrorCode.BAD_RECORD, "record's checksum: differs (expected: to match) for chunk " + key);
            }
        }
    }

    /** @param checksum of the first record */
    public record Facts(int recordBytes, int checksum, boolean singleRecord) {

        public StripeIndex.Place at(int segment, int sequence) {
            return new StripeIndex.Place(segment, sequence, recordBytes, checksum, singleRecord);
        }
    }
}
