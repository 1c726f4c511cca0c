package io.zonecache.client.internal.local;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.Eviction;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Verified chunks in memory, bounded in bytes; Caffeine's W-TinyLFU decides what stays. Safe for concurrent use. Chunks are
 * immutable, so nothing ever becomes stale.
 *
 * <p>It gives way to bytes in flight: both together stay within the budget. The bound moves in steps and comes back a step late, so
 * that reads coming and going move it rarely; a hit neither looks at it nor waits for it.
 */
public final class LocalCache {

    /** Key, entry and buffer objects beside the bytes. */
    private static final int ENTRY_BYTES = 256;

    private static final int STEPS = 16;

    private final MemoryBudget budget;
    private final long maxBytes;
    private final long stepBytes;
    private final @Nullable Cache<ChunkKey, ByteBuffer> chunks;

    /** What is left to bytes in flight; they are fewer, by less than two steps. */
    private volatile long leftBytes;

    private long currentMaxBytes;

    /** @param maxBytes with nothing in flight; 0 turns the cache off */
    public LocalCache(long maxBytes, MemoryBudget budget) {
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.currentMaxBytes = maxBytes;
        this.stepBytes = Math.max(1, budget.capacityBytes() / STEPS);
        this.chunks = maxBytes == 0
                ? null
                : Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .weigher((ChunkKey key, ByteBuffer chunk) -> ENTRY_BYTES + chunk.capacity())
                        .executor(Runnable::run)
                        .build();
        if (chunks != null) {
            Eviction<ChunkKey, ByteBuffer> eviction = chunks.policy().eviction().orElseThrow();
            budget.onChange(() -> giveWay(eviction));
        }
    }

    /** The chunk, read-only; counts as a use. */
    public @Nullable ByteBuffer get(ChunkKey key) {
        return chunks == null ? null : chunks.getIfPresent(key);
    }

    /** @param chunk read-only, position 0, its capacity the chunk's length */
    public void put(ChunkKey key, ByteBuffer chunk) {
        if (chunks != null) {
            chunks.put(key, chunk);
        }
    }

    /** How many bytes are held, bookkeeping included. */
    public long bytes() {
        return chunks == null
                ? 0
                : chunks.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    private void giveWay(Eviction<ChunkKey, ByteBuffer> eviction) {
        if (isLeftRight(budget.inFlightBytes())) {
            return;
        }
        synchronized (this) {
            long inFlightBytes = budget.inFlightBytes();
            if (isLeftRight(inFlightBytes)) {
                return;
            }
            leftBytes = (inFlightBytes + stepBytes - 1) / stepBytes * stepBytes;
            long newMaxBytes = Math.min(maxBytes, Math.max(0, budget.capacityBytes() - leftBytes));
            if (newMaxBytes != currentMaxBytes) {
                currentMaxBytes = newMaxBytes;
                eviction.setMaximum(newMaxBytes);
            }
        }
    }

    private boolean isLeftRight(long inFlightBytes) {
        long left = leftBytes;
        return inFlightBytes <= left && inFlightBytes > left - 2 * stepBytes;
    }
}
