package io.zonecache.client.internal.code;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Encodes a chunk into its stripe records. The chunk's bytes are those remaining in the buffer, whose position does not change. */
public final class StripeEncoder {

    private StripeEncoder() {}

    /**
     * All n records, in the order of their index. Each has memory of its own: the chunk's size times n / k altogether.
     *
     * @param tag that the chunk's readers expect of its records
     * @throws CacheException {@code BAD_REQUEST} if the chunk is empty, {@code TOO_LARGE} if it is longer than 16 MiB
     */
    public static List<StripeRecord> encode(ChunkCodec codec, CodeSpec spec, ChunkKey key, long tag, ByteBuffer chunk) {
        int chunkBytes = checkedBytes(key, chunk);
        int payloadBytes = spec.payloadBytes(chunkBytes);
        byte[][] arrays = new byte[spec.stripes()][];
        int[] offsets = new int[spec.stripes()];
        for (int i = 0; i < spec.stripes(); i++) {
            arrays[i] = codec.allocate(StripeRecord.HEADER_BYTES + payloadBytes);
            offsets[i] = StripeRecord.HEADER_BYTES;
            if (i < spec.data()) {
                copyData(chunk, i, payloadBytes, arrays[i]);
            }
        }
        codec.code(spec).encode(arrays, offsets, payloadBytes);
        List<StripeRecord> records = new ArrayList<>(spec.stripes());
        for (int i = 0; i < spec.stripes(); i++) {
            records.add(seal(arrays[i], spec, i, chunkBytes, key, tag));
        }
        return records;
    }

    /** Bytes past the chunk's end stay zero. */
    private static void copyData(ByteBuffer chunk, int index, int payloadBytes, byte[] target) {
        int from = Math.min(index * payloadBytes, chunk.remaining());
        int bytes = Math.min(payloadBytes, chunk.remaining() - from);
        chunk.get(chunk.position() + from, target, StripeRecord.HEADER_BYTES, bytes);
    }

    private static StripeRecord seal(byte[] array, CodeSpec spec, int index, int chunkBytes, ChunkKey key, long tag) {
        ByteBuffer payload =
                ByteBuffer.wrap(array, StripeRecord.HEADER_BYTES, array.length - StripeRecord.HEADER_BYTES);
        StripeHeader header =
                StripeRecord.writeHeader(ByteBuffer.wrap(array), spec, index, chunkBytes, key, tag, payload);
        return new StripeRecord(header, ByteBuffer.wrap(array));
    }

    private static int checkedBytes(ChunkKey key, ByteBuffer chunk) {
        int chunkBytes = chunk.remaining();
        if (chunkBytes < 1 || chunkBytes > StripeRecord.MAX_CHUNK_BYTES) {
            throw lengthOutOfRange(key, chunkBytes, StripeRecord.MAX_CHUNK_BYTES);
        }
        return chunkBytes;
    }

    /** A chunk has at least one byte in every format, so an empty one is not a chunk. */
    public static CacheException lengthOutOfRange(ChunkKey key, int chunkBytes, int maxBytes) {
        return new CacheException(
                chunkBytes < 1 ? CacheErrorCode.BAD_REQUEST : CacheErrorCode.TOO_LARGE,
                "bytes of chunk " + key + ": " + chunkBytes + " (expected: 1.." + maxBytes + ")");
    }
}
