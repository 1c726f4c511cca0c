package io.zonecache.server.stripes;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Puts a body together as it comes and checks it on the way: each header as soon as its 64 bytes are there, each checksum while the
 * bytes are still in the processor's cache. Memory is taken once a good header says how much, and only as granted.
 *
 * <p>Holds one copy of the body. Not thread-safe; {@link #close} releases what {@link #take} has not handed over.
 */
final class RecordAssembler implements AutoCloseable {

    private static final int CRC_OFFSET = 60;

    /** Grants memory for the body. */
    @FunctionalInterface
    interface Reservation {

        /** @throws CacheException {@code BUSY} or {@code TOO_LARGE} */
        void reserve(int bytes);
    }

    private final ChunkKey key;
    private final int declaredBytes;
    private final int maxBytes;
    private final Reservation memory;
    private final ByteBuffer header = ByteBuffer.allocate(StripeRecord.HEADER_BYTES);
    private final CRC32C crc = new CRC32C();
    private @Nullable ByteBuf body;
    private @Nullable StripeHeader current;
    private @Nullable StripeHeader first;
    private int reservedBytes;
    private int payloadLeft;

    /** @param declaredBytes the body's length as announced, 0 if unknown */
    RecordAssembler(ChunkKey key, int declaredBytes, int maxBytes, Reservation memory) {
        this.key = key;
        this.declaredBytes = declaredBytes;
        this.maxBytes = maxBytes;
        this.memory = memory;
    }

    /**
     * Takes over the readable bytes of a piece of the body, by copy.
     *
     * @throws CacheException {@code BAD_RECORD}, {@code KEY_MISMATCH}, {@code CHECKSUM_MISMATCH}, {@code TOO_LARGE}, or what the
     *     reservation says
     */
    void accept(ByteBuf piece) {
        while (piece.isReadable()) {
            if (current == null) {
                acceptHeader(piece);
            } else {
                acceptPayload(piece);
            }
        }
    }

    /** The first record's header, null until it has come. */
    @Nullable
    StripeHeader firstHeader() {
        return first;
    }

    int receivedBytes() {
        return header.position() + (body == null ? 0 : body.readableBytes());
    }

    /**
     * The whole body; the caller releases it.
     *
     * @throws CacheException {@code BAD_RECORD} if it ended in the middle of a record
     */
    ByteBuf take() {
        StripeHeader unfinished = current;
        if (unfinished != null) {
            throw new CacheException(
                    CacheErrorCode.BAD_RECORD,
                    "record bytes: " + (unfinished.recordBytes() - payloadLeft) + " (expected: "
                            + unfinished.recordBytes() + ")");
        }
        ByteBuf whole = body;
        if (whole == null || header.position() > 0) {
            throw new CacheException(
                    CacheErrorCode.BAD_RECORD,
                    "trailing bytes: " + header.position() + " (expected: a whole record of at least "
                            + StripeRecord.HEADER_BYTES + ")");
        }
        body = null;
        return whole;
    }

    @Override
    public void close() {
        ByteBuf left = body;
        if (left != null) {
            body = null;
            left.release();
        }
    }

    private void acceptHeader(ByteBuf piece) {
        int bytes = Math.min(header.remaining(), piece.readableBytes());
        header.limit(header.position() + bytes);
        piece.readBytes(header);
        header.limit(StripeRecord.HEADER_BYTES);
        if (header.hasRemaining()) {
            return;
        }
        StripeHeader read = StripeRecord.readHeader(header.flip());
        if (!read.key().equals(key)) {
            throw new CacheException(
                    CacheErrorCode.KEY_MISMATCH,
                    "record's key: " + read.key() + " (expected: " + key + ", as in the URL)");
        }
        reserve(read.recordBytes());
        ByteBuf target = body;
        if (target == null) {
            target = PooledByteBufAllocator.DEFAULT.directBuffer(reservedBytes, maxBytes);
            body = target;
        }
        crc.reset();
        crc.update(header.slice(0, CRC_OFFSET));
        target.writeBytes(header);
        header.clear();
        current = read;
        first = first == null ? read : first;
        payloadLeft = read.payloadBytes();
    }

    private void acceptPayload(ByteBuf piece) {
        ByteBuf target = body;
        StripeHeader record = current;
        if (target == null || record == null) {
            throw new IllegalStateException("payload before its header");
        }
        int bytes = Math.min(payloadLeft, piece.readableBytes());
        int from = target.writerIndex();
        target.writeBytes(piece, bytes);
        crc.update(target.nioBuffer(from, bytes));
        payloadLeft -= bytes;
        if (payloadLeft > 0) {
            return;
        }
        if ((int) crc.getValue() != record.crc32c()) {
            throw new CacheException(
                    CacheErrorCode.CHECKSUM_MISMATCH,
                    String.format(
                            Locale.ROOT,
                            "checksum of stripe %d of %s: 0x%08X (expected: 0x%08X, as its header says)",
                            record.index(),
                            key,
                            (int) crc.getValue(),
                            record.crc32c()));
        }
        current = null;
    }

    private void reserve(int recordBytes) {
        int held = body == null ? 0 : body.readableBytes();
        if (recordBytes > maxBytes - held) {
            throw new CacheException(
                    CacheErrorCode.TOO_LARGE,
                    "body bytes: " + ((long) held + recordBytes) + " (expected: at most " + maxBytes + ")");
        }
        int needed = Math.max(held + recordBytes, body == null ? Math.min(declaredBytes, maxBytes) : 0);
        if (needed > reservedBytes) {
            memory.reserve(needed - reservedBytes);
            reservedBytes = needed;
        }
    }
}
