package io.zonecache.testkit.oracle;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * A sequence of chunks, each computed from the seed and its index whenever it is asked for. Immutable and thread-safe.
 *
 * <p>Any number of chunks can so be written and checked by processes that share nothing but a seed.
 */
public final class ChunkOracle {

    private final long seed;
    private final int chunkBytes;

    public ChunkOracle(long seed, int chunkBytes) {
        if (chunkBytes < 1) {
            throw new IllegalArgumentException("chunkBytes: " + chunkBytes + " (expected: 1 or more)");
        }
        this.seed = seed;
        this.chunkBytes = chunkBytes;
    }

    public byte[] chunk(long index) {
        SplittableRandom random = new SplittableRandom(seed + index * 0x9E3779B97F4A7C15L);
        byte[] bytes = new byte[chunkBytes];
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (words.remaining() >= Long.BYTES) {
            words.putLong(random.nextLong());
        }
        while (words.hasRemaining()) {
            words.put((byte) random.nextInt());
        }
        return bytes;
    }

    /** The chunk's key under the scheme {@code sha256}. */
    public ChunkKey key(long index) {
        return ChunkKey.sha256Of(chunk(index));
    }

    /**
     * Checks what was read; the buffer's position does not move.
     *
     * @throws AssertionError naming the first difference
     */
    public void check(long index, ByteBuffer read) {
        ByteBuffer expected = ByteBuffer.wrap(chunk(index));
        int difference = expected.mismatch(read);
        if (difference >= 0) {
            throw new AssertionError("chunk " + index + " of seed " + seed + ": " + read.remaining()
                    + " bytes, first wrong at " + difference + " (expected: " + chunkBytes + " bytes)");
        }
    }
}
