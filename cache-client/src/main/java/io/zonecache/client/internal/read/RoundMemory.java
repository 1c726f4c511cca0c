package io.zonecache.client.internal.read;

import io.zonecache.client.internal.memory.MemoryBudget.Share;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;

/** What one round of a read holds of the budget, and how much of that is in use. Thread-safe; grants nothing after its release. */
final class RoundMemory {

    private final Share share;
    private final ChunkSizeEstimate estimate;
    private final boolean isEstimate;
    private long heldBytes;
    private long usedBytes;
    private boolean isReleased;

    /** @param isEstimate whether the excess may be released once the chunk's size is known */
    RoundMemory(Share share, ChunkSizeEstimate estimate, boolean isEstimate) {
        this.share = share;
        this.estimate = estimate;
        this.isEstimate = isEstimate;
    }

    /** Takes the memory that the round begins with, all or nothing; to be called once. */
    synchronized boolean tryHold(long bytes) {
        if (!share.tryTake(bytes)) {
            return false;
        }
        heldBytes = bytes;
        return true;
    }

    /** Takes memory for a chunk whose first stripe has come. */
    boolean tryUseForChunk(long bytes) {
        if (bytes <= share.maxBytes()) {
            estimate.record(bytes);
        }
        return tryUse(bytes);
    }

    /** Takes what is lacking, if it is free at once. */
    synchronized boolean tryUse(long bytes) {
        long lackingBytes = usedBytes + bytes - heldBytes;
        if (isReleased || (lackingBytes > 0 && !share.tryTake(lackingBytes))) {
            return false;
        }
        heldBytes += Math.max(0, lackingBytes);
        usedBytes += bytes;
        return true;
    }

    /** Marks memory as no longer in use; it stays held for what may come. */
    synchronized void reuse(long bytes) {
        usedBytes -= bytes;
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Whether a round could ever have this much. */
    boolean isPossible(long bytes) {
        return bytes <= share.maxBytes();
    }

    CacheException tooLarge(ChunkKey key, long needBytes) {
        return new CacheException(
                CacheErrorCode.TOO_LARGE,
                "memory for chunk " + key + ": " + needBytes + " bytes (expected: at most " + share.maxBytes()
                        + ", of memoryBytes)");
    }

    /** Releases what was held for a larger chunk. Other rounds may start at once, so call it outside any lock. */
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

    /** To be called once nothing writes to it any more; {@link ReadGate#leave} must follow. */
    synchronized void release() {
        if (!isReleased) {
            isReleased = true;
            share.release(heldBytes);
        }
    }
}
