package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens RocksDB anew under a running store. Once a write has failed RocksDB takes no other, and after most errors never will, though
 * it goes on reading. So when the disk takes writes again, it is closed and opened; some ten milliseconds, for which reads wait.
 *
 * <p>Index, access history and hot tier stay as they are in memory. What was put and not flushed is lost, as it would be with the
 * process. For the maintenance thread only.
 */
final class Reopener {

    private static final Logger LOG = LoggerFactory.getLogger(Reopener.class);

    private final StoreCore core;
    private final StoreDirectory directory;
    private final Appender appender;
    private final Flusher flusher;
    private final StoreMarks marks;

    Reopener(StoreCore core, StoreDirectory directory, StoreMarks marks, Appender appender, Flusher flusher) {
        this.core = core;
        this.directory = directory;
        this.marks = marks;
        this.appender = appender;
        this.flusher = flusher;
    }

    /** The store is as it was, but for what is lost, or finds nothing on disk until this is tried again. */
    void reopen() throws RocksDBException, IOException {
        appender.withoutNewSegments(this::reopenAlone);
    }

    private void reopenAlone() throws RocksDBException, IOException {
        List<Segment> old = leaveSegments();
        try {
            for (Segment segment : old) {
                segment.gate.close();
            }
            core.db.close();
            boolean repaired = repairIfCorrupt();
            SegmentDb fresh = open();
            try {
                take(fresh, fresh.openSegments(marks.emptiedThrough()), repaired);
            } catch (RocksDBException | RuntimeException e) {
                fresh.close();
                throw e;
            }
        } finally {
            synchronized (core.lock) {
                core.reopening = false;
                core.lock.notifyAll();
            }
        }
    }

    /** Nobody finds them any more; whoever is inside will leave. */
    private List<Segment> leaveSegments() {
        synchronized (core.lock) {
            core.reopening = true;
            List<Segment> old = new ArrayList<>(core.segments.values());
            for (Segment segment : old) {
                segment.dropped = true;
                core.segmentBytes -= segment.appendedBytes;
                // What is still being written is taken off by its writer.
                core.unflushedBytes -= segment.unflushedBytes;
            }
            core.segments.clear();
            core.current.clear();
            return old;
        }
    }

    /** The next try repairs what turns out to be corrupt. */
    private SegmentDb open() throws RocksDBException, IOException {
        try {
            return new SegmentDb(directory.path(), core.config.unflushedBytes(), core.config.maxOpenFiles());
        } catch (RocksDBException e) {
            synchronized (core.lock) {
                core.corrupt |= Corruption.isProven(e);
            }
            throw e;
        }
    }

    private boolean repairIfCorrupt() throws RocksDBException, IOException {
        synchronized (core.lock) {
            if (!core.corrupt) {
                return false;
            }
        }
        directory.repair(marks);
        return true;
    }

    /** Holds the index against what is on disk. */
    private void take(SegmentDb fresh, List<Segment> segments, boolean repaired) {
        int lost = 0;
        synchronized (core.lock) {
            core.db = fresh;
            for (Segment segment : segments) {
                core.addStored(segment);
            }
            for (int slot = 0; slot < core.index.slotBound(); slot++) {
                if (!core.index.isResident(slot)) {
                    continue;
                }
                Segment segment = core.segments.get(core.index.segment(slot));
                if (segment != null) {
                    segment.liveBytes += Segment.footprintOf(core.index.recordBytes(slot));
                }
                if (core.storedSegmentOf(core.index.placeOf(slot)) == null) {
                    core.evict(slot);
                    lost++;
                }
            }
            flusher.forgetUnflushed();
            if (repaired) {
                core.incompleteThrough = core.nextSegmentId - 1;
            }
            core.corrupt = false;
            core.broken = false;
        }
        LOG.warn("store {} opened again: {} stripes that were not on disk yet are lost", directory.path(), lost);
    }
}
