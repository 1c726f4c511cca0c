package io.zonecache.storage.rocksdb;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.eviction.LruK;
import io.zonecache.storage.eviction.Residency;
import io.zonecache.storage.index.HotTier;
import io.zonecache.storage.index.StripeIndex;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a store share. {@link #lock} guards every field that isn't final, the segments' counters, the index, the hot
 * tier and {@link DirtySlots}; it is held for array accesses only, never during I/O, because event loops take it.
 */
final class StoreCore {

    final StoreConfig config;
    final Object lock = new Object();

    /** Used by whoever is inside a segment's gate, or holds a round of maintenance or the appender's lock for new segments. */
    volatile SegmentDb db;

    final Map<Integer, Segment> segments = new HashMap<>();
    final StoreCounters counters = new StoreCounters();
    DirtySlots dirty = new DirtySlots();
    StripeIndex index;
    HotTier hot;

    /** What is being appended to. */
    final Map<Lane, Segment> current = new EnumMap<>(Lane.class);

    int nextSegmentId = 1;

    /** Records of segments up to this id may be missing in the stored index; 0 if none. */
    int incompleteThrough;

    /** Those whose records {@link IndexRebuild} has yet to read, by id: nobody knows what of them is alive. */
    final Set<Integer> unreadSegments = new HashSet<>();

    /** How the capacity that the disk has room for is divided. */
    SpaceBudget budget;

    /** What may be appended before the disk's free space is measured again, so that all of it can be flushed. */
    long flushableBytes = Long.MAX_VALUE;

    /** What segments take on disk or will once flushed. */
    long segmentBytes;
    /** What else the directory takes, as measured last. */
    long otherBytes;
    /** As measured last. */
    long diskBytes;

    /** Appended or being appended, and not yet durable. */
    long unflushedBytes;

    /** Writes are refused. */
    boolean diskFull;

    /** RocksDB has met bytes of its own that are not what it wrote: it is repaired before it is opened anew. */
    boolean corrupt;

    /** RocksDB has failed to write, and takes no more before it is opened anew; implies {@link #diskFull}. */
    boolean broken;

    /** That is being done; who reads waits. */
    boolean reopening;

    boolean closing;

    private final LongSupplier clockMillis;
    private final long clockAtStart;
    private long runningAtStart = 1;

    StoreCore(StoreConfig config, SegmentDb db, LongSupplier clockMillis) {
        this.config = config;
        this.db = db;
        this.budget = budgetOf(config, config.capacityBytes());
        this.clockMillis = clockMillis;
        this.clockAtStart = clockMillis.getAsLong();
        LruK policy = new LruK(config.k(), config.correlatedMillis());
        this.index = newIndex(policy, dirty);
        this.hot = new HotTier(policy, config.hotBytes());
    }

    /** Segments are a thirty-second of what there is room for, at most. */
    static SpaceBudget budgetOf(StoreConfig config, long capacityBytes) {
        double share = (double) capacityBytes / config.capacityBytes();
        long segmentBytes = (long) (config.segmentBytes() * share);
        return new SpaceBudget(capacityBytes, Math.max(1, segmentBytes));
    }

    /** Running time: goes on where the last run's ended, and stands still between runs. */
    long now() {
        return runningAtStart + Math.max(0, clockMillis.getAsLong() - clockAtStart);
    }

    /** For the opener: the time is at least this. */
    void runFrom(long millis) {
        runningAtStart = Math.max(runningAtStart, millis);
    }

    /** Starts with an empty index and hot tier, and nothing to be rebuilt; the segments are the caller's business. */
    void forgetAll() {
        unreadSegments.clear();
        incompleteThrough = 0;
        hot.releaseAll();
        LruK policy = new LruK(config.k(), config.correlatedMillis());
        dirty = new DirtySlots();
        index = newIndex(policy, dirty);
        hot = new HotTier(policy, config.hotBytes());
    }

    /** The slot's records are held no more. */
    void evict(int slot) {
        leave(slot);
        index.evict(slot);
    }

    /** The slot's records are held no more, as others of the same chunk are about to be put. */
    void withdraw(int slot) {
        leave(slot);
        index.withdraw(slot);
    }

    private void leave(int slot) {
        Segment segment = segments.get(index.segment(slot));
        if (segment != null) {
            segment.liveBytes -= Segment.footprintOf(index.recordBytes(slot));
        }
        hot.drop(slot);
    }

    /** Whether the slot's records are still what they were at that place. */
    boolean isStillAt(int slot, int segment, int sequence) {
        return index.isResident(slot) && index.segment(slot) == segment && index.sequence(slot) == sequence;
    }

    /** A segment of an earlier run. */
    void addStored(Segment segment) {
        segments.put(segment.id(), segment);
        segmentBytes += segment.appendedBytes;
        nextSegmentId = Math.max(nextSegmentId, segment.id() + 1);
    }

    /** For places of an earlier run: null if the payload never reached the disk, or went with its segment. */
    @Nullable
    Segment storedSegmentOf(StripeIndex.Place place) {
        Segment segment = segments.get(place.segment());
        return segment != null && place.sequence() < segment.nextSequence ? segment : null;
    }

    /** Lets go what the policy ranks lowest until so many more bytes fit. */
    void evictFor(long bytes) {
        long limit = budget.liveLimitBytes(otherBytes);
        while (index.liveBytes() + bytes > limit && evictOne()) {}
    }

    /** Lets go what the policy ranks lowest until the index has room for one more key. */
    void evictForKey() {
        while (index.isFull() && evictOne()) {}
    }

    private boolean evictOne() {
        int victim = index.victim(now());
        if (victim == StripeIndex.NONE) {
            return false;
        }
        evict(victim);
        counters.evictions.increment();
        return true;
    }

    /** The hot tier keeps what the index leaves of their common part of the memory. */
    void shareMemory() {
        if (config.indexBytes() > 0) {
            long others = index.memoryBytes() + dirty.memoryBytes() + hot.memoryBytes();
            hot.limit(Math.max(0, config.hotBytes() - others), now());
        }
    }

    /** What a rebuild of the index has yet to read. */
    long unreadBytes() {
        long bytes = 0;
        for (int id : unreadSegments) {
            Segment segment = segments.get(id);
            bytes += segment == null ? 0 : segment.appendedBytes;
        }
        return bytes;
    }

    boolean isNearCapacity() {
        return segmentBytes + otherBytes > budget.cleanFromBytes(otherBytes);
    }

    /** The caller holds the lock. */
    void awaitReopened() {
        boolean interrupted = false;
        while (reopening) {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void checkOpen() {
        if (closing) {
            throw new CacheException(CacheErrorCode.CLOSED, "store: closed (expected: open)");
        }
    }

    private StripeIndex newIndex(LruK policy, DirtySlots changes) {
        long seed = ThreadLocalRandom.current().nextLong();
        return new StripeIndex(new Residency(policy, config.history()), seed, changes, config.maxKeys());
    }

    /** Where a value goes that is put. The caller holds the lock. */
    Lane laneOfPut(ChunkKey key) {
        int slot = index.slotOf(key);
        return slot != StripeIndex.NONE && index.isProven(slot) ? Lane.PUT_PROVEN : Lane.PUT;
    }

    /** Where a value goes that survives its segment. The caller holds the lock. */
    Lane laneOfSurvivor(int slot) {
        return index.isProven(slot) ? Lane.SURVIVOR_PROVEN : Lane.SURVIVOR;
    }

    /**
     * Values that will probably go at about the same time share segments, which then empty themselves or stay full, and neither costs
     * much to clean. LRU-k lets go first what was asked for less than k times, in the order of time; and what survived one
     * cleaning will probably survive the next. docs/decisions/0003 has the figures.
     */
    enum Lane {
        PUT,
        PUT_PROVEN,
        SURVIVOR,
        SURVIVOR_PROVEN;

        static final List<Lane> OF_PUTS = List.of(PUT, PUT_PROVEN);
    }
}
