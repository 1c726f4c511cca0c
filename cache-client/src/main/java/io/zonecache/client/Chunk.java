package io.zonecache.client;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A chunk, verified. Immutable, and safe to share between threads. */
public final class Chunk {

    private final ChunkKey key;
    private final ByteBuffer bytes;

    /** @param bytes read-only, at position 0; their capacity is the chunk's length */
    Chunk(ChunkKey key, ByteBuffer bytes) {
        this.key = key;
        this.bytes = bytes;
    }

    /** The key that the chunk was requested with. */
    public ChunkKey key() {
        return key;
    }

    /** The length in bytes, 1 or more. */
    public int length() {
        return bytes.capacity();
    }

    /** A read-only view of the bytes, from position 0 to {@link #length}, with a position and limit of its own. Nothing is copied. */
    public ByteBuffer buffer() {
        return bytes.duplicate();
    }

    /**
     * Copies bytes into the caller's buffer and advances its position.
     *
     * @param from offset in the chunk in bytes, 0 to {@link #length}
     * @param target receives as many bytes as it has remaining
     * @return the number of bytes copied: those that follow the offset, or the target's remaining bytes if fewer
     * @throws IndexOutOfBoundsException if the offset is not within the chunk
     * @throws java.nio.ReadOnlyBufferException if the target is read-only
     */
    public int copyTo(int from, ByteBuffer target) {
        Objects.checkFromToIndex(from, length(), length());
        int count = Math.min(length() - from, target.remaining());
        target.put(target.position(), bytes, from, count);
        target.position(target.position() + count);
        return count;
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        byte[] copy = new byte[bytes.capacity()];
        bytes.get(0, copy);
        return copy;
    }

    /** Key and length, for messages. */
    @Override
    public String toString() {
        return "chunk " + key + " of " + length() + " bytes";
    }
}
