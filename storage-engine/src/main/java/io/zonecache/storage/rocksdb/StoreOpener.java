package io.zonecache.storage.rocksdb;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
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
 * Opens a directory: the stored index is read into memory, payloads are not touched. What the index says is held against the files
 * that are there; what points nowhere becomes history. A directory that doesn't open is moved aside and an empty one started.
 */
final class StoreOpener {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOpener.class);

    private final StoreConfig config;
    private final StoreDirectory directory;
    private final LongSupplier clockMillis;

    StoreOpener(StoreConfig config, StoreDirectory directory, LongSupplier clockMillis) {
        this.config = config;
        this.directory = directory;
        this.clockMillis = clockMillis;
    }

    /** @throws CacheException if not even an empty store can be opened here */
    StoreCore open() {
        try {
            NativeLibrary.load(directory.path());
        } catch (IOException e) {
            throw cannotOpen(e);
        }
        try {
            return tryOpen();
        } catch (RocksDBException | RuntimeException e) {
            if (isDiskFull(e)) {
                throw cannotOpen(e);
            }
            LOG.error("store {} can't be opened: {}", directory.path(), e.toString());
        }
        try {
            directory.moveAside();
            return tryOpen();
        } catch (RocksDBException | RuntimeException | IOException e) {
            throw cannotOpen(e);
        }
    }

    private StoreCore tryOpen() throws RocksDBException {
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
        } catch (RocksDBException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private static void load(StoreCore core) throws RocksDBException {
        for (Segment segment : core.db.openSegments()) {
            core.addStored(segment);
        }
        core.db.readIndex(new Loader(core));
        core.index.trimHistory();
        core.shareMemory();
    }

    private CacheException cannotOpen(Exception e) {
        CacheErrorCode code = isDiskFull(e) ? CacheErrorCode.STORAGE_FULL : CacheErrorCode.INTERNAL;
        return new CacheException(
                code,
                "store directory: " + directory.path() + " can't be opened: " + e.getMessage()
                        + " (expected: a writable directory with free space)",
                e);
    }

    private static boolean isDiskFull(Exception e) {
        Status status = e instanceof RocksDBException rocks ? rocks.getStatus() : null;
        boolean noSpace = status != null && status.getSubCode() == Status.SubCode.NoSpace;
        return noSpace || String.valueOf(e.getMessage()).contains("No space left");
    }

    /** Takes over what the stored index says, if it can be true. */
    private record Loader(StoreCore core) implements SegmentDb.IndexVisitor {

        @Override
        public void entry(ChunkKey key, IndexEntry entry) {
            if (core.index.isFull()) {
                core.dirty.putBackDeleted(key);
                return;
            }
            StripeIndex.Place place = entry.place();
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
            core.runFrom(millis);
        }
    }
}
