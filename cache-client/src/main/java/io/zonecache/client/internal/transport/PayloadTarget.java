package io.zonecache.client.internal.transport;

import java.util.zip.CRC32C;

/**
 * A place in memory for one stripe's payload, which its owner can take away at any time: a reply that comes too late must not overwrite bytes that
 * have been handed out.
 *
 * <p>Bytes are copied and checksummed under the target's lock, piece by piece, so {@link #cutOff} waits for at most one piece and nothing is
 * written after it returns. Uncontended on the usual path.
 */
public final class PayloadTarget {

    private static final byte[] TAKEN_AWAY = {};

    private final int offset;
    private final int payloadBytes;
    private byte[] array;
    private int writtenBytes;
    private boolean cutOff;

    public PayloadTarget(byte[] array, int offset, int payloadBytes) {
        if (offset < 0 || payloadBytes < 0 || offset > array.length - payloadBytes) {
            throw new IllegalArgumentException("payload: " + payloadBytes + " bytes at " + offset
                    + " (expected: within an array of " + array.length + ")");
        }
        this.array = array;
        this.offset = offset;
        this.payloadBytes = payloadBytes;
    }

    /**
     * Copies the next bytes and adds them to the checksum.
     *
     * @return false once cut off: nothing was written, and the rest need not come
     */
    public synchronized boolean write(Piece piece, int bytes, CRC32C crc) {
        if (bytes > payloadBytes - writtenBytes) {
            throw new IllegalArgumentException(
                    "bytes: " + bytes + " (expected: at most " + (payloadBytes - writtenBytes) + ")");
        }
        if (cutOff) {
            return false;
        }
        int at = offset + writtenBytes;
        piece.copyTo(array, at);
        crc.update(array, at, bytes);
        writtenBytes += bytes;
        return true;
    }

    /** Ends writing, for good, and releases the memory: an abandoned request may live on for a second. */
    public synchronized void cutOff() {
        cutOff = true;
        array = TAKEN_AWAY;
    }

    /** Ends writing, for good. @return the array, for others to write to; empty if it was cut off before */
    public synchronized byte[] takeAway() {
        byte[] taken = array;
        cutOff();
        return taken;
    }

    /** Whether every byte is there and the target has not been cut off. */
    public synchronized boolean isComplete() {
        return !cutOff && writtenBytes == payloadBytes;
    }

    /** The array that holds the payload, from {@link #offset}; empty once cut off. */
    public synchronized byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    int payloadBytes() {
        return payloadBytes;
    }

    /** Bytes that can be copied, whatever holds them. */
    @FunctionalInterface
    public interface Piece {
        void copyTo(byte[] array, int offset);
    }
}
