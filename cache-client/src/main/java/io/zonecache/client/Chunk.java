package io.zonecache.client;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A chunk, verified. Immutable and safe to share. */
public final class Chunk {

    private final ChunkKey key;
    private final ByteBuffer bytes;

    /** @param bytes read-only, position 0, all of it the chunk's */
    Chunk(ChunkKey key, ByteBuffer bytes) {
        this.key = key;
        this.bytes = bytes;
    }

    public ChunkKey key() {
        return key;
    }

    /** Length in bytes. */
    public int length() {
        return bytes.capacity();
    }

    /** A read-only view of the bytes with a position of its own. */
    public ByteBuffer buffer() {
        return bytes.duplicate();
    }

    /**
     * Copies bytes into the caller's buffer, whose position moves past them.
     *
     * @param from offset in the chunk, 0..length
     * @return how many: as many as there are or as there is room for
     */
    public int copyTo(int from, ByteBuffer target) {
        Objects.checkFromToIndex(from, length(), length());
        int count = Math.min(length() - from, target.remaining());
        target.put(target.position(), bytes, from, count);
        target.position(target.position() + count);
        return count;
    }

    /** A copy. */
    public byte[] toBytes() {
        byte[] copy = new byte[bytes.capacity()];
        bytes.get(0, copy);
        return copy;
    }

    @Override
    public String toString() {
        return "chunk " + key + " of " + length() + " bytes";
    }
}
