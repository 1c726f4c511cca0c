package io.zonecache.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * A stripe with its header: the same bytes on the wire and on disk. Version 1, big-endian:
 *
 * <pre>
 *   0        4      5   6   7       8              12             16          48      56       60      64
 *   +--------+------+---+---+-------+--------------+--------------+-----------+-------+--------+-------+---------
 *   | "ZCS1" | code | k | m | index | chunk length | payload len. | chunk key | tag   | zero   | crc   | payload
 *   |   4    |  1   | 1 | 1 |   1   |      4       |      4       |    32     |  8    |  4     |  4    | p
 *   +--------+------+---+---+-------+--------------+--------------+-----------+-------+--------+-------+---------
 * </pre>
 *
 * The CRC32C covers bytes 0..59 and the payload. Records may stand back to back.
 *
 * @param bytes header and payload, exactly; position 0, big-endian, not to be written to
 */
public record StripeRecord(StripeHeader header, ByteBuffer bytes) {

    public static final int HEADER_BYTES = 64;
    public static final int VERSION = 1;
    public static final int MAX_CHUNK_BYTES = 16 * 1024 * 1024;
    public static final int MAX_RECORD_BYTES = HEADER_BYTES + MAX_CHUNK_BYTES;

    private static final int MAGIC_PREFIX = 0x5A4353; // "ZCS", then the version's digit
    private static final int MAGIC = MAGIC_PREFIX << 8 | '0' + VERSION;
    private static final int CRC_OFFSET = 60;

    /** A view of the payload, position 0. */
    public ByteBuffer payload() {
        return bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES);
    }

    public boolean checksumMatches() {
        return crc32c(bytes.slice(0, CRC_OFFSET), payload()) == header.crc32c();
    }

    /**
     * Writes the header of a payload, its checksum included, and returns it. The target's position moves past the 64 bytes; the
     * payload's does not move.
     */
    public static StripeHeader writeHeader(
            ByteBuffer target, CodeSpec code, int index, int chunkBytes, ChunkKey key, long tag, ByteBuffer payload) {
        int payloadBytes = code.payloadBytes(chunkBytes);
        if (payload.remaining() != payloadBytes) {
            throw new IllegalArgumentException("payload bytes: " + payload.remaining() + " (expected: " + payloadBytes
                    + " for chunk " + key + ")");
        }
        int start = target.position();
        target.putInt(MAGIC);
        target.put((byte) code.name().wireId()).put((byte) code.data()).put((byte) code.parity());
        target.put((byte) index).putInt(chunkBytes).putInt(payloadBytes);
        key.write(target);
        target.putLong(tag).putInt(0);
        int crc = crc32c(target.slice(start, CRC_OFFSET), payload.duplicate());
        target.putInt(crc);
        return new StripeHeader(code, index, chunkBytes, key, tag, crc);
    }

    /** A whole record in memory of its own. */
    public static StripeRecord encode(
            CodeSpec code, int index, int chunkBytes, ChunkKey key, long tag, ByteBuffer payload) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + payload.remaining());
        StripeHeader header = writeHeader(bytes, code, index, chunkBytes, key, tag, payload);
        bytes.put(payload.duplicate()).flip();
        return new StripeRecord(header, bytes);
    }

    /**
     * Reads the 64 header bytes at the position, which does not move. Every field's range is checked; the checksum is not.
     *
     * @throws CacheException {@code BAD_RECORD}, naming the field
     */
    public static StripeHeader readHeader(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            throw bad("header bytes", bytes.remaining(), "64");
        }
        ByteBuffer header = bytes.slice(bytes.position(), HEADER_BYTES);
        int magic = header.getInt();
        if (magic != MAGIC) {
            throw new CacheException(
                    CacheErrorCode.BAD_RECORD,
                    String.format(Locale.ROOT, "magic: 0x%08X (expected: 0x%08X, \"ZCS1\")", magic, MAGIC));
        }
        CodeSpec code = readCode(header.get(), header.get(), header.get());
        int index = checkRange("index", header.get() & 0xFF, 0, code.stripes() - 1);
        int chunkBytes = checkRange("chunk length", header.getInt(), 1, MAX_CHUNK_BYTES);
        int expectedPayload = code.payloadBytes(chunkBytes);
        checkRange("payload length", header.getInt(), expectedPayload, expectedPayload);
        ChunkKey key = ChunkKey.read(header);
        long tag = header.getLong();
        checkRange("reserved", header.getInt(), 0, 0);
        return new StripeHeader(code, index, chunkBytes, key, tag, header.getInt());
    }

    /**
     * Cuts a body into its records, in order; the body's position does not move. Records of versions that this reader doesn't
     * know are skipped.
     *
     * @throws CacheException {@code BAD_RECORD} if bytes are left that are not a whole record
     */
    public static List<StripeRecord> split(ByteBuffer body) {
        List<StripeRecord> records = new ArrayList<>(1);
        ByteBuffer rest = body.slice();
        while (rest.hasRemaining()) {
            int recordBytes = recordBytesAt(rest);
            if (isKnownVersion(rest)) {
                records.add(new StripeRecord(readHeader(rest), rest.slice(rest.position(), recordBytes)));
            }
            rest.position(rest.position() + recordBytes);
        }
        return records;
    }

    /** Whether the record at the position is of a version that this class reads; at least 4 bytes must remain. */
    public static boolean isKnownVersion(ByteBuffer bytes) {
        int magic = bytes.getInt(bytes.position());
        return magic >>> 8 != MAGIC_PREFIX || magic == MAGIC;
    }

    private static int recordBytesAt(ByteBuffer rest) {
        if (rest.remaining() < HEADER_BYTES) {
            throw bad("trailing bytes", rest.remaining(), "a whole record of at least 64");
        }
        long recordBytes = HEADER_BYTES
                + (isKnownVersion(rest)
                        ? readHeader(rest).payloadBytes()
                        : rest.getInt(rest.position() + 12) & 0xFFFFFFFFL);
        if (recordBytes > rest.remaining()) {
            throw bad("record bytes", rest.remaining(), Long.toString(recordBytes));
        }
        return (int) recordBytes;
    }

    private static CodeSpec readCode(byte name, byte data, byte parity) {
        if (name != CodeName.XOR.wireId() && name != CodeName.REED_SOLOMON.wireId()) {
            throw bad("code", name & 0xFF, "0 (XOR) or 1 (REED_SOLOMON)");
        }
        boolean xor = name == CodeName.XOR.wireId();
        checkRange("data stripes", data & 0xFF, 1, CodeSpec.MAX_DATA);
        checkRange("parity stripes", parity & 0xFF, 0, xor ? 1 : CodeSpec.MAX_PARITY);
        return new CodeSpec(xor ? CodeName.XOR : CodeName.REED_SOLOMON, data, parity);
    }

    private static int crc32c(ByteBuffer headerToCrc, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(headerToCrc);
        crc.update(payload);
        return (int) crc.getValue();
    }

    private static int checkRange(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw bad(field, value, min == max ? Integer.toString(min) : min + ".." + max);
        }
        return value;
    }

    private static CacheException bad(String field, long value, String expected) {
        return new CacheException(CacheErrorCode.BAD_RECORD, field + ": " + value + " (expected: " + expected + ")");
    }
}
