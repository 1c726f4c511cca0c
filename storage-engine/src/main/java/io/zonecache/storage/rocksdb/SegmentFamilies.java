package io.zonecache.storage.rocksdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The column families that segments live in: each holds one segment at a time, and is emptied and used again. To create or drop one
 * costs RocksDB a new file with the options of all (25 ms of CPU with 40 of them), and holds up every write while its manifest is
 * synced.
 *
 * <p>Emptying is a FIFO compaction to no bytes: one change to the manifest, all files gone, nothing read or written. Keys begin with
 * their segment's id, so that after a restart it is known which segment lives where. Thread-safe.
 */
final class SegmentFamilies {

    private static final String PREFIX = "segment-";
    private static final String FILES = "rocksdb.num-files-at-level0";

    private final NativeHandles handles;
    private final ColumnFamilyOptions options;
    private final CompactRangeOptions beside;
    private final ThreadLocal<ByteBuffer> keyBuffers =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SegmentKey.BYTES));
    private final Map<Integer, ColumnFamilyHandle> found = new TreeMap<>();

    /** Guarded by itself. */
    private final Deque<ColumnFamilyHandle> free = new ArrayDeque<>();

    private int nextNumber = 1;

    SegmentFamilies(NativeHandles handles, ColumnFamilyOptions options) {
        this.handles = handles;
        this.options = options;
        // Else the stored index would not be compacted meanwhile.
        this.beside = handles.own(new CompactRangeOptions()).setExclusiveManualCompaction(false);
    }

    /** One of an earlier run; all of them before any other call. */
    void found(byte[] name, ColumnFamilyHandle family) {
        int number = numberOf(name);
        found.put(number, family);
        nextNumber = Math.max(nextNumber, number + 1);
    }

    static boolean isFamily(String name) {
        return name.startsWith(PREFIX);
    }

    static byte[] nameOf(int number) {
        return (PREFIX + number).getBytes(StandardCharsets.US_ASCII);
    }

    /** The segments that an earlier run left, in the order of their ids; those up to {@code emptiedThrough} are void and dropped. */
    List<Segment> segments(RocksDB db, int emptiedThrough) throws RocksDBException {
        Map<Integer, List<LiveFileMetaData>> files = new TreeMap<>();
        for (LiveFileMetaData file : db.getLiveFilesMetaData()) {
            files.computeIfAbsent(numberOf(file.columnFamilyName()), number -> new ArrayList<>())
                    .add(file);
        }
        Map<Integer, Segment> segments = new TreeMap<>();
        for (Map.Entry<Integer, ColumnFamilyHandle> family : found.entrySet()) {
            Segment segment = segmentOf(family.getValue(), files.getOrDefault(family.getKey(), List.of()));
            if (segment == null
                    || segment.id() <= emptiedThrough
                    || segments.putIfAbsent(segment.id(), segment) != null) {
                empty(db, family.getValue());
            }
        }
        found.clear();
        return List.copyOf(segments.values());
    }

    ColumnFamilyHandle take(RocksDB db) throws RocksDBException {
        int number;
        synchronized (free) {
            ColumnFamilyHandle ready = free.poll();
            if (ready != null) {
                return ready;
            }
            number = nextNumber++;
        }
        return handles.own(db.createColumnFamily(new ColumnFamilyDescriptor(nameOf(number), options)));
    }

    /** Its files are gone when this returns. */
    void empty(RocksDB db, ColumnFamilyHandle family) throws RocksDBException {
        db.compactRange(family, null, null, beside);
        if (!db.getProperty(family, FILES).equals("0")) {
            db.dropColumnFamily(family);
            handles.release(family);
            return;
        }
        synchronized (free) {
            free.add(family);
        }
    }

    /** The calling thread's, until its next call. */
    ByteBuffer keyOf(Segment segment, int sequence) {
        return keyBuffers.get().clear().putInt(segment.id()).putInt(sequence).flip();
    }

    /** Null if there are no files, or such as no segment has. */
    private static @Nullable Segment segmentOf(ColumnFamilyHandle family, List<LiveFileMetaData> files) {
        Segment segment = null;
        for (LiveFileMetaData file : files) {
            byte[] first = file.smallestKey();
            byte[] last = file.largestKey();
            if (!SegmentKey.isOne(first) || !SegmentKey.isOne(last)) {
                return null;
            }
            int id = SegmentKey.segmentOf(last);
            segment = segment == null ? new Segment(id, family) : segment;
            if (id != segment.id() || SegmentKey.segmentOf(first) != id) {
                return null;
            }
            segment.appendedBytes += file.size();
            segment.nextSequence = Math.max(segment.nextSequence, SegmentKey.sequenceOf(last) + 1);
        }
        return segment;
    }

    /** The table files of each segment, as the database lists them. */
    static List<IndexRebuild.SegmentTables> tables(RocksDB db) {
        Map<Integer, List<IndexRebuild.StoredTable>> bySegment = new TreeMap<>();
        for (LiveFileMetaData file : db.getLiveFilesMetaData()) {
            byte[] first = file.smallestKey();
            if (numberOf(file.columnFamilyName()) >= 0 && SegmentKey.isOne(first)) {
                bySegment
                        .computeIfAbsent(SegmentKey.segmentOf(first), id -> new ArrayList<>())
                        .add(new IndexRebuild.StoredTable(
                                Path.of(file.path(), file.fileName()),
                                SegmentKey.sequenceOf(first),
                                SegmentKey.sequenceOf(file.largestKey())));
            }
        }
        return bySegment.entrySet().stream()
                .map(each -> new IndexRebuild.SegmentTables(each.getKey(), each.getValue()))
                .toList();
    }

    private static int numberOf(byte[] name) {
        String text = new String(name, StandardCharsets.US_ASCII);
        return text.matches(PREFIX + "\\d{1,9}") ? Integer.parseInt(text.substring(PREFIX.length())) : -1;
    }
}
