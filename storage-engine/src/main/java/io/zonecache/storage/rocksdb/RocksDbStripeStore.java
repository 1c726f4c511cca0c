package io.zonecache.storage.rocksdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.IoReasons;
import io.zonecache.model.StripeHeader;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StoreMemory;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.index.Records;
import io.zonecache.storage.index.StripeIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stripes on disk with a hot tier in memory. The package's description follows a stripe through it.
 *
 * <p>Calls that do I/O pass a gate that {@link #close} shuts and waits at: closing RocksDB under a running read would crash the
 * process. Once closed, {@link #lookup} and {@link #holds} find nothing and every other call is refused with {@code CLOSED}.
 */
public final class RocksDbStripeStore implements StripeStore {

    private static final Logger LOG = LoggerFactory.getLogger(RocksDbStripeStore.class);

    private final StoreDirectory directory;
    private final StoreMarks marks;
    private final StoreCore core;
    private final Appender appender;
    private final StripeReader reader;
    private final Cleaner cleaner;
    private final Maintenance maintenance;
    private final Gate calls = new Gate();

    private RocksDbStripeStore(
            StoreDirectory directory,
            StoreMarks marks,
            StoreCore core,
            ByteBufAllocator allocator,
            RebuildRules rules) {
        this.directory = directory;
        this.marks = marks;
        this.core = core;
        // Each names the other; no put comes before both are there.
        Maintenance[] later = new Maintenance[1];
        this.appender = new Appender(core, () -> later[0].want(), allocator);
        this.reader = new StripeReader(core, allocator);
        Flusher flusher = new Flusher(core);
        this.cleaner = new Cleaner(core, appender, reader, flusher);
        this.maintenance = new Maintenance(core, directory, marks, appender, flusher, cleaner);
        later[0] = maintenance;
        synchronized (core.lock) {
            if (core.incompleteThrough > 0) {
                maintenance.rebuild(new IndexRebuild(core, allocator, rules, core.db.tables()));
            }
        }
    }

    /**
     * @param clockMillis any clock that doesn't fall; where it starts doesn't matter
     * @param allocator of direct buffers: what is read and what is hot
     * @param rules for an index that has to be rebuilt
     * @throws CacheException naming the directory, if another store has it or it can't be used; nothing in it is lost then
     */
    public static RocksDbStripeStore open(
            StoreConfig config, LongSupplier clockMillis, ByteBufAllocator allocator, RebuildRules rules) {
        return open(config, clockMillis, allocator, rules, StoreDirectory::usableBytes);
    }

    /** As {@link io.zonecache.storage.StripeStores#discard}. */
    public static @Nullable Path discard(Path directory) {
        return StoreDirectory.discard(directory);
    }

    static RocksDbStripeStore open(
            StoreConfig config,
            LongSupplier clockMillis,
            ByteBufAllocator allocator,
            RebuildRules rules,
            StoreDirectory.FreeSpace freeSpace) {
        StoreDirectory directory = StoreDirectory.acquire(config.directory(), freeSpace);
        StoreCore core = null;
        boolean isOpen = false;
        try {
            StoreMarks marks = directory.marks();
            core = new StoreOpener(config, directory, marks, clockMillis).open();
            RocksDbStripeStore store = new RocksDbStripeStore(directory, marks, core, allocator, rules);
            store.maintenance.exclusively(store.maintenance::measure);
            store.finishEmptying();
            store.warnOfSmallDisk();
            store.maintenance.start();
            isOpen = true;
            return store;
        } finally {
            if (!isOpen) {
                closeAfterFailure(directory, core);
            }
        }
    }

    @Override
    public Lookup lookup(ChunkKey key) {
        synchronized (core.lock) {
            int slot = core.closing ? StripeIndex.NONE : core.index.reference(key, core.now());
            if (slot == StripeIndex.NONE) {
                core.counters.misses.increment();
                return new Lookup.Miss();
            }
            ByteBuf hot = core.hot.get(slot);
            if (hot == null) {
                core.counters.diskHits.increment();
                return new Lookup.OnDisk(core.index.recordBytes(slot));
            }
            core.counters.hotHits.increment();
            return new Lookup.Hot(hot);
        }
    }

    @Override
    public boolean knows(ChunkKey key) {
        synchronized (core.lock) {
            return !core.closing && core.index.knows(key);
        }
    }

    @Override
    public boolean holds(ChunkKey key) {
        synchronized (core.lock) {
            return !core.closing && core.index.find(key) != StripeIndex.NONE;
        }
    }

    @Override
    public boolean holdsRecord(StripeHeader header) {
        synchronized (core.lock) {
            return !core.closing && core.index.holdsRecord(header);
        }
    }

    @Override
    public @Nullable ByteBuf read(ChunkKey key) {
        enter();
        try {
            return reader.read(key);
        } finally {
            calls.leave();
        }
    }

    @Override
    public void put(ChunkKey key, ByteBuf records) {
        Records.Facts facts = Records.factsOf(key, records);
        long most = core.config.maxValueBytes();
        if (facts.recordBytes() > most) {
            throw new CacheException(
                    CacheErrorCode.TOO_LARGE,
                    "records bytes: " + facts.recordBytes() + " (expected: at most " + most + ") for chunk " + key);
        }
        enter();
        try {
            appender.put(key, facts, records);
        } finally {
            calls.leave();
        }
    }

    /** What is hot was verified when it came into memory; the disk's copy is what is checked. */
    @Override
    public boolean dropIfCorrupt(ChunkKey key) {
        enter();
        try {
            return reader.dropIfCorrupt(key);
        } finally {
            calls.leave();
        }
    }

    @Override
    public boolean drop(ChunkKey key) {
        enter();
        try {
            synchronized (core.lock) {
                int slot = core.index.find(key);
                if (slot != StripeIndex.NONE) {
                    core.evict(slot);
                }
                return slot != StripeIndex.NONE;
            }
        } finally {
            calls.leave();
        }
    }

    @Override
    public void empty() {
        enter();
        try {
            maintenance.exclusively(() -> appender.withoutNewSegments(this::emptyLocked));
        } finally {
            calls.leave();
        }
    }

    /** Once the mark is on disk all is void, whatever becomes of the files. */
    private void emptyLocked() throws RocksDBException, IOException {
        markEmptied();
        maintenance.cancelRebuild();
        List<Segment> old;
        synchronized (core.lock) {
            core.forgetAll();
            old = List.copyOf(core.segments.values());
            core.current.clear();
            if (core.broken) {
                // They go when RocksDB is opened anew.
                return;
            }
        }
        core.db.deleteIndex();
        for (Segment segment : old) {
            cleaner.drop(segment);
        }
        marks.emptiedThrough(0);
        maintenance.measure();
    }

    /** After a start that found void segments: they are dropped, and their entries go with the next flush. */
    private void finishEmptying() {
        if (marks.emptiedThrough() > 0) {
            maintenance.exclusively(() -> {
                if (maintenance.flushIfRoom()) {
                    marks.emptiedThrough(0);
                }
            });
        }
    }

    private void markEmptied() {
        int last;
        synchronized (core.lock) {
            last = core.nextSegmentId - 1;
        }
        try {
            marks.emptiedThrough(last);
        } catch (IOException e) {
            throw new CacheException(
                    CacheErrorCode.STORAGE_FULL,
                    "store directory: " + directory.path() + " is not emptied: " + IoReasons.withFile(e)
                            + " (expected: a disk that can be written)",
                    e);
        }
    }

    @Override
    public StoreStats stats() {
        StoreCounters counters = core.counters;
        SegmentDb.Memory rocks = SegmentDb.Memory.NONE;
        if (calls.enter()) {
            try {
                rocks = core.db.memory();
            } finally {
                calls.leave();
            }
        }
        synchronized (core.lock) {
            return new StoreStats(
                    core.index.stripes(),
                    core.index.liveBytes(),
                    core.diskBytes,
                    core.config.capacityBytes(),
                    core.budget.capacityBytes(),
                    core.hot.stripes(),
                    core.hot.bytes(),
                    counters.hotHits.sum(),
                    counters.diskHits.sum(),
                    counters.misses.sum(),
                    counters.puts.sum(),
                    counters.evictions.sum(),
                    counters.corruptDropped.sum(),
                    counters.readErrors.sum(),
                    counters.writeErrors.sum(),
                    !core.closing && !core.diskFull,
                    core.index.remembered(),
                    core.unreadBytes(),
                    new StoreMemory(
                            indexBytes(), core.index.historyBytes(), rocks.memtableBytes(), rocks.tableBytes()));
        }
    }

    @Override
    public void close() {
        synchronized (core.lock) {
            if (core.closing) {
                return;
            }
            core.closing = true;
            core.lock.notifyAll();
        }
        calls.close();
        maintenance.close();
        synchronized (core.lock) {
            core.hot.releaseAll();
        }
        core.db.close();
        directory.close();
    }

    private static void closeAfterFailure(StoreDirectory directory, @Nullable StoreCore core) {
        if (core != null) {
            core.db.close();
        }
        directory.close();
    }

    private void warnOfSmallDisk() {
        long effective;
        synchronized (core.lock) {
            effective = core.budget.capacityBytes();
        }
        if (effective < core.config.capacityBytes()) {
            LOG.warn(
                    "store {}: the capacity is {} bytes, but the disk has room for {}, which are used (expected: a disk with the"
                            + " capacity, a twentieth or 16 MiB more, and 8 MiB)",
                    directory.path(),
                    core.config.capacityBytes(),
                    effective);
        }
    }

    /** For tests: a whole round of maintenance, now. */
    void maintain() {
        maintenance.runOnce();
    }

    /** For tests: when, in running time, the chunk was referenced last; 0 if that isn't known. */
    long lastReferenceMillis(ChunkKey key) {
        synchronized (core.lock) {
            return core.index.lastReference(key);
        }
    }

    /** For tests. */
    long runningMillis() {
        synchronized (core.lock) {
            return core.now();
        }
    }

    /** For tests that break something in it. */
    StoreCore core() {
        return core;
    }

    /** For tests. */
    long unflushedBytes() {
        synchronized (core.lock) {
            return core.unflushedBytes;
        }
    }

    /** For tests: bytes put and bytes that cleaning copied. */
    long[] writtenBytes() {
        return new long[] {core.counters.putBytes.sum(), core.counters.copiedBytes.sum()};
    }

    /** The caller holds the store's lock. */
    private long indexBytes() {
        return core.index.memoryBytes() - core.index.historyBytes() + core.hot.memoryBytes() + core.dirty.memoryBytes();
    }

    /** For tests: bytes that RocksDB wrote for them and for the index. */
    long writtenByRocksDb() {
        return core.db.bytesWritten();
    }

    private void enter() {
        if (!calls.enter()) {
            throw new CacheException(CacheErrorCode.CLOSED, "store: closed (expected: open)");
        }
    }
}
