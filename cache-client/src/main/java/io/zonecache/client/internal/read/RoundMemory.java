package io.zonecache.client.internal.read;

import io.zonecache.client.internal.memory.MemoryBudget.Share;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;

/** What one round of a read holds of the budget, and how much of that is in use. Thread-safe; nothing is had once it was released. */
final class RoundMemory {

    private final ReadGate gate;
    private final Share share;
    private final boolean isEstimate;
    private long heldBytes;
    private long usedBytes;
    private boolean isReleased;

    /** @param isEstimate whether what is too much may go back once the chunk's size is known */
    RoundMemory(ReadGate gate, Share share, long heldBytes, boolean isEstimate) {
        this.gate = gate;
        this.share = share;
        this.isEstimate = isEstimate;
        this.heldBytes = heldBytes;
    }

    /** For a chunk of which the first stripe has come. */
    boolean tryUseForChunk(long bytes) {
        if (bytes <= share.maxBytes()) {
            gate.seen(bytes);
        }
        return tryUse(bytes);
    }

    /** Takes what is lacking, if it can be had at once. */
    synchronized boolean tryUse(long bytes) {
        long lackingBytes = usedBytes + bytes - heldBytes;
        if (isReleased || (lackingBytes > 0 && !share.tryTake(lackingBytes))) {
            return false;
        }
        heldBytes += Math.max(0, lackingBytes);
        usedBytes += bytes;
        return true;
    }

    /** No longer in use, but held for what may come. */
    synchronized void reuse(long bytes) {
        usedBytes -= bytes;
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Whether a round could ever have so much. */
    boolean isPossible(long bytes) {
        return bytes <= share.maxBytes();
    }

    CacheException tooLarge(ChunkKey key, long needBytes) {
        return new CacheException(
                CacheErrorCode.TOO_LARGE,
                "memory for chunk " + key + ": " + needBytes + " bytes (expected: at most " + share.maxBytes()
                        + ", of memoryBytes)");
    }

    /** Gives back what was held for a larger chunk. Others may go on at once: call it outside of any lock. */
    void trim() {
        synchronized (this) {
            long spareBytes = heldBytes - usedBytes;
            if (!isEstimate || isReleased || usedBytes == 0 || spareBytes == 0) {
                return;
            }
            heldBytes = usedBytes;
            share.release(spareBytes);
        }
        share.serve();
    }

    /** Once nothing writes to it any more; {@link ReadGate#leave} is to follow. */
    synchronized void release() {
        if (!isReleased) {
            isReleased = true;
            share.release(heldBytes);
        }
    }
}
