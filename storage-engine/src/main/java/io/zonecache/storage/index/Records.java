package io.zonecache.storage.index;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
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
        ByteBuffer bytes = value.nioBuffer();
        List<StripeRecord> records = StripeRecord.split(bytes);
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
        StripeHeader first = records.get(0).header();
        boolean single = first.recordBytes() == value.readableBytes();
        return new Facts(value.readableBytes(), first.crc32c(), single);
    }

    /** Whether the value is what was stored under the key: whole records of that chunk whose checksums match. */
    public static boolean areIntact(ChunkKey key, ByteBuf value) {
        try {
            List<StripeRecord> records = StripeRecord.split(value.nioBuffer());
            for (StripeRecord record : records) {
                if (!record.header().key().equals(key) || !record.checksumMatches()) {
                    return false;
                }
            }
            return !records.isEmpty();
        } catch (CacheException bad) {
            return false;
        }
    }

    /** @param checksum of the first record */
    public record Facts(int recordBytes, int checksum, boolean singleRecord) {

        public StripeIndex.Place at(int segment, int sequence) {
            return new StripeIndex.Place(segment, sequence, recordBytes, checksum, singleRecord);
        }
    }
}
