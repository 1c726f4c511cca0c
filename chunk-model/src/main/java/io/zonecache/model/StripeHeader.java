package io.zonecache.model;

/**
 * The 64 bytes in front of a stripe's payload, read.
 *
 * @param tag big-endian: the first 8 bytes of the key where that is the chunk's SHA-256, else {@link ChunkKey#tagOf}
 * @param crc32c of header bytes 0..59 followed by the payload
 */
public record StripeHeader(CodeSpec code, int index, int chunkBytes, ChunkKey key, long tag, int crc32c) {

    public int payloadBytes() {
        return code.payloadBytes(chunkBytes);
    }

    public int recordBytes() {
        return StripeRecord.HEADER_BYTES + payloadBytes();
    }

    /** How many of the payload's bytes are the chunk's own; parity is all its own, padding past the chunk's end is not. */
    public int chunkBytesInPayload() {
        if (index >= code.data()) {
            return payloadBytes();
        }
        long from = (long) index * payloadBytes();
        return (int) Math.max(0, Math.min(payloadBytes(), chunkBytes - from));
    }

    /** Whether both are stripes of the same chunk, cut in the same way: only such stripes decode together. */
    public boolean combinesWith(StripeHeader other) {
        return key.equals(other.key) && code.equals(other.code) && chunkBytes == other.chunkBytes && tag == other.tag;
    }
}
