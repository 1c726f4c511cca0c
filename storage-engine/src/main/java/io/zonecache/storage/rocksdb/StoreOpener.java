package io.zonecache.storage.rocksdb;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.IoReasons;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.index.StripeIndex;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a directory: the stored index is read into memory, payloads are not touched. What the index says is checked against the files
 * that are there; what points nowhere becomes history.
 *
 * <p>Proven corruption is repaired, at the cost of the index and of what is corrupt; then the index is rebuilt while the store serves.
 * Any other failure leaves everything as it is.
 */
final class StoreOpener {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOpener.class);

    private final StoreConfig config;
    private final StoreDirectory directory;
    private final StoreMarks marks;
    private final LongSupplier clockMillis;

    StoreOpener(StoreConfig config, StoreDirectory directory, StoreMarks marks, LongSupplier clockMillis) {
        this.config = config;
        this.directory = directory;
        this.marks = marks;
        this.clockMillis = clockMillis;
    }

    /** @throws CacheException if the store can't be opened; nothing is lost then */
    StoreCore open() {
        try {
            NativeLibrary.load(directory.path());
            return openOrRepair();
        } catch (RocksDBException | IOException e) {
            if (!isDiskFull(e)) {
                throw cannotOpen(e);
            }
        }
        try {
            directory.spareFile().release();
            return openOrRepair();
        } catch (RocksDBException | IOException e) {
            throw cannotOpen(e);
        }
    }

    private StoreCore openOrRepair() throws RocksDBException, IOException {
        try {
            return tryOpen();
        } catch (RocksDBException e) {
            if (!Corruption.isProven(e)) {
                throw e;
            }
            LOG.error("store {} is corrupt: {}", directory.path(), e.getMessage());
        }
        directory.repair(marks);
        return tryOpen();
    }

    private StoreCore tryOpen() throws RocksDBException, IOException {
        SegmentDb db = new SegmentDb(directory.path(), config.unflushedBytes(), config.maxOpenFiles());
        try {
            StoreCore core = new StoreCore(config, db, clockMillis);
            synchronized (core.lock) {
                load(core);
            }
            LOG.info(
                    "store {} opened: {} stripes, {} bytes in {} segments",
                    directory.path(),
                    core.index.stripes(),
                    core.index.liveBytes(),
                    core.segments.size());
            return core;
        } catch (RocksDBException | RuntimeException | Error e) {
            db.close();
            throw e;
        }
    }

    private void load(StoreCore core) throws RocksDBException {
        for (Segment segment : core.db.openSegments(marks.emptiedThrough())) {
            core.addStored(segment);
        }
        int lastStored = core.nextSegmentId - 1;
        core.nextSegmentId = Math.max(core.nextSegmentId, marks.emptiedThrough() + 1);
        Loader loader = new Loader(core, marks.emptiedThrough());
        core.db.readIndex(loader);
        if (!loader.isStoredIndex && !core.segments.isEmpty()) {
            core.incompleteThrough = lastStored;
        }
        core.index.trimHistory();
        core.shareMemory();
    }

    private CacheException cannotOpen(Exception e) {
        boolean isFull = isDiskFull(e);
        String advice = Corruption.isProven(e)
                ? "a store that can be repaired; `zonecache store discard` starts an empty one"
                : isFull ? "some megabytes of free space" : "a disk that can be read and written, and free descriptors";
        return new CacheException(
                isFull ? CacheErrorCode.STORAGE_FULL : CacheErrorCode.INTERNAL,
                "store directory: " + directory.path() + " can't be opened, and is left as it is: " + textOf(e)
                        + " (expected: " + advice + ")",
                e);
    }

    /** RocksDB's texts name file and cause; those of the file system name the file alone. */
    private static String textOf(Exception e) {
        return e instanceof IOException file ? IoReasons.withFile(file) : String.valueOf(e.getMessage());
    }

    private static boolean isDiskFull(Exception e) {
        Status status = e instanceof RocksDBException rocks ? rocks.getStatus() : null;
        boolean noSpace = status != null && status.getSubCode() == Status.SubCode.NoSpace;
        return noSpace || String.valueOf(e.getMessage()).contains("No space left");
    }

    /** Takes over what the stored index says, if it can be true. */
    private static final class Loader implements SegmentDb.IndexVisitor {

        private final StoreCore core;
        private final int emptiedThrough;
        /** Every index that was ever written has a clock. */
        private boolean isStoredIndex;

        Loader(StoreCore core, int emptiedThrough) {
            this.core = core;
            this.emptiedThrough = emptiedThrough;
        }

        @Override
        public void entry(ChunkKey key, IndexEntry entry) {
            if (core.index.isFull()) {
                core.dirty.putBackDeleted(key);
                return;
            }
            StripeIndex.Place place = entry.place();
            if (place != null && place.segment() <= emptiedThrough) {
                core.dirty.putBackDeleted(key);
                return;
            }
            Segment segment = place == null ? null : core.storedSegmentOf(place);
            StripeIndex.@Nullable Place there = segment == null ? null : place;
            int slot = core.index.restore(key, there, entry.stamps());
            core.dirty.isStored(slot);
            if (place != null && segment == null) {
                core.dirty.changed(slot);
            }
            if (place != null && segment != null) {
                segment.liveBytes += Segment.footprintOf(place.recordBytes());
            }
            if (entry.stamps().length > 0) {
                core.runFrom(entry.stamps()[0] + 1);
            }
        }

        @Override
        public void runningMillis(long millis) {
            isStoredIndex = true;
            core.runFrom(millis);
        }

        @Override
        public void incompleteThrough(int segment) {
            core.incompleteThrough = segment;
        }
    }
}
