package io.zonecache.storage.rocksdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileReaderIterator;

/**
 * Reads one table file of a segment by itself, whether or not a database lists it, in the order of its keys; every block's checksum
 * is verified. A damaged block costs the entries in it, not those behind. Not thread-safe.
 */
final class TableScan implements AutoCloseable {

    private static final long READAHEAD_BYTES = 2 << 20;

    /** Numbers that no entry of a table has, since writing it failed: a few at most. */
    private static final int MAX_GAPS = 1 << 16;

    private final NativeHandles handles = new NativeHandles();
    private final SstFileReader file;
    private final SstFileReaderIterator entries;
    private int segment;
    private int sequence;

    /** @throws RocksDBException {@code Corruption} if it is no whole table */
    TableScan(Path path) throws RocksDBException {
        try {
            file = handles.own(new SstFileReader(handles.own(new Options())));
            file.open(path.toString());
            ReadOptions options = handles.own(new ReadOptions())
                    .setVerifyChecksums(true)
                    .setFillCache(false)
                    .setReadaheadSize(READAHEAD_BYTES);
            entries = handles.own(file.newIterator(options));
        } catch (RocksDBException | RuntimeException | Error e) {
            handles.close();
            throw e;
        }
    }

    /** The column family that wrote it. */
    String family() throws RocksDBException {
        return new String(file.getTableProperties().getColumnFamilyName(), StandardCharsets.US_ASCII);
    }

    /**
     * Where its keys lie, of which one bound may be unknown, since the first or the last block is damaged.
     *
     * @throws RocksDBException {@code Corruption} if neither can be read, or they are not of one segment
     */
    Range range() throws RocksDBException {
        entries.seekToFirst();
        byte[] first = keyOrNull();
        entries.seekToLast();
        byte[] last = keyOrNull();
        byte[] known = first != null ? first : last;
        if (known == null) {
            throw Corruption.of("table: neither its first nor its last entry can be read");
        }
        int id = SegmentKey.segmentOf(known);
        if (last != null && SegmentKey.segmentOf(last) != id) {
            throw Corruption.of(
                    "keys: of segments " + id + " and " + SegmentKey.segmentOf(last) + " (expected: of one)");
        }
        return new Range(
                id,
                first == null ? Range.UNKNOWN : SegmentKey.sequenceOf(first),
                last == null ? Range.UNKNOWN : SegmentKey.sequenceOf(last),
                file.getTableProperties().getNumEntries());
    }

    /** Goes to the entry with this key or the first after it; false behind the last. */
    boolean seek(int segmentId, int fromSequence) throws RocksDBException {
        segment = segmentId;
        sequence = fromSequence;
        entries.seek(SegmentKey.of(segmentId, fromSequence));
        return atEntry();
    }

    /** False behind the last; after a failure {@link #seek} to behind {@link #sequence} goes on. */
    boolean next() throws RocksDBException {
        sequence++;
        entries.next();
        return atEntry();
    }

    /** Of the entry, or the one that the last call failed at. */
    int sequence() {
        return sequence;
    }

    /** As much of the value as fits into the (direct) target; the whole one's bytes. */
    int value(ByteBuffer target) {
        return entries.value(target);
    }

    @Override
    public void close() {
        handles.close();
    }

    private boolean atEntry() throws RocksDBException {
        if (!entries.isValid()) {
            entries.status();
            return false;
        }
        byte[] key = entries.key();
        if (!SegmentKey.isOne(key) || SegmentKey.segmentOf(key) != segment) {
            throw Corruption.of("key of a table of segment " + segment + ": of another kind (expected: the segment's id"
                    + " and a sequence number)");
        }
        sequence = SegmentKey.sequenceOf(key);
        return true;
    }

    /** @throws RocksDBException if the table can't be read, which proves nothing, or its key is none of a segment */
    private byte @Nullable [] keyOrNull() throws RocksDBException {
        if (entries.isValid()) {
            byte[] key = entries.key();
            if (!SegmentKey.isOne(key)) {
                throw Corruption.of("key bytes: " + key.length + " (expected: " + SegmentKey.BYTES + ")");
            }
            return key;
        }
        try {
            entries.status();
        } catch (RocksDBException e) {
            if (!Corruption.isProven(e)) {
                throw e;
            }
        }
        return null;
    }

    /** @param firstSequence or {@link #UNKNOWN}, as {@code lastSequence}; never both */
    record Range(int segment, int firstSequence, int lastSequence, long entries) {

        static final int UNKNOWN = -1;

        /**
         * With bounds in place of unknown ones, between those of the tables before and behind it in the segment, which it must not overlap.
         *
         * @param previousLast -1 if it is the first
         * @param nextFirst the first of the next table whose first is known; {@link #UNKNOWN} if there is none
         */
        Range between(int previousLast, int nextFirst) {
            int first = firstSequence == UNKNOWN ? Math.min(lastSequence, previousLast + 1) : firstSequence;
            long widest = first + entries + MAX_GAPS;
            long last = lastSequence != UNKNOWN
                    ? lastSequence
                    : nextFirst == UNKNOWN ? Math.min(widest, Integer.MAX_VALUE - 1) : Math.max(first, nextFirst - 1);
            return new Range(segment, first, (int) last, entries);
        }
    }
}
