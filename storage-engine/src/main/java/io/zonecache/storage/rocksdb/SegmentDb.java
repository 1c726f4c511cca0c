package io.zonecache.storage.rocksdb;

import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionOptionsFIFO;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.FlushOptions;
import org.rocksdb.HistogramType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileManager;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB as this store uses it: segments of numbered values, and the stored index in the default column family.
 *
 * <p>Segments: no write-ahead log, no compaction but the one that empties them, no compression (stripes are coded bytes), no block
 * cache (the page cache and the hot tier do that). Keys rise with time, so the files of a segment don't overlap and a read looks into
 * one of them. Memtables never flush by themselves: the {@link Flusher} decides, because the index must not become durable before
 * what it points to.
 *
 * <p>Thread-safe, but for {@link #dropSegment} and {@link #close}: nobody may be inside a segment that is dropped, or anywhere when
 * the store is closed.
 */
final class SegmentDb implements AutoCloseable {

    /** Keys of the stored index that are no chunk keys are shorter than one. */
    private static final byte[] CLOCK_KEY = {'t'};

    /** Longer than one byte: versions that don't know it take every key of one byte for the clock's, and ignore others. */
    private static final byte[] INCOMPLETE_KEY = {'i', 'n'};

    private static final byte[] AFTER_EVERY_KEY = new byte[ChunkKey.BYTES + 1];

    static {
        Arrays.fill(AFTER_EVERY_KEY, (byte) 0xFF);
    }

    private static final int NOT_FOUND = RocksDB.NOT_FOUND;

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /**
     * Below the size from which the C library gives blocks back one by one, a mebibyte as launcher and image set it: for memory that was
     * given back the kernel faults on every page of every value, which takes longer than to copy it.
     */
    private static final long ARENA_BLOCK_BYTES = 512 * KIB;

    private final NativeHandles handles = new NativeHandles();
    private final LRUCache blockCache = handles.own(new LRUCache(MIB));

    /** Whoever asks for figures, from any thread, is inside; once it is closed there are none. */
    private final Gate questions = new Gate();

    private final RocksDB db;
    private final ColumnFamilyHandle index;
    private final SegmentFamilies segments;
    private final Statistics statistics = handles.own(new Statistics(EnumSet.allOf(HistogramType.class)));
    private final WriteOptions noLog;
    private final ReadOptions reads;
    private final ReadOptions scans;
    private final FlushOptions flushOptions;

    /**
     * @param memtableBytes what is unflushed at most, so that a memtable never fills up
     * @param maxOpenFiles tables that are open at once
     */
    SegmentDb(Path directory, long memtableBytes, int maxOpenFiles) throws RocksDBException, IOException {
        try {
            ColumnFamilyOptions segmentOptions = segmentOptions(memtableBytes);
            segments = new SegmentFamilies(handles, segmentOptions);
            noLog = handles.own(new WriteOptions()).setDisableWAL(true);
            // Unchecked, a damaged block aborts the process when it is parsed: DamagedBlockTest.
            reads = handles.own(new ReadOptions()).setVerifyChecksums(true).setFillCache(false);
            scans = handles.own(new ReadOptions()).setFillCache(false).setReadaheadSize(2 * MIB);
            flushOptions = handles.own(new FlushOptions()).setWaitForFlush(true);
            DBOptions options = dbOptions(maxOpenFiles);
            ColumnFamilyOptions indexOptions = indexOptions(memtableBytes);
            List<ColumnFamilyDescriptor> families = new ArrayList<>();
            for (byte[] name : families(directory)) {
                boolean isIndex = Arrays.equals(name, RocksDB.DEFAULT_COLUMN_FAMILY);
                families.add(new ColumnFamilyDescriptor(name, isIndex ? indexOptions : segmentOptions));
            }
            List<ColumnFamilyHandle> found = new ArrayList<>();
            db = handles.own(RocksDB.open(options, directory.toString(), families, found));
            found.forEach(handles::own);
            index = found.get(0);
            for (int i = 1; i < found.size(); i++) {
                segments.found(families.get(i).getName(), found.get(i));
            }
        } catch (RocksDBException | IOException | RuntimeException | Error e) {
            handles.close();
            throw e;
        }
    }

    /**
     * The segments of an earlier run, in the order of their ids. To be called once, first.
     *
     * @param emptiedThrough those up to this id are void and dropped
     */
    List<Segment> openSegments(int emptiedThrough) throws RocksDBException {
        return segments.segments(db, emptiedThrough);
    }

    /** Where the records of each segment lie on disk. */
    List<IndexRebuild.SegmentTables> tables() {
        return SegmentFamilies.tables(db);
    }

    /** @param id another for each, in all runs */
    Segment createSegment(int id) throws RocksDBException {
        return new Segment(id, segments.take(db));
    }

    /** Its files are gone when this returns. */
    void dropSegment(Segment segment) throws RocksDBException {
        segments.empty(db, segment.family());
    }

    /** @param value direct, its remaining bytes */
    void append(Segment segment, int sequence, ByteBuffer value) throws RocksDBException {
        db.put(segment.family(), noLog, segments.keyOf(segment, sequence), value);
    }

    /** Whether exactly as many bytes as remain in the (direct) target were stored there; they are in it then. */
    boolean read(Segment segment, int sequence, ByteBuffer target) throws RocksDBException {
        int expected = target.remaining();
        try {
            int stored = db.get(segment.family(), reads, segments.keyOf(segment, sequence), target.duplicate());
            return stored != NOT_FOUND && stored == expected;
        } catch (RocksDBException e) {
            if (!Corruption.isProven(e)) {
                throw e;
            }
            return readFromItsTable(segment, sequence, target);
        }
    }

    /**
     * Where a family has three tables or fewer, RocksDB looks into each for every key, so that a corrupt one hides what is in the
     * others.
     */
    private boolean readFromItsTable(Segment segment, int sequence, ByteBuffer target) throws RocksDBException {
        Optional<IndexRebuild.StoredTable> table = tables().stream()
                .filter(each -> each.segment() == segment.id())
                .flatMap(each -> each.tables().stream())
                .filter(each -> each.firstSequence() <= sequence && sequence <= each.lastSequence())
                .findFirst();
        if (table.isEmpty()) {
            return false;
        }
        try (TableScan scan = new TableScan(table.get().path())) {
            return scan.seek(segment.id(), sequence)
                    && scan.sequence() == sequence
                    && scan.value(target.duplicate()) == target.remaining();
        }
    }

    /** The first bytes of what was stored there, as many as remain in the (direct) target; false if there aren't as many. */
    boolean readStart(Segment segment, int sequence, ByteBuffer target) throws RocksDBException {
        int expected = target.remaining();
        int stored = db.get(segment.family(), reads, segments.keyOf(segment, sequence), target);
        return stored != NOT_FOUND && stored >= expected;
    }

    void flush(Collection<Segment> segments) throws RocksDBException {
        for (Segment segment : segments) {
            db.flush(flushOptions, segment.family());
        }
    }

    void flushIndex() throws RocksDBException {
        db.flush(flushOptions, index);
    }

    /** A batch of changes to the stored index; the caller closes it. */
    IndexBatch newIndexBatch() {
        return new IndexBatch();
    }

    /** What RocksDB holds in memory; nothing once it is closed. */
    Memory memory() {
        if (!questions.enter()) {
            return Memory.NONE;
        }
        try {
            long memtables = 0;
            long tables = blockCache.getUsage();
            memtables += db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
            tables += db.getAggregatedLongProperty("rocksdb.estimate-table-readers-mem");
            return new Memory(memtables, tables);
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB doesn't know its memory", e);
        } finally {
            questions.leave();
        }
    }

    void deleteIndex() throws RocksDBException {
        try (IndexBatch batch = new IndexBatch()) {
            batch.deleteAll();
            batch.write();
        }
        flushIndex();
    }

    /**
     * Reads the whole stored index, checksums verified.
     *
     * @throws RocksDBException {@code Corruption} if an entry can't have been written here
     */
    void readIndex(IndexVisitor visitor) throws RocksDBException {
        ByteBuffer key = ByteBuffer.allocateDirect(ChunkKey.BYTES);
        ByteBuffer value = ByteBuffer.allocateDirect(IndexEntry.MAX_BYTES);
        try (NativeHandles own = new NativeHandles()) {
            RocksIterator entries = own.own(db.newIterator(index, scans));
            for (entries.seekToFirst(); entries.isValid(); entries.next()) {
                int keyBytes = entries.key(key.clear());
                int valueBytes = entries.value(value.clear());
                if (valueBytes > IndexEntry.MAX_BYTES) {
                    throw Corruption.of(
                            "index entry bytes: " + valueBytes + " (expected: at most " + IndexEntry.MAX_BYTES + ")");
                }
                if (keyBytes == ChunkKey.BYTES) {
                    visitor.entry(ChunkKey.read(key), IndexEntry.read(value));
                } else if (keyBytes == CLOCK_KEY.length && valueBytes == Long.BYTES) {
                    visitor.runningMillis(value.getLong());
                } else if (keyBytes == INCOMPLETE_KEY.length && valueBytes == Integer.BYTES) {
                    visitor.incompleteThrough(value.getInt());
                }
            }
            entries.status();
        }
    }

    /** Bytes written to files of values and of the index since open: flushes and compactions, not the small files beside them. */
    long bytesWritten() {
        if (!questions.enter()) {
            return 0;
        }
        try {
            return statistics.getTickerCount(TickerType.FLUSH_WRITE_BYTES)
                    + statistics.getTickerCount(TickerType.COMPACT_WRITE_BYTES);
        } finally {
            questions.leave();
        }
    }

    @Override
    public void close() {
        questions.close();
        handles.close();
    }

    private ColumnFamilyOptions segmentOptions(long memtableBytes) {
        BlockBasedTableConfig table = new BlockBasedTableConfig().setNoBlockCache(true);
        return handles.own(new ColumnFamilyOptions())
                // A manual compaction deletes every file, in place of merging them; nothing else ever does.
                .setCompactionStyle(CompactionStyle.FIFO)
                .setCompactionOptionsFIFO(
                        handles.own(new CompactionOptionsFIFO()).setMaxTableFilesSize(1))
                .setTtl(0)
                .setPeriodicCompactionSeconds(0)
                .setDisableAutoCompactions(true)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(2 * memtableBytes)
                .setArenaBlockSize(Math.min(ARENA_BLOCK_BYTES, memtableBytes))
                .setMaxWriteBufferNumber(4)
                .setLevel0SlowdownWritesTrigger(Integer.MAX_VALUE)
                .setLevel0StopWritesTrigger(Integer.MAX_VALUE)
                .setTableFormatConfig(table);
    }

    /** Small values that are overwritten all the time: an ordinary tree, kept tight. */
    private ColumnFamilyOptions indexOptions(long memtableBytes) {
        BlockBasedTableConfig table =
                new BlockBasedTableConfig().setBlockSize(16 * KIB).setBlockCache(blockCache);
        return handles.own(new ColumnFamilyOptions())
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(Math.max(MIB, Math.min(16 * MIB, memtableBytes / 4)))
                .setTargetFileSizeBase(8 * MIB)
                .setMaxBytesForLevelBase(64 * MIB)
                .setTableFormatConfig(table);
    }

    private DBOptions dbOptions(int maxOpenFiles) throws RocksDBException {
        return handles.own(new DBOptions())
                .setCreateIfMissing(true)
                .setStatistics(statistics)
                .setParanoidChecks(true)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(maxOpenFiles)
                .setSkipStatsUpdateOnDbOpen(true)
                // Resumes by itself after the disk was full.
                .setSstFileManager(handles.own(new SstFileManager(Env.getDefault())))
                // What is allocated ahead counts as used.
                .setAllowFAllocate(false)
                .setManifestPreallocationSize(64 * KIB)
                .setMaxManifestFileSize(2 * MIB)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MIB)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setAvoidFlushDuringShutdown(true);
    }

    private List<byte[]> families(Path directory) throws RocksDBException, IOException {
        List<byte[]> names = new ArrayList<>();
        names.add(RocksDB.DEFAULT_COLUMN_FAMILY);
        if (Manifest.check(directory)) {
            try (NativeHandles own = new NativeHandles()) {
                for (byte[] name : RocksDB.listColumnFamilies(own.own(new Options()), directory.toString())) {
                    if (!Arrays.equals(name, RocksDB.DEFAULT_COLUMN_FAMILY)) {
                        names.add(name);
                    }
                }
            }
        }
        return names;
    }

    /** @param tableBytes indexes of open files and cached blocks */
    record Memory(long memtableBytes, long tableBytes) {

        static final Memory NONE = new Memory(0, 0);
    }

    /** Told of all that the stored index holds. */
    interface IndexVisitor {

        void entry(ChunkKey key, IndexEntry entry);

        /** The store's running time when it was last written. */
        void runningMillis(long millis);

        /** Records of segments up to this id may have no entry. */
        void incompleteThrough(int segment);
    }

    /** Changes to the stored index that are written together. Not thread-safe. */
    final class IndexBatch implements AutoCloseable {

        private final NativeHandles own = new NativeHandles();
        private final WriteBatch batch = own.own(new WriteBatch());
        private final ByteBuffer key = ByteBuffer.allocateDirect(ChunkKey.BYTES);
        private final ByteBuffer value = ByteBuffer.allocateDirect(IndexEntry.MAX_BYTES);

        void put(ChunkKey chunk, IndexEntry entry) throws RocksDBException {
            chunk.write(key.clear());
            entry.write(value.clear());
            batch.put(index, key.flip(), value.flip());
        }

        void putRunningMillis(long millis) throws RocksDBException {
            batch.put(
                    index,
                    CLOCK_KEY,
                    ByteBuffer.allocate(Long.BYTES).putLong(millis).array());
        }

        void putIncompleteThrough(int segment) throws RocksDBException {
            batch.put(
                    index,
                    INCOMPLETE_KEY,
                    ByteBuffer.allocate(Integer.BYTES).putInt(segment).array());
        }

        void deleteIncompleteThrough() throws RocksDBException {
            batch.delete(index, INCOMPLETE_KEY);
        }

        void delete(ChunkKey chunk) throws RocksDBException {
            chunk.write(key.clear());
            batch.delete(index, key.flip());
        }

        void deleteAll() throws RocksDBException {
            batch.deleteRange(index, new byte[0], AFTER_EVERY_KEY);
        }

        /** Writes what was collected and starts anew. */
        void write() throws RocksDBException {
            db.write(noLog, batch);
            batch.clear();
        }

        @Override
        public void close() {
            own.close();
        }
    }
}
