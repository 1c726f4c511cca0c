package io.zonecache.server.config;

/**
 * How a node's memory is split. All of it counts, not the heap alone, so that a container of this size holds the process.
 *
 * <pre>
 *   part      share                            128 MiB  256 MiB  1 GiB   what for
 *   heap      24 MiB + total / 16                  32       40      88   requests, cluster, garbage
 *   runtime   32 MiB + total / 16, to 96           40       48      96   classes, compiled code, stacks, collector
 *   network   total / 8                            16       32     128   records under way in either direction
 *   RocksDB   total / 8                            16       32     128   what is written and not on disk yet, tables
 *   stripes   the rest                             24      104     584   index, history, and what they leave: the hot tier
 * </pre>
 *
 * The index lies in the JVM's heap, which may therefore grow by its bound; a node with few stripes keeps them in memory instead.
 * {@code jvm-options.sh} computes the same numbers for the JVM's flags; a test holds the two together.
 */
public record MemorySplit(long totalBytes) {

    private static final long MIB = 1L << 20;

    /** More than this would be lost with the machine. */
    private static final long MAX_UNFLUSHED_BYTES = 64 * MIB;

    /** A million keys, so that a small budget is no reason to hold less than a small disk does. */
    private static final long SMALL_INDEX_BYTES = 96 * MIB;

    public static final long MIN_BYTES = 128 * MIB;

    /** The JVM's heap without the index. */
    public long heapBytes() {
        return 24 * MIB + totalBytes / 16;
    }

    /** Part of {@link #heapBytes} that idle connections may take, so that half of it and what an idle node needs remain. */
    public long connectionBytes() {
        return Math.min(totalBytes / 16, heapBytes() / 2);
    }

    public long runtimeBytes() {
        return 32 * MIB + Math.min(64 * MIB, totalBytes / 16);
    }

    public long networkBytes() {
        return totalBytes / 8;
    }

    public long rocksDbBytes() {
        return totalBytes / 8;
    }

    /** What RocksDB may hold that is not on disk yet; the rest of its part is tables and a batch being written. */
    public long unflushedBytes() {
        return Math.min(MAX_UNFLUSHED_BYTES, rocksDbBytes() / 4 * 3);
    }

    /** Index, history and hot tier together. */
    public long stripesBytes() {
        return totalBytes - heapBytes() - runtimeBytes() - networkBytes() - rocksDbBytes();
    }

    /** Most that index and history may take of {@link #stripesBytes}. */
    public long maxIndexBytes() {
        return Math.min(stripesBytes() * 15 / 16, Math.max(SMALL_INDEX_BYTES, totalBytes / 8));
    }

    public long maxHeapBytes() {
        return heapBytes() + maxIndexBytes();
    }
}
