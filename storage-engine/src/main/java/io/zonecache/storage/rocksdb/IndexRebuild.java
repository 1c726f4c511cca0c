package io.zonecache.storage.rocksdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.index.Records;
import io.zonecache.storage.index.StripeIndex;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the index from the records of segments, newest segment first, in steps between which the store does its other work: what
 * has been found is served at once.
 *
 * <p>A record whose checksum fails is lost, and so is the access history: every stripe counts as asked for once, at the time of its
 * segment, so that older ones go first. Records that had been replaced or evicted are restored like the others. If a chunk has several
 * records, {@link RebuildRules} decides, but what was put since the store opened stays. The policy evicts what is beyond the capacity.
 *
 * <p>Until a segment has been read, the cleaner leaves it alone. A segment that can't be read for other reasons than corruption is
 * tried again after a pause. The stored index says how far it can be trusted ({@link StoreCore#incompleteThrough}), so that a rebuild
 * that a kill interrupts starts again with the next process. For the maintenance thread only.
 */
final class IndexRebuild {

    private static final Logger LOG = LoggerFactory.getLogger(IndexRebuild.class);

    /** The store's other work waits for so long at most, and for one value more. */
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Before segments that could not be read are tried again. */
    private static final long PAUSE_MILLIS = 10_000;

    private static final int INITIAL_BUFFER_BYTES = 1 << 20;

    private final StoreCore core;
    private final ByteBufAllocator allocator;
    private final RebuildRules rules;
    private final Deque<SegmentTables> segments = new ArrayDeque<>();
    private final List<SegmentTables> unreadable = new ArrayList<>();
    private final Deque<StoredTable> tables = new ArrayDeque<>();
    private final int through;
    private final long startNanos = System.nanoTime();
    private @Nullable SegmentTables current;
    private boolean currentFailed;
    private @Nullable TableScan open;
    private boolean skipping;
    private int lastSequence;
    private @Nullable ByteBuf buffer;
    private long pausedUntilMillis;
    private long restored;
    private long purged;
    private long corrupt;

    /** @param found what is to be read; the caller holds the store's lock */
    IndexRebuild(StoreCore core, ByteBufAllocator allocator, RebuildRules rules, List<SegmentTables> found) {
        this.core = core;
        this.allocator = allocator;
        this.rules = rules;
        this.through = core.incompleteThrough;
        long rank = 0;
        for (SegmentTables each : found.stream()
                .filter(each -> each.segment <= through)
                .sorted(Comparator.comparingInt(each -> each.segment))
                .toList()) {
            segments.push(each.withStamp(++rank));
            core.unreadSegments.add(each.segment);
        }
        core.runFrom(rank + core.config.correlatedMillis() + 2);
        LOG.warn(
                "store {}: the index is incomplete and rebuilt from {} segments; the access history of their stripes is lost",
                core.config.directory(),
                segments.size());
    }

    /** What a step leaves. */
    enum Progress {
        MORE,
        PAUSED,
        DONE
    }

    /** Reads some more. Not to be called while RocksDB is broken: the segments are not known then. */
    Progress step() {
        long start = System.nanoTime();
        if (core.now() < pausedUntilMillis) {
            return Progress.PAUSED;
        }
        try {
            while (System.nanoTime() - start < STEP_NANOS) {
                if (!readOne()) {
                    return pauseOrFinish();
                }
            }
            return Progress.MORE;
        } catch (RuntimeException | Error e) {
            currentFailed = true;
            closeTable();
            throw e;
        }
    }

    /** Gives its file and memory back, done or not. */
    void close() {
        closeTable();
        releaseBuffer();
    }

    /** False if nothing is left to read now. */
    private boolean readOne() {
        TableScan table = open;
        if (table == null) {
            return openNext();
        }
        try {
            if (skipping && table.sequence() >= lastSequence) {
                closeTable();
            } else if (skipping ? table.seek(segment(), table.sequence() + 1) : table.next()) {
                skipping = false;
                restore(table);
            } else {
                closeTable();
            }
        } catch (RocksDBException e) {
            skip(e, "entry " + table.sequence());
        }
        return true;
    }

    private boolean openNext() {
        if (currentFailed) {
            tables.clear();
        }
        StoredTable next = tables.poll();
        if (next == null) {
            return nextSegment();
        }
        lastSequence = next.lastSequence();
        try {
            TableScan table = new TableScan(next.path());
            open = table;
            if (table.seek(segment(), next.firstSequence())) {
                restore(table);
            } else {
                closeTable();
            }
        } catch (RocksDBException e) {
            if (open != null || Files.exists(next.path())) {
                skip(e, "table " + next.path().getFileName());
            }
        }
        return true;
    }

    private boolean nextSegment() {
        synchronized (core.lock) {
            SegmentTables last = current;
            if (last != null && currentFailed) {
                unreadable.add(last);
            } else if (last != null) {
                core.unreadSegments.remove(last.segment);
            }
            SegmentTables next = segments.poll();
            current = next;
            currentFailed = false;
            if (next != null && core.segments.containsKey(next.segment)) {
                tables.addAll(next.tables);
            }
            return next != null;
        }
    }

    /**
     * What is corrupt is lost: a block has one value, or some small ones, each of which is tried. Anything else proves nothing, and the
     * segment is read again later.
     */
    private void skip(RocksDBException cause, String what) {
        if (!Corruption.isProven(cause)) {
            currentFailed = true;
            core.counters.readErrors.increment();
            LOG.warn("store {}: {} of segment {} can't be read now", core.config.directory(), what, segment(), cause);
            closeTable();
            return;
        }
        countCorrupt(what, cause);
        skipping = open != null;
    }

    private void countCorrupt(String what, Exception cause) {
        core.counters.corruptDropped.increment();
        if (corrupt++ == 0) {
            LOG.warn(
                    "store {}: {} of segment {} is corrupt: {}",
                    core.config.directory(),
                    what,
                    segment(),
                    cause.getMessage());
        }
    }

    private void restore(TableScan table) {
        ByteBuf value = valueOf(table);
        try {
            StripeHeader header = StripeRecord.readHeader(value.nioBuffer());
            ChunkKey key = header.key();
            Records.Facts facts = Records.factsOf(key, value);
            Records.checkIntact(key, value);
            if (rules.isPurged(key)) {
                purged++;
            } else {
                addToIndex(key, header, facts.at(segment(), table.sequence()));
            }
        } catch (CacheException e) {
            countCorrupt("entry " + table.sequence(), e);
        }
    }

    private ByteBuf valueOf(TableScan table) {
        ByteBuf into = bufferOf(INITIAL_BUFFER_BYTES);
        int bytes = table.value(into.internalNioBuffer(0, into.capacity()));
        if (bytes > into.capacity()) {
            releaseBuffer();
            into = bufferOf(bytes);
            table.value(into.internalNioBuffer(0, bytes));
        }
        return into.setIndex(0, bytes);
    }

    private ByteBuf bufferOf(int bytes) {
        ByteBuf kept = buffer;
        if (kept == null) {
            kept = allocator.directBuffer(bytes);
            buffer = kept;
        }
        return kept;
    }

    private void releaseBuffer() {
        ByteBuf kept = buffer;
        buffer = null;
        if (kept != null) {
            kept.release();
        }
    }

    private void addToIndex(ChunkKey key, StripeHeader header, StripeIndex.Place place) {
        StripeIndex.Place held;
        synchronized (core.lock) {
            int slot = core.index.find(key);
            held = slot == StripeIndex.NONE ? null : core.index.placeOf(slot);
        }
        if (held != null && !isBetter(header, place, held)) {
            return;
        }
        synchronized (core.lock) {
            Segment home = core.segments.get(place.segment());
            int slot = core.index.find(key);
            StripeIndex.Place now = slot == StripeIndex.NONE ? null : core.index.placeOf(slot);
            // What was put meanwhile stays.
            if (home == null || (now != null && !now.equals(held))) {
                return;
            }
            if (now != null) {
                core.withdraw(slot);
            }
            core.evictFor(place.recordBytes());
            core.evictForKey();
            core.index.recover(key, place, stamp(), core.now());
            home.liveBytes += Segment.footprintOf(place.recordBytes());
            core.shareMemory();
            restored++;
        }
        dropIfPurgedMeanwhile(key);
    }

    /** A purge first marks the key, then drops its records: a record that came in between is dropped here. */
    private void dropIfPurgedMeanwhile(ChunkKey key) {
        if (!rules.isPurged(key)) {
            return;
        }
        synchronized (core.lock) {
            int slot = core.index.find(key);
            if (slot != StripeIndex.NONE) {
                core.evict(slot);
            }
        }
    }

    private boolean isBetter(StripeHeader header, StripeIndex.Place place, StripeIndex.Place held) {
        if (held.segment() > through || held.equals(place)) {
            return false;
        }
        boolean preferred = rules.isPreferred(header.code());
        boolean heldPreferred = isHeldPreferred(held);
        if (preferred != heldPreferred) {
            return preferred;
        }
        return place.segment() != held.segment()
                ? place.segment() > held.segment()
                : place.sequence() > held.sequence();
    }

    private boolean isHeldPreferred(StripeIndex.Place held) {
        Segment home;
        synchronized (core.lock) {
            home = core.segments.get(held.segment());
        }
        ByteBuffer header = ByteBuffer.allocateDirect(StripeRecord.HEADER_BYTES);
        try {
            return home != null
                    && core.db.readStart(home, held.sequence(), header)
                    && rules.isPreferred(StripeRecord.readHeader(header).code());
        } catch (RocksDBException | CacheException e) {
            return false;
        }
    }

    private Progress pauseOrFinish() {
        releaseBuffer();
        if (!unreadable.isEmpty()) {
            segments.addAll(unreadable);
            unreadable.clear();
            pausedUntilMillis = core.now() + PAUSE_MILLIS;
            return Progress.PAUSED;
        }
        LOG.warn(
                "store {}: index rebuilt in {} ms: {} records restored, {} corrupt ones lost, {} purged ones left out",
                core.config.directory(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                restored,
                corrupt,
                purged);
        return Progress.DONE;
    }

    private void closeTable() {
        skipping = false;
        TableScan table = open;
        open = null;
        if (table != null) {
            table.close();
        }
    }

    private int segment() {
        SegmentTables now = current;
        return now == null ? 0 : now.segment;
    }

    private long stamp() {
        SegmentTables now = current;
        return now == null ? 1 : now.stamp;
    }

    /** The tables of a segment. */
    record SegmentTables(int segment, List<StoredTable> tables, long stamp) {

        SegmentTables(int segment, List<StoredTable> tables) {
            this(segment, tables, 0);
        }

        private SegmentTables withStamp(long rank) {
            return new SegmentTables(segment, tables, rank);
        }
    }

    /** @param firstSequence no entry has a lower one, and none a higher one than {@code lastSequence} */
    record StoredTable(Path path, int firstSequence, int lastSequence) {}
}
