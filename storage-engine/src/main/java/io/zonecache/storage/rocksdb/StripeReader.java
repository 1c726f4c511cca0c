package io.zonecache.storage.rocksdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.index.Records;
import io.zonecache.storage.index.StripeIndex;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads values back, straight into direct memory, and verifies the records' own checksums every time: what isn't exactly what was
 * stored is dropped, counted, and a miss. Thread-safe.
 */
final class StripeReader {

    private static final Logger LOG = LoggerFactory.getLogger(StripeReader.class);

    /** Each attempt after the first means that the cleaner has moved the value in between. */
    private static final int MAX_ATTEMPTS = 5;

    private static final long WARNING_PAUSE_MILLIS = 1_000;

    private final StoreCore core;
    private final ByteBufAllocator allocator;
    private final AtomicLong lastWarningMillis = new AtomicLong(-WARNING_PAUSE_MILLIS);

    StripeReader(StoreCore core, ByteBufAllocator allocator) {
        this.core = core;
        this.allocator = allocator;
    }

    /** The value, which the caller releases; null if there is none or it was bad. Offers it to the hot tier. */
    @Nullable
    ByteBuf read(ChunkKey key) {
        return read(key, true);
    }

    /** Reads the disk's copy, whatever is hot; whether it was bad and is dropped now. */
    boolean dropIfCorrupt(ChunkKey key) {
        boolean held;
        synchronized (core.lock) {
            held = core.index.find(key) != StripeIndex.NONE;
        }
        ByteBuf value = held ? read(key, false) : null;
        if (value != null) {
            value.release();
        }
        synchronized (core.lock) {
            return held && value == null && core.index.find(key) == StripeIndex.NONE;
        }
    }

    private @Nullable ByteBuf read(ChunkKey key, boolean hotWillDo) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            int slot;
            StripeIndex.Place place;
            Segment segment;
            synchronized (core.lock) {
                core.awaitReopened();
                core.checkOpen();
                slot = core.index.find(key);
                if (slot == StripeIndex.NONE) {
                    return null;
                }
                ByteBuf hot = hotWillDo ? core.hot.get(slot) : null;
                if (hot != null) {
                    return hot;
                }
                place = core.index.placeOf(slot);
                segment = core.segments.get(place.segment());
            }
            if (segment == null || !segment.gate.enter()) {
                continue;
            }
            ByteBuf value;
            try {
                value = readAt(key, segment, place);
            } finally {
                segment.gate.leave();
            }
            if (value != null) {
                if (hotWillDo) {
                    offerToHot(slot, place, value);
                }
                return value;
            }
            if (drop(slot, place)) {
                return null;
            }
        }
        return null;
    }

    /**
     * The value at a place, whoever owns the gate; null if it can't be read or isn't what was stored. Counts, but drops nothing.
     */
    @Nullable
    ByteBuf readAt(ChunkKey key, Segment segment, StripeIndex.Place place) {
        ByteBuf value = allocator.directBuffer(place.recordBytes(), place.recordBytes());
        boolean good = false;
        try {
            boolean found = core.db.read(segment, place.sequence(), value.internalNioBuffer(0, place.recordBytes()));
            value.writerIndex(place.recordBytes());
            good = found && Records.areIntact(key, value);
            if (!good) {
                core.counters.corruptDropped.increment();
                warn(key, segment, "not what was stored");
            }
            return good ? value : null;
        } catch (RocksDBException e) {
            boolean corrupt = e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
            (corrupt ? core.counters.corruptDropped : core.counters.readErrors).increment();
            warn(key, segment, e.getMessage());
            return null;
        } finally {
            if (!good) {
                value.release();
            }
        }
    }

    /** Drops what was bad at this place; false if the chunk has another place by now. */
    boolean drop(int slot, StripeIndex.Place place) {
        synchronized (core.lock) {
            if (!core.isStillAt(slot, place.segment(), place.sequence())) {
                return false;
            }
            core.evict(slot);
            return true;
        }
    }

    /** A failing disk would fill the log: the counters tell how many there are, the log what they look like. */
    private void warn(ChunkKey key, Segment segment, @Nullable String why) {
        long now = core.now();
        long last = lastWarningMillis.get();
        if (now - last >= WARNING_PAUSE_MILLIS && lastWarningMillis.compareAndSet(last, now)) {
            LOG.warn("stripe of chunk {} in segment {} is bad and dropped: {}", key, segment.id(), why);
        }
    }

    private void offerToHot(int slot, StripeIndex.Place place, ByteBuf value) {
        synchronized (core.lock) {
            if (!core.closing && core.isStillAt(slot, place.segment(), place.sequence())) {
                core.hot.offer(slot, value, core.now());
            }
        }
    }
}
