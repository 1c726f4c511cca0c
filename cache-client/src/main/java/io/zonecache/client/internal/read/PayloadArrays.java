package io.zonecache.client.internal.read;

import io.zonecache.client.internal.code.ChunkCodec;
import java.util.ArrayDeque;

/**
 * Arrays for stripes that are not part of the chunk which is handed out. They are used again, as four hits of five need one and zeroing it takes
 * longer than decoding. Keeps few arrays, all of one length. Thread-safe.
 */
final class PayloadArrays {

    private static final int MAX_ARRAYS = 16;
    private static final int MAX_BYTES = 2 << 20;

    private final ChunkCodec codec;
    private final ArrayDeque<byte[]> free = new ArrayDeque<>(MAX_ARRAYS);

    PayloadArrays(ChunkCodec codec) {
        this.codec = codec;
    }

    /** An array of exactly this length, with any content. */
    byte[] take(int bytes) {
        synchronized (this) {
            byte[] last = free.peekLast();
            if (last != null && last.length == bytes) {
                return free.removeLast();
            }
        }
        return codec.allocate(bytes);
    }

    /** Takes back an array that nothing reads or writes any more. */
    synchronized void giveBack(byte[] array) {
        byte[] last = free.peekLast();
        if (last != null && last.length != array.length) {
            free.clear();
        }
        if (free.size() < MAX_ARRAYS && (free.size() + 1L) * array.length <= MAX_BYTES) {
            free.addLast(array);
        }
    }
}
