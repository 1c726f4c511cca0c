package io.zonecache.storage.rocksdb;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.index.StripeIndex;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Wins room: copies what is still held out of the segment that holds least, makes the copies durable, drops the segment. For the
 * maintenance thread only.
 */
final class Cleaner {

    /** Slots that are looked at under one hold of the store's lock: some 20 us. */
    private static final int SLICE = 4096;

    /** Each start leaves segments that are not full; from so many in all the smallest are cleaned though there is room. */
    private static final int MAX_FOR_EACH_FULL_ONE = 2;

    /** While only some segments are known well enough to be cleaned, nearly full ones among them would be copied for little. */
    private static final double MIN_DEAD_SHARE_IN_REBUILD = 0.2;

    private final StoreCore core;
    private final Appender appender;
    private final StripeReader reader;
    private final Flusher flusher;

    Cleaner(StoreCore core, Appender appender, StripeReader reader, Flusher flusher) {
        this.core = core;
        this.appender = appender;
        this.reader = reader;
        this.flusher = flusher;
    }

    /** Cleans one segment if the directory is near its capacity, or segments are too many; whether it did. */
    boolean cleanOne() throws RocksDBException {
        Segment segment;
        boolean hasRoomForSurvivors;
        synchronized (core.lock) {
            core.evictFor(0);
            segment = core.closing ? null : next();
            hasRoomForSurvivors = segment != null && segment.liveBytes <= core.flushableBytes;
        }
        if (segment == null) {
            return false;
        }
        if (!hasRoomForSurvivors) {
            evictAll(segment);
        } else if (!copySurvivors(segment)) {
            return false;
        }
        flusher.flush();
        drop(segment);
        return true;
    }

    /**
     * Drops one segment with all that it holds, which needs no room on the disk but for a line in RocksDB's manifest.
     *
     * @param floorBytes what segments may take at least
     * @return whether there was one
     */
    boolean dropOne(long floorBytes) throws RocksDBException {
        Segment segment;
        synchronized (core.lock) {
            if (core.closing || core.segmentBytes <= floorBytes) {
                return false;
            }
            segment = first(Comparator.comparing((Segment each) -> each.unflushedBytes > 0)
                    .thenComparingDouble(each -> -deadShare(each)));
            if (segment == null || segment.unflushedBytes > 0) {
                // The next time they are flushed, and none is being written to.
                core.current.clear();
                return false;
            }
        }
        evictAll(segment);
        drop(segment);
        return true;
    }

    private void evictAll(Segment segment) {
        for (long survivor : survivorsInOrder(segment)) {
            synchronized (core.lock) {
                int slot = (int) survivor;
                if (core.isStillAt(slot, segment.id(), (int) (survivor >>> Integer.SIZE))) {
                    core.evict(slot);
                    core.counters.evictions.increment();
                }
            }
        }
    }

    /** Drops a segment whatever it holds; its readers are waited for. */
    void drop(Segment segment) throws RocksDBException {
        synchronized (core.lock) {
            segment.dropped = true;
            core.segments.remove(segment.id());
        }
        segment.gate.close();
        core.db.dropSegment(segment);
        synchronized (core.lock) {
            core.segmentBytes -= segment.appendedBytes;
            core.unflushedBytes -= segment.unflushedBytes;
            segment.unflushedBytes = 0;
            core.lock.notifyAll();
        }
    }

    private @Nullable Segment next() {
        if (core.isNearCapacity()) {
            Segment emptiest =
                    first(Comparator.comparingDouble(Cleaner::deadShare).reversed());
            double minDeadShare = core.unreadSegments.isEmpty() ? 0 : MIN_DEAD_SHARE_IN_REBUILD;
            return emptiest != null && deadShare(emptiest) > minDeadShare ? emptiest : null;
        }
        boolean crowded = core.segments.size() > MAX_FOR_EACH_FULL_ONE * core.config.segmentsInAll();
        return crowded ? first(Comparator.comparingLong(segment -> segment.appendedBytes)) : null;
    }

    private @Nullable Segment first(Comparator<Segment> order) {
        return core.segments.values().stream()
                .filter(segment -> !core.current.containsValue(segment)
                        && segment.writesUnderWay == 0
                        && !core.unreadSegments.contains(segment.id()))
                .min(order)
                .orElse(null);
    }

    private static double deadShare(Segment segment) {
        return 1 - (double) segment.liveBytes / Math.max(1, segment.appendedBytes);
    }

    /** False if the store is being closed, and not all have been copied. */
    private boolean copySurvivors(Segment segment) throws RocksDBException {
        for (long survivor : survivorsInOrder(segment)) {
            int sequence = (int) (survivor >>> Integer.SIZE);
            int slot = (int) survivor;
            ChunkKey key;
            StripeIndex.Place place;
            synchronized (core.lock) {
                if (core.closing) {
                    return false;
                }
                if (!core.isStillAt(slot, segment.id(), sequence)) {
                    continue;
                }
                key = core.index.keyOf(slot);
                place = core.index.placeOf(slot);
            }
            copy(segment, slot, key, place);
            if (flusher.isDue()) {
                flusher.flush();
            }
        }
        return true;
    }

    private void copy(Segment segment, int slot, ChunkKey key, StripeIndex.Place place) throws RocksDBException {
        ByteBuf value = reader.readAt(key, segment, place);
        if (value == null) {
            reader.drop(slot, place);
            return;
        }
        try {
            appender.copy(slot, segment.id(), place.sequence(), value);
        } finally {
            value.release();
        }
    }

    /** Sequence in the upper, slot in the lower half, rising: the order on disk. */
    private long[] survivorsInOrder(Segment segment) {
        long[] found = new long[1024];
        int count = 0;
        int bound = 0;
        for (int from = 0; from <= bound; from += SLICE) {
            synchronized (core.lock) {
                bound = core.index.slotBound();
                for (int slot = from; slot < Math.min(bound, from + SLICE); slot++) {
                    if (core.index.segment(slot) == segment.id() && core.index.isResident(slot)) {
                        if (count == found.length) {
                            found = Arrays.copyOf(found, count * 2);
                        }
                        found[count++] = (long) core.index.sequence(slot) << Integer.SIZE | slot;
                    }
                }
            }
        }
        long[] survivors = Arrays.copyOf(found, count);
        Arrays.sort(survivors);
        return survivors;
    }
}
