package io.zonecache.storage.rocksdb;

import io.zonecache.model.ChunkKey;
import io.zonecache.storage.eviction.EvictionPolicy;
import io.zonecache.storage.index.StripeIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Makes what is in memory durable, in an order that a kill at any moment leaves in agreement: what the index says is collected first,
 * then the segments are flushed, then what was collected is written and flushed. So a stored index never points to a payload that is
 * not on disk (whenever RocksDB flushes it), and what it says of places since dropped is older than the drop.
 *
 * <p>After a failure what was collected is lost; RocksDB is opened anew then, and {@link #forgetUnflushed} called. For the maintenance
 * thread only.
 */
final class Flusher {

    /** Slots for which the store's lock is held at once: some 50 us. */
    private static final int SLICE = 256;

    /** Entries that are collected before the segments are flushed: some 10 MB. */
    private static final int MAX_COLLECTED = 100_000;

    private final StoreCore core;
    private long lastFlushMillis;

    /** Deleted from the stored index, but not durably so. */
    private final List<ChunkKey> deletedSinceFlush = new ArrayList<>();

    Flusher(StoreCore core) {
        this.core = core;
        this.lastFlushMillis = core.now();
    }

    /** Whether bytes or time since the last flush ask for one. */
    boolean isDue() {
        synchronized (core.lock) {
            boolean something = core.unflushedBytes > 0 || !core.dirty.isEmpty();
            // A fifth of the time is left for the flush itself.
            boolean old = core.now() - lastFlushMillis >= core.config.unflushedMillis() * 4 / 5;
            return core.unflushedBytes >= core.config.unflushedBytes() / 2 || (something && old);
        }
    }

    void flush() throws RocksDBException {
        lastFlushMillis = core.now();
        // What is put after this counts as unflushed until the next time: the index may have been collected before.
        Map<Segment, Long> durable = unflushed();
        try (SegmentDb.IndexBatch batch = core.db.newIndexBatch()) {
            int completed = markIncomplete(batch);
            deleteForgotten(batch);
            int from = 0;
            do {
                from = collect(batch, from);
                core.db.flush(unflushed().keySet());
                batch.write();
            } while (from >= 0);
            if (completed > 0) {
                batch.deleteIncompleteThrough();
                batch.write();
            }
            core.db.flushIndex();
            forgetIncomplete(completed);
        }
        deletedSinceFlush.clear();
        synchronized (core.lock) {
            durable.forEach((segment, bytes) -> {
                segment.unflushedBytes -= bytes;
                core.unflushedBytes -= bytes;
            });
            core.lock.notifyAll();
        }
    }

    /** Until all portions are written, and the rebuild that goes on is over; returns up to where the index will be complete then. */
    private int markIncomplete(SegmentDb.IndexBatch batch) throws RocksDBException {
        int through;
        boolean completes;
        synchronized (core.lock) {
            through = core.incompleteThrough;
            completes = core.unreadSegments.isEmpty();
        }
        if (through > 0) {
            batch.putIncompleteThrough(through);
        }
        return completes ? through : 0;
    }

    private void forgetIncomplete(int completed) {
        synchronized (core.lock) {
            if (core.incompleteThrough == completed) {
                core.incompleteThrough = 0;
            }
        }
    }

    private Map<Segment, Long> unflushed() {
        Map<Segment, Long> unflushed = new LinkedHashMap<>();
        synchronized (core.lock) {
            for (Segment segment : core.segments.values()) {
                if (segment.unflushedBytes > 0) {
                    unflushed.put(segment, segment.unflushedBytes);
                }
            }
        }
        return unflushed;
    }

    /** What was written since the last flush is lost, and is to be written again. The caller holds the store's lock. */
    void forgetUnflushed() {
        for (ChunkKey key : deletedSinceFlush) {
            core.dirty.putBackDeleted(key);
        }
        deletedSinceFlush.clear();
        core.dirty.storedChanged();
    }

    private void deleteForgotten(SegmentDb.IndexBatch batch) throws RocksDBException {
        List<ChunkKey> gone = new ArrayList<>();
        synchronized (core.lock) {
            for (ChunkKey key = core.dirty.takeDeleted(); key != null; key = core.dirty.takeDeleted()) {
                int slot = core.index.slotOf(key);
                if (slot == StripeIndex.NONE) {
                    gone.add(key);
                } else {
                    // Known again since: what is stored of it is replaced, or has been.
                    core.dirty.isStored(slot);
                }
            }
        }
        deletedSinceFlush.addAll(gone);
        for (ChunkKey key : gone) {
            batch.delete(key);
        }
        batch.putRunningMillis(core.now());
    }

    /** Returns the slot to go on from, -1 at the end. */
    private int collect(SegmentDb.IndexBatch batch, int fromSlot) throws RocksDBException {
        int next = fromSlot;
        for (int collected = 0; collected < MAX_COLLECTED; collected += SLICE) {
            synchronized (core.lock) {
                for (int i = 0; i < SLICE; i++) {
                    next = core.dirty.takeNext(next);
                    if (next < 0) {
                        return next;
                    }
                    batch.put(core.index.keyOf(next), entryOf(next));
                    next++;
                }
            }
        }
        return next;
    }

    private IndexEntry entryOf(int slot) {
        EvictionPolicy policy = core.index.residency().policy();
        long[] stamps = new long[policy.stamps()];
        for (int i = 0; i < stamps.length; i++) {
            stamps[i] = policy.stamp(slot, i);
        }
        StripeIndex.@Nullable Place place = core.index.isResident(slot) ? core.index.placeOf(slot) : null;
        return new IndexEntry(place, stamps);
    }
}
