package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The file in which RocksDB says which files are alive, looked at before RocksDB reads it: at some damages, as small as one bit of a
 * record's type, RocksDB 11.8 reads the same place for ever.
 *
 * <p>Blocks of 32 KiB; in them records, each with a masked CRC-32C, a length and a type before its bytes, little-endian, and zeros
 * where no further header fits (the RocksDB wiki's "Write Ahead Log File Format").
 */
final class Manifest {

    private static final int BLOCK_BYTES = 32 << 10;
    private static final int HEADER_BYTES = 7;
    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 6;

    /** Whole records, and first, middle and last parts; all others are for logs that are written over. */
    private static final int HIGHEST_TYPE = 4;

    private static final int MASK_DELTA = 0xa282ead8;

    private final ByteBuffer bytes;

    private Manifest(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Passes what is whole, or ends within a record or in zeros as after a kill or a power cut; and what isn't there, which RocksDB
     * tells.
     *
     * @throws RocksDBException a {@code Corruption}
     */
    static void check(Path directory) throws RocksDBException {
        try {
            String name = Files.readString(directory.resolve("CURRENT"), StandardCharsets.ISO_8859_1)
                    .strip();
            if (!name.matches("MANIFEST-\\d+") || !Files.isRegularFile(directory.resolve(name))) {
                return;
            }
            byte[] bytes = Files.readAllBytes(directory.resolve(name));
            int damagedAt = new Manifest(ByteBuffer.wrap(bytes)).damagedAt();
            if (damagedAt >= 0) {
                throw failed(
                        Status.Code.Corruption,
                        name + ": damaged at byte " + damagedAt + " of " + bytes.length + " (expected: whole records)");
            }
        } catch (IOException e) {
            throw failed(Status.Code.IOError, "the manifest can't be read: " + e);
        }
    }

    private static RocksDBException failed(Status.Code code, String what) {
        return new RocksDBException(what, new Status(code, Status.SubCode.None, what));
    }

    /** Where the first record begins that isn't what was written; -1 if all are. */
    private int damagedAt() {
        int at = 0;
        while (bytes.limit() - at >= HEADER_BYTES) {
            int leftInBlock = BLOCK_BYTES - at % BLOCK_BYTES;
            if (leftInBlock < HEADER_BYTES) {
                at += leftInBlock;
                continue;
            }
            int recordBytes = HEADER_BYTES + Short.toUnsignedInt(bytes.getShort(at + LENGTH_AT));
            if (recordBytes > leftInBlock) {
                return at;
            }
            if (recordBytes > bytes.limit() - at) {
                return -1;
            }
            if (!isSound(at, recordBytes)) {
                return isZeroFrom(at) ? -1 : at;
            }
            at += recordBytes;
        }
        return -1;
    }

    private boolean isZeroFrom(int at) {
        int end = at;
        while (end < bytes.limit() && bytes.get(end) == 0) {
            end++;
        }
        return end == bytes.limit();
    }

    private boolean isSound(int at, int recordBytes) {
        int type = bytes.get(at + TYPE_AT);
        if (type < 1 || type > HIGHEST_TYPE) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + TYPE_AT, recordBytes - TYPE_AT));
        return bytes.getInt(at) == Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }
}
