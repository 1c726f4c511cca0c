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
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the records of segments back into an index that was lost, newest segment first, in steps between which the store does its
 * other work: what has been found is served at once.
 *
 * <p>A record whose checksum fails is lost, and so is the access history: every stripe counts as asked for once, at the time of its
 * segment, so that older ones go first. Records that had been replaced or evicted come back like the others; of several of a chunk
 * {@link RebuildRules} tells which is taken, but what was put since the store opened stays. The policy lets go what is beyond the
 * capacity.
 *
 * <p>Until a segment has been read, the cleaner leaves it alone. The stored index says how far it can be trusted
 * ({@link StoreCore#incompleteThrough}), so that a rebuild that was cut short starts again with the next process. For the maintenance
 * thread only.
 */
final class IndexRebuild {

    private static final Logger LOG = LoggerFactory.getLogger(IndexRebuild.class);

    /** The store's other work waits for so long at most, and for one value more. */
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int FIRST_BUFFER_BYTES = 1 << 20;

    private final StoreCore core;
    private final ByteBufAllocator allocator;
    private final RebuildRules rules;
    private final Deque<SegmentTables> segments = new ArrayDeque<>();
    private final Deque<StoredTable> tables = new ArrayDeque<>();
    private final int through;
    private final long startNanos = System.nanoTime();
    private @Nullable TableScan open;
    private @Nullable ByteBuf buffer;
    private int segment;
    private int lastSequence;
    private long stamp;
    private long taken;
    private long purged;
    private long corrupt;
    private long unreadable;

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

    /** Reads some more; false once all has been read. */
    boolean step() {
        long start = System.nanoTime();
        do {
            if (!readOne()) {
                finish();
                return false;
            }
        } while (System.nanoTime() - start < STEP_NANOS);
        return true;
    }

    /** Gives its file and memory back, done or not. */
    void close() {
        closeTable();
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    private boolean readOne() {
        TableScan table = open;
        if (table == null) {
            return openNext();
        }
        try {
            if (table.next()) {
                take(table);
            } else {
                closeTable();
            }
        } catch (RocksDBException e) {
            skip(table, e);
        }
        return true;
    }

    /** The first entry of the next table; false if there is none. */
    private boolean openNext() {
        if (tables.isEmpty() && !nextSegment()) {
            return false;
        }
        StoredTable next = tables.poll();
        if (next == null) {
            return true;
        }
        lastSequence = next.lastSequence();
        try {
            TableScan table = new TableScan(next.path());
            open = table;
            if (table.seek(segment, next.firstSequence())) {
                take(table);
            } else {
                closeTable();
            }
        } catch (RocksDBException e) {
            if (open != null) {
                skip(open, e);
            } else if (Files.exists(next.path())) {
                count(e, "table " + next.path().getFileName());
            }
        }
        return true;
    }

    private boolean nextSegment() {
        synchronized (core.lock) {
            core.unreadSegments.remove(segment);
            SegmentTables next = segments.poll();
            if (next == null) {
                return false;
            }
            segment = next.segment;
            stamp = next.stamp;
            if (core.segments.containsKey(segment)) {
                tables.addAll(next.tables);
            }
            return true;
        }
    }

    /** Goes on behind what is corrupt: a block has one value, or some small ones, each of which is tried. */
    private void skip(TableScan table, RocksDBException cause) {
        RocksDBException failure = cause;
        count(failure, "entry " + table.sequence() + " of segment " + segment);
        while (Corruption.isProven(failure) && table.sequence() < lastSequence) {
            try {
                if (table.seek(segment, table.sequence() + 1)) {
                    take(table);
                    return;
                }
                break;
            } catch (RocksDBException e) {
                failure = e;
                count(e, "entry " + table.sequence() + " of segment " + segment);
            }
        }
        closeTable();
    }

    private void count(RocksDBException cause, String what) {
        if (Corruption.isProven(cause)) {
            corrupt++;
            core.counters.corruptDropped.increment();
        } else {
            unreadable++;
            core.counters.readErrors.increment();
        }
        if (corrupt + unreadable == 1) {
            LOG.warn("store {}: {} can't be read: {}", core.config.directory(), what, cause.getMessage());
        }
    }

    private void take(TableScan table) {
        ByteBuf value = valueOf(table);
        ChunkKey key;
        StripeHeader header;
        Records.Facts facts;
        try {
            header = StripeRecord.readHeader(value.nioBuffer());
            key = header.key();
            facts = Records.factsOf(key, value);
        } catch (CacheException e) {
            corrupt++;
            core.counters.corruptDropped.increment();
            return;
        }
        if (!Records.areIntact(key, value)) {
            corrupt++;
            core.counters.corruptDropped.increment();
        } else if (rules.isPurged(key)) {
            purged++;
        } else {
            enter(key, header, facts.at(segment, table.sequence()));
        }
    }

    private ByteBuf valueOf(TableScan table) {
        ByteBuf into = buffer == null ? allocator.directBuffer(FIRST_BUFFER_BYTES) : buffer;
        buffer = into;
        int bytes = table.value(into.internalNioBuffer(0, into.capacity()));
        if (bytes > into.capacity()) {
            into.release();
            buffer = allocator.directBuffer(bytes);
            into = buffer;
            table.value(into.internalNioBuffer(0, bytes));
        }
        return into.setIndex(0, bytes);
    }

    private void enter(ChunkKey key, StripeHeader header, StripeIndex.Place place) {
        StripeIndex.Place held;
        synchronized (core.lock) {
            int slot = core.index.find(key);
            held = slot == StripeIndex.NONE ? null : core.index.placeOf(slot);
        }
        if (held != null && !isBetter(header, place, held)) {
            return;
        }
        synchronized (core.lock) {
            Segment home = core.segments.get(segment);
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
            core.index.recover(key, place, stamp, core.now());
            home.liveBytes += Segment.footprintOf(place.recordBytes());
            core.shareMemory();
            taken++;
        }
        dropIfPurgedMeanwhile(key);
    }

    /** Whoever purges marks the key, then drops what is held: what came between the two here is dropped here. */
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

    private void finish() {
        close();
        synchronized (core.lock) {
            core.unreadSegments.clear();
            core.rebuildFailed = unreadable > 0;
        }
        LOG.warn(
                "store {}: index rebuilt in {} s: {} records taken, {} corrupt ones lost, {} purged ones left out, {} could not"
                        + " be read",
                core.config.directory(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos),
                taken,
                corrupt,
                purged,
                unreadable);
    }

    private void closeTable() {
        if (open != null) {
            open.close();
            open = null;
        }
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
