package io.zonecache.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.storage.StoreMemory;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.eviction.EvictionPolicy;
import io.zonecache.storage.eviction.Residency;
import io.zonecache.storage.index.MemoryTier;
import io.zonecache.storage.index.Records;
import io.zonecache.storage.index.StripeIndex;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stripes in memory only: everything held is hot. Bounded in bytes, the policy deciding what goes. One lock, held for array accesses;
 * copies are made outside it.
 */
public final class InMemoryStripeStore implements StripeStore {

    private final long capacityBytes;
    private final int historyPercent;
    private final Supplier<EvictionPolicy> policies;
    private final LongSupplier clockMillis;
    private final ByteBufAllocator allocator;

    private final Object lock = new Object();
    private StripeIndex index;
    private MemoryTier values;
    private boolean closed;
    private long hits;
    private long misses;
    private long puts;
    private long evictions;
    private long corruptDropped;

    /**
     * @param policies gives a fresh policy at start and whenever the store is emptied
     * @param clockMillis any clock that doesn't fall
     */
    public InMemoryStripeStore(
            long capacityBytes,
            int historyPercent,
            Supplier<EvictionPolicy> policies,
            LongSupplier clockMillis,
            ByteBufAllocator allocator) {
        this.capacityBytes = capacityBytes;
        this.historyPercent = historyPercent;
        this.policies = policies;
        this.clockMillis = clockMillis;
        this.allocator = allocator;
        this.index = newIndex();
        this.values = new MemoryTier();
    }

    @Override
    public Lookup lookup(ChunkKey key) {
        long now = clockMillis.getAsLong();
        synchronized (lock) {
            int slot = closed ? StripeIndex.NONE : index.reference(key, now);
            ByteBuf records = slot == StripeIndex.NONE ? null : values.get(slot);
            if (records == null) {
                misses++;
                return new Lookup.Miss();
            }
            hits++;
            return new Lookup.Hot(records);
        }
    }

    @Override
    public boolean knows(ChunkKey key) {
        synchronized (lock) {
            return index.knows(key);
        }
    }

    @Override
    public boolean holds(ChunkKey key) {
        synchronized (lock) {
            return index.find(key) != StripeIndex.NONE;
        }
    }

    @Override
    public boolean holdsRecord(StripeHeader header) {
        synchronized (lock) {
            return index.holdsRecord(header);
        }
    }

    @Override
    public @Nullable ByteBuf read(ChunkKey key) {
        synchronized (lock) {
            checkOpen();
            int slot = index.find(key);
            return slot == StripeIndex.NONE ? null : values.get(slot);
        }
    }

    @Override
    public void put(ChunkKey key, ByteBuf records) {
        Records.Facts facts = Records.factsOf(key, records);
        if (facts.recordBytes() > capacityBytes) {
            throw new CacheException(
                    CacheErrorCode.TOO_LARGE,
                    "records bytes: " + facts.recordBytes() + " (expected: at most " + capacityBytes + ") for chunk "
                            + key);
        }
        ByteBuf copy = allocator.directBuffer(facts.recordBytes(), facts.recordBytes());
        try {
            copy.writeBytes(records, records.readerIndex(), facts.recordBytes());
            synchronized (lock) {
                checkOpen();
                long now = clockMillis.getAsLong();
                makeRoom(key, facts.recordBytes(), now);
                int slot = index.put(key, facts.at(0, 0), now);
                values.set(slot, copy.retain());
                puts++;
            }
        } finally {
            copy.release();
        }
    }

    @Override
    public boolean dropIfCorrupt(ChunkKey key) {
        ByteBuf records = read(key);
        if (records == null) {
            return false;
        }
        try {
            if (Records.areIntact(key, records)) {
                return false;
            }
            synchronized (lock) {
                corruptDropped++;
            }
            return drop(key);
        } finally {
            records.release();
        }
    }

    @Override
    public boolean drop(ChunkKey key) {
        synchronized (lock) {
            checkOpen();
            int slot = index.find(key);
            if (slot == StripeIndex.NONE) {
                return false;
            }
            values.drop(slot);
            index.evict(slot);
            return true;
        }
    }

    @Override
    public void empty() {
        synchronized (lock) {
            checkOpen();
            values.releaseAll();
            values = new MemoryTier();
            index = newIndex();
        }
    }

    @Override
    public StoreStats stats() {
        synchronized (lock) {
            long bytes = index.liveBytes();
            return new StoreStats(
                    index.stripes(),
                    bytes,
                    0,
                    capacityBytes,
                    capacityBytes,
                    index.stripes(),
                    bytes,
                    hits,
                    0,
                    misses,
                    puts,
                    evictions,
                    corruptDropped,
                    0,
                    0,
                    !closed,
                    index.remembered(),
                    0,
                    new StoreMemory(
                            index.memoryBytes() - index.historyBytes() + values.memoryBytes(),
                            index.historyBytes(),
                            0,
                            0));
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                values.releaseAll();
                index = newIndex();
            }
        }
    }

    private void makeRoom(ChunkKey key, int recordBytes, long now) {
        int replaced = index.find(key);
        if (replaced != StripeIndex.NONE) {
            values.drop(replaced);
            index.withdraw(replaced);
        }
        while (index.liveBytes() + recordBytes > capacityBytes) {
            int victim = index.victim(now);
            values.drop(victim);
            index.evict(victim);
            evictions++;
        }
    }

    private StripeIndex newIndex() {
        long seed = ThreadLocalRandom.current().nextLong();
        return new StripeIndex(new Residency(policies.get(), historyPercent), seed, null);
    }

    private void checkOpen() {
        if (closed) {
            throw new CacheException(CacheErrorCode.CLOSED, "store: closed (expected: open)");
        }
    }
}
