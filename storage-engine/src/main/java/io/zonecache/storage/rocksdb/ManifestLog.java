package io.zonecache.storage.rocksdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * How RocksDB frames the records of a manifest: blocks of 32 KiB; in them records, each with a masked CRC-32C, a length and a type
 * before its bytes, little-endian, and zeros where no further header fits (the RocksDB wiki's "Write Ahead Log File Format"). A record
 * that doesn't fit its block is cut into a first, middle and last part.
 */
final class ManifestLog {

    static final int BLOCK_BYTES = 32 << 10;
    static final int HEADER_BYTES = 7;
    static final int LENGTH_AT = 4;
    static final int TYPE_AT = 6;

    static final int WHOLE = 1;
    static final int FIRST = 2;
    static final int MIDDLE = 3;
    static final int LAST = 4;

    private static final int MASK_DELTA = 0xa282ead8;

    private ManifestLog() {}

    static ByteBuffer header(int type, byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(bytes, from, length);
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked(crc))
                .putShort((short) length)
                .put((byte) type)
                .flip();
    }

    static int masked(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }
}
