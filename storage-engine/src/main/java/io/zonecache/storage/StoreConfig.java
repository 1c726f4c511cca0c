package io.zonecache.storage;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.storage.eviction.HistoryBound;
import io.zonecache.storage.eviction.LruK;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A store's settings. {@link #builder} gives the defaults and holds to the bounds that make sense on a node; the constructor accepts
 * small stores too.
 *
 * @param directory the store's own, created if missing
 * @param capacityBytes what the directory may take on disk
 * @param hotBytes stripes kept in memory; 0 for none
 * @param k of LRU-k
 * @param correlatedMillis references so close together count as one
 * @param historyPercent evicted stripes whose references are remembered, in percent of those held
 * @param historyMillis references this long ago are forgotten unless the stripe is held; {@link HistoryBound#FOREVER} for no such bound
 * @param segmentBytes stripes are appended to segments of this size, which are dropped as a whole
 * @param unflushedBytes most that is in memory only, and lost with the process
 * @param unflushedMillis how long it is so
 * @param indexBytes most that the index and the history take, out of {@code hotBytes}: the hot tier keeps what they leave; 0 if they
 *     are neither bounded nor counted
 * @param maxOpenFiles tables that are open at once; with more on disk, some are opened anew when they are read
 */
public record StoreConfig(
        Path directory,
        long capacityBytes,
        long hotBytes,
        int k,
        long correlatedMillis,
        int historyPercent,
        long historyMillis,
        long segmentBytes,
        long unflushedBytes,
        long unflushedMillis,
        long indexBytes,
        int maxOpenFiles) {

    private static final long MIB = 1L << 20;

    public static final long MIN_CAPACITY_BYTES = 256 * MIB;
    public static final long DEFAULT_CAPACITY_BYTES = 1024 * MIB;
    public static final long DEFAULT_HOT_BYTES = 64 * MIB;
    public static final int DEFAULT_K = 2;
    public static final long DEFAULT_CORRELATED_MILLIS = 10_000;
    public static final int DEFAULT_HISTORY_PERCENT = 100;
    public static final int MAX_HISTORY_PERCENT = 10_000;
    public static final long DEFAULT_UNFLUSHED_BYTES = 64 * MIB;
    public static final long DEFAULT_UNFLUSHED_MILLIS = 5_000;

    /** Each takes a descriptor and the memory of its index; a disk of some ten gigabytes has fewer. */
    public static final int DEFAULT_MAX_OPEN_FILES = 4096;

    /** Below this, tables would be opened for almost every read. */
    public static final int MIN_MAX_OPEN_FILES = 128;

    /** Room for some thousand stripes and their history. */
    public static final long MIN_INDEX_BYTES = MIB;

    /** What the index takes for a key that it knows of, held or remembered; a test holds it to that. */
    private static final int INDEX_ENTRY_BYTES = 100;

    /** A thirty-second of the capacity: what is free for cleaning stays small, and so does the number of segments. */
    private static final int SEGMENTS = 32;

    private static final long MIN_SEGMENT_BYTES = 8 * MIB;
    private static final long MAX_SEGMENT_BYTES = 1024 * MIB;

    /** Two segments are kept free for cleaning; with fewer in all, less than three quarters of the capacity could be live. */
    private static final int MIN_SEGMENTS = 24;

    public StoreConfig {
        List<String> problems = new ArrayList<>();
        atLeast(problems, "capacityBytes", capacityBytes, MIB);
        atLeast(problems, "hotBytes", hotBytes, 0);
        between(problems, "k", k, LruK.MIN_K, LruK.MAX_K);
        atLeast(problems, "correlatedMillis", correlatedMillis, 0);
        between(problems, "historyPercent", historyPercent, 0, MAX_HISTORY_PERCENT);
        atLeast(problems, "historyMillis", historyMillis, 1);
        between(problems, "segmentBytes", segmentBytes, 1, Math.max(1, capacityBytes / MIN_SEGMENTS));
        atLeast(problems, "unflushedBytes", unflushedBytes, 1);
        atLeast(problems, "unflushedMillis", unflushedMillis, 1);
        if (indexBytes != 0) {
            between(problems, "indexBytes", indexBytes, MIN_INDEX_BYTES, Math.max(MIN_INDEX_BYTES, hotBytes));
        }
        atLeast(problems, "maxOpenFiles", maxOpenFiles, MIN_MAX_OPEN_FILES);
        refuse(problems);
    }

    /** With an index as large as it needs to be, and a history that is bounded by number alone. */
    public StoreConfig(
            Path directory,
            long capacityBytes,
            long hotBytes,
            int k,
            long correlatedMillis,
            int historyPercent,
            long segmentBytes,
            long unflushedBytes,
            long unflushedMillis) {
        this(
                directory,
                capacityBytes,
                hotBytes,
                k,
                correlatedMillis,
                historyPercent,
                HistoryBound.FOREVER,
                segmentBytes,
                unflushedBytes,
                unflushedMillis,
                0,
                DEFAULT_MAX_OPEN_FILES);
    }

    /** What stays known of stripes that are not held. */
    public HistoryBound history() {
        return HistoryBound.ofStore(historyPercent, historyMillis);
    }

    /** The defaults for a store in this directory. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** The segment size that goes with a capacity. */
    public static long segmentBytesFor(long capacityBytes) {
        return Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, capacityBytes / SEGMENTS));
    }

    /** How many keys the index may know, held or remembered. */
    public int maxKeys() {
        return indexBytes == 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, indexBytes / INDEX_ENTRY_BYTES);
    }

    /** The largest value: more would leave too little choice of what to evict. */
    public long maxValueBytes() {
        return capacityBytes / 8;
    }

    /** How many full segments the capacity has room for. */
    public long segmentsInAll() {
        return capacityBytes / segmentBytes;
    }

    private static void atLeast(List<String> problems, String name, long value, long min) {
        if (value < min) {
            problems.add(name + ": " + value + " (expected: at least " + min + ")");
        }
    }

    private static void between(List<String> problems, String name, long value, long min, long max) {
        if (value < min || value > max) {
            problems.add(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new CacheException(CacheErrorCode.BAD_REQUEST, String.join("; ", problems));
        }
    }

    /** Collects settings; {@link #build} names all that are wrong at once. */
    public static final class Builder {

        private final Path directory;
        private long capacityBytes = DEFAULT_CAPACITY_BYTES;
        private long hotBytes = DEFAULT_HOT_BYTES;
        private int k = DEFAULT_K;
        private long correlatedMillis = DEFAULT_CORRELATED_MILLIS;
        private int historyPercent = DEFAULT_HISTORY_PERCENT;
        private long historyMillis = HistoryBound.FOREVER;
        private long segmentBytes;
        private long unflushedBytes = DEFAULT_UNFLUSHED_BYTES;
        private long unflushedMillis = DEFAULT_UNFLUSHED_MILLIS;
        private long indexBytes;
        private int maxOpenFiles = DEFAULT_MAX_OPEN_FILES;

        private Builder(Path directory) {
            this.directory = directory;
        }

        /** At least 256 MiB. */
        public Builder capacityBytes(long bytes) {
            capacityBytes = bytes;
            return this;
        }

        public Builder hotBytes(long bytes) {
            hotBytes = bytes;
            return this;
        }

        public Builder k(int references) {
            k = references;
            return this;
        }

        public Builder correlatedMillis(long millis) {
            correlatedMillis = millis;
            return this;
        }

        public Builder historyPercent(int percent) {
            historyPercent = percent;
            return this;
        }

        /** LRU-k's retained information period; without it the history is bounded by number alone. */
        public Builder historyMillis(long millis) {
            historyMillis = millis;
            return this;
        }

        /** 0, the default, for what goes with the capacity. */
        public Builder segmentBytes(long bytes) {
            segmentBytes = bytes;
            return this;
        }

        public Builder unflushedBytes(long bytes) {
            unflushedBytes = bytes;
            return this;
        }

        public Builder unflushedMillis(long millis) {
            unflushedMillis = millis;
            return this;
        }

        /** Bounds the index and counts it as part of the hot bytes; 0, the default, does neither. */
        public Builder indexBytes(long bytes) {
            indexBytes = bytes;
            return this;
        }

        public Builder maxOpenFiles(int files) {
            maxOpenFiles = files;
            return this;
        }

        /** @throws CacheException {@code BAD_REQUEST}, naming each setting that is out of range */
        public StoreConfig build() {
            List<String> problems = new ArrayList<>();
            atLeast(problems, "capacityBytes", capacityBytes, MIN_CAPACITY_BYTES);
            if (segmentBytes != 0) {
                between(problems, "segmentBytes", segmentBytes, MIB, MAX_SEGMENT_BYTES);
            }
            long segment = segmentBytes == 0 ? segmentBytesFor(capacityBytes) : segmentBytes;
            try {
                StoreConfig config = new StoreConfig(
                        directory,
                        capacityBytes,
                        hotBytes,
                        k,
                        correlatedMillis,
                        historyPercent,
                        historyMillis,
                        segment,
                        unflushedBytes,
                        unflushedMillis,
                        indexBytes,
                        maxOpenFiles);
                refuse(problems);
                return config;
            } catch (CacheException e) {
                if (problems.isEmpty() || e.detail().equals(String.join("; ", problems))) {
                    throw e;
                }
                throw new CacheException(
                        CacheErrorCode.BAD_REQUEST, String.join("; ", problems) + "; " + e.detail(), e);
            }
        }
    }
}
