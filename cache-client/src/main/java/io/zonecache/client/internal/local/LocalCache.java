package io.zonecache.client.internal.local;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.Eviction;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Verified chunks in memory, bounded in bytes; Caffeine's W-TinyLFU decides what stays. Safe for concurrent use. Chunks are immutable, so an entry
 * is removed early only if its chunk is purged.
 *
 * <p>A chunk that was loaded before a purge and arrives after it is not stored: each key belongs to one of a fixed number of generation counters,
 * which a purge raises before it removes the entry. A load remembers the {@link #generation} from before it began, and {@link #put} compares. A
 * purge of another key with the same counter costs one local copy.
 *
 * <p>It shrinks to make room for bytes in flight: both together stay within the budget. The bound moves in steps and grows back a step late, so
 * that reads which start and end rarely move it; a hit neither reads the bound nor waits for it.
 */
public final class LocalCache implements PurgeListener {

    /** Key, entry and buffer objects beside the bytes. */
    private static final int ENTRY_BYTES = 256;

    private static final int STEPS = 16;

    /** A power of two; keys that are loaded at the same time rarely share a counter. */
    private static final int GENERATIONS = 4_096;

    private final MemoryBudget budget;
    private final long maxBytes;
    private final long stepBytes;
    private final @Nullable Cache<ChunkKey, Held> chunks;

    private final AtomicLongArray generations = new AtomicLongArray(GENERATIONS);
    private final AtomicLong allGeneration = new AtomicLong();

    /**
     * A chunk, and the kind of key that it was read by. By another kind it would be checked otherwise, so it is not served to such reads.
     *
     * @param chunk read-only
     */
    private record Held(ByteBuffer chunk, KeyKind kind) {}

    /** Bytes set aside for bytes in flight: at least as many, and less than two steps more. */
    private volatile long reservedBytes;

    private long currentMaxBytes;

    /** @param maxBytes maximum size while nothing is in flight; 0 disables the cache */
    public LocalCache(long maxBytes, MemoryBudget budget) {
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.currentMaxBytes = maxBytes;
        this.stepBytes = Math.max(1, budget.capacityBytes() / STEPS);
        this.chunks = maxBytes == 0
                ? null
                : Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .weigher((ChunkKey key, Held held) -> ENTRY_BYTES + held.chunk.capacity())
                        .executor(Runnable::run)
                        .build();
        if (chunks != null) {
            Eviction<ChunkKey, Held> eviction = chunks.policy().eviction().orElseThrow();
            budget.onChange(() -> adjustMaximum(eviction));
        }
    }

    /** The chunk, read-only; counts as a use. */
    public @Nullable ByteBuffer get(ChunkName name) {
        Held held = chunks == null ? null : chunks.getIfPresent(name.key());
        return held == null || held.kind != name.kind() ? null : held.chunk;
    }

    /** The value to pass to {@link #put}: taken before the chunk is loaded, it shows whether the chunk was purged meanwhile. */
    public long generation(ChunkKey key) {
        // Both only grow, so the sum stays the same only if both do.
        return allGeneration.get() + generations.get(generationIndex(key));
    }

    /**
     * Stores a chunk, unless it has been purged since it began to be loaded.
     *
     * @param chunk read-only, position 0, its capacity the chunk's length
     * @param generation of the key, from before the load
     */
    public void put(ChunkName name, ByteBuffer chunk, long generation) {
        ChunkKey key = name.key();
        if (chunks == null || generation != generation(key)) {
            return;
        }
        chunks.put(key, new Held(chunk, name.kind()));
        if (generation != generation(key)) {
            // A purge in between may have tried to remove the entry before it was there.
            chunks.invalidate(key);
        }
    }

    /** Removes these chunks; loads of them that are in flight store nothing here. */
    public void invalidate(Collection<ChunkKey> keys) {
        keys.forEach(key -> generations.incrementAndGet(generationIndex(key)));
        if (chunks != null) {
            chunks.invalidateAll(keys);
        }
    }

    /** Removes all chunks; loads that are in flight store nothing here. */
    public void clear() {
        allGeneration.incrementAndGet();
        if (chunks != null) {
            chunks.invalidateAll();
        }
    }

    @Override
    public void purged(Collection<ChunkKey> keys) {
        invalidate(keys);
    }

    @Override
    public void purgedUnknownKeys() {
        clear();
    }

    /** How many bytes are held, bookkeeping included. */
    public long bytes() {
        return chunks == null
                ? 0
                : chunks.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    private void adjustMaximum(Eviction<ChunkKey, Held> eviction) {
        if (isReservedCurrent(budget.inFlightBytes())) {
            return;
        }
        synchronized (this) {
            long inFlightBytes = budget.inFlightBytes();
            if (isReservedCurrent(inFlightBytes)) {
                return;
            }
            long newReservedBytes = (inFlightBytes + stepBytes - 1) / stepBytes * stepBytes;
            long newMaxBytes = Math.min(maxBytes, Math.max(0, budget.capacityBytes() - newReservedBytes));
            if (newMaxBytes != currentMaxBytes) {
                eviction.setMaximum(newMaxBytes);
                currentMaxBytes = newMaxBytes;
            }
            reservedBytes = newReservedBytes;
        }
    }

    private static int generationIndex(ChunkKey key) {
        // Keys are hashes.
        return (int) key.w0() & (GENERATIONS - 1);
    }

    private boolean isReservedCurrent(long inFlightBytes) {
        long left = reservedBytes;
        return inFlightBytes <= left && inFlightBytes > left - 2 * stepBytes;
    }
}
