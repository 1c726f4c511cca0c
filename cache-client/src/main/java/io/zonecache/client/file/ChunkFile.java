package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.internal.transport.Blocking;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.List;

/**
 * A file that is read through a zone, chunk by chunk: a list of chunks named by their SHA-256, or an object that a store already holds, which is
 * read in ranges and not changed.
 *
 * <pre>{@code
 * ChunkFile file = ChunkFile.ofObject(cache, "s3://models/llama/weights.bin");
 * try (InputStream in = file.stream()) {
 *     ...
 * }
 * }</pre>
 *
 * Immutable and safe to share; each channel and stream has its own position in the file. Everything that reads may block, on virtual threads too,
 * for at most the timeout per chunk. Failures are {@link IOException}s whose cause is the {@link io.zonecache.model.CacheException}; an interrupt
 * ends a read with {@link java.io.InterruptedIOException}. On one of the cache's own threads, such as one that completes its futures, reads throw
 * {@link IllegalStateException}.
 */
public final class ChunkFile {

    /** Default chunk size in bytes. All readers of an object should use the same size, or they share nothing. */
    public static final int DEFAULT_CHUNK_BYTES = 512 * 1024;

    /** Default number of bytes read ahead: eight chunks of the usual size cover a zone's latency at some GB/s. */
    public static final long DEFAULT_READ_AHEAD_BYTES = 4L << 20;

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Layout layout;
    private final Duration timeout;
    private final long readAheadBytes;

    private ChunkFile(Layout layout, Duration timeout, long readAheadBytes) {
        this.layout = layout;
        this.timeout = timeout;
        this.readAheadBytes = readAheadBytes;
    }

    static ChunkFile of(Layout layout) {
        return new ChunkFile(layout, DEFAULT_TIMEOUT, DEFAULT_READ_AHEAD_BYTES);
    }

    /**
     * A file of consecutive chunks of one size; only the last one may be shorter. Sends no request.
     *
     * @param cache the cache to read chunks through
     * @param keys the chunks' SHA-256, in the order of the file; copied
     * @param chunkBytes length of each chunk but the last, 1 B to 16 MiB
     * @param fileBytes length of the whole file
     * @throws IllegalArgumentException if the number of chunks does not match the chunk size and the length of the file
     */
    public static ChunkFile ofChunks(ZoneCache cache, List<ChunkKey> keys, int chunkBytes, long fileBytes) {
        return of(new ChunkListLayout(cache, keys, chunkBytes, fileBytes));
    }

    /**
     * A file of chunks whose sizes are not known, such as the list that {@code zonecache put} prints. Reads the first and the last chunk.
     *
     * @param cache the cache to read chunks through
     * @param keys the chunks' SHA-256, in the order of the file; copied
     * @throws IOException if either chunk can't be read, or the last one is longer than the first
     * @throws IllegalStateException on one of the cache's own threads, which would wait for itself
     */
    public static ChunkFile ofChunks(ZoneCache cache, List<ChunkKey> keys) throws IOException {
        if (keys.isEmpty()) {
            return ofChunks(cache, keys, DEFAULT_CHUNK_BYTES, 0);
        }
        Blocking.check();
        Chunk first = Waiting.await(cache.get(keys.get(0), DEFAULT_TIMEOUT), "chunk " + keys.get(0));
        ChunkKey end = keys.get(keys.size() - 1);
        Chunk last = Waiting.await(cache.get(end, DEFAULT_TIMEOUT), "chunk " + end);
        if (last.length() > first.length()) {
            throw new IOException("bytes of " + last + " at the end of the file (expected: at most those of " + first
                    + " at its beginning)");
        }
        return ofChunks(cache, keys, first.length(), (keys.size() - 1L) * first.length() + last.length());
    }

    /**
     * An object in its current state, cut into chunks of {@link #DEFAULT_CHUNK_BYTES}. Asks the origin for its ETag and length, unless the cache
     * remembers them, and reads its first chunk: if that is gone, as the object has changed since it was remembered, the origin is asked once more.
     * If the zone still holds it, the file is that of the version remembered, at most {@link
     * io.zonecache.client.FillConfig#statMillis} old, and what the zone lacks of it fails with {@code ABSENT}.
     *
     * @param cache the cache to read ranges through
     * @param uri the object's name at its origin, such as {@code s3://BUCKET/KEY}, the key as it is, not escaped
     * @throws IOException if the request to the origin fails, or there is no such object
     * @throws IllegalStateException on one of the cache's own threads, which would wait for itself
     */
    public static ChunkFile ofObject(ZoneCache cache, String uri) throws IOException {
        Blocking.check();
        StoredObject object = Waiting.await(cache.stat(uri), uri);
        if (object.lengthBytes() > 0 && hasChanged(cache, object)) {
            object = Waiting.await(cache.stat(uri), uri);
        }
        return ofObject(cache, object, DEFAULT_CHUNK_BYTES);
    }

    private static boolean hasChanged(ZoneCache cache, StoredObject object) throws IOException {
        int firstBytes = (int) Math.min(DEFAULT_CHUNK_BYTES, object.lengthBytes());
        try {
            Chunk unused = Waiting.await(cache.get(object.range(0, firstBytes), DEFAULT_TIMEOUT), object.uri());
            return false;
        } catch (IOException e) {
            if (e.getCause() instanceof CacheException failure && failure.code() == CacheErrorCode.ABSENT) {
                return true;
            }
            throw e;
        }
    }

    /**
     * An object whose ETag and length are known. Sends no request.
     *
     * @param cache the cache to read ranges through
     * @param object as its store described it; once it has another ETag, what the zone does not hold can't be read any more
     * @param chunkBytes length of each chunk but the last, 1 B to 16 MiB
     * @throws IllegalArgumentException if the chunk size is out of range
     */
    public static ChunkFile ofObject(ZoneCache cache, StoredObject object, int chunkBytes) {
        return of(new ObjectLayout(cache, object, chunkBytes));
    }

    /**
     * The same file with another timeout; 30 s is the default.
     *
     * @param newTimeout how long a reader waits for one chunk; any length
     * @throws IllegalArgumentException if it is not positive
     */
    public ChunkFile withTimeout(Duration newTimeout) {
        if (newTimeout.isZero() || newTimeout.isNegative()) {
            throw new IllegalArgumentException("timeout: " + newTimeout + " (expected: more than 0)");
        }
        return new ChunkFile(layout, newTimeout, readAheadBytes);
    }

    /**
     * The same file with another bound for what is read ahead; {@link #DEFAULT_READ_AHEAD_BYTES} is the default.
     *
     * @param bytes maximum number of bytes in flight or kept ahead of the reader of one channel or stream. One chunk is read ahead even if it is
     *     longer; with 0 none is
     * @throws IllegalArgumentException if it is negative
     */
    public ChunkFile withReadAhead(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("readAhead: " + bytes + " bytes (expected: 0 or more)");
        }
        return new ChunkFile(layout, timeout, bytes);
    }

    /** Length of the whole file in bytes. */
    public long lengthBytes() {
        return layout.fileBytes();
    }

    /** How many chunks the file has. */
    public int chunks() {
        return layout.chunks();
    }

    /**
     * A read-only channel, positioned at the beginning of the file. Safe for concurrent use; readers wait for each other. Reads fail with an
     * {@link IOException} if a chunk can't be read. Closing it ends reads in flight, and leaves the cache open.
     */
    public SeekableByteChannel channel() {
        return new ChunkFileChannel(layout.fileBytes(), window(readAheadBytes));
    }

    /** A stream from the beginning of the file, otherwise like {@link #channel}; mark and reset work at any position. */
    public InputStream stream() {
        return new ChunkFileStream(new ChunkFileChannel(layout.fileBytes(), window(readAheadBytes)));
    }

    /**
     * Reads from a position, independently of channels and streams, and without reading ahead. Safe for concurrent use.
     *
     * @param position in the file in bytes, 0 or more
     * @param target receives as many bytes as it has remaining
     * @return the number of bytes read: as many as remain in the target, fewer only at the end of the file, -1 beyond it
     * @throws IOException if a chunk can't be read
     * @throws IllegalArgumentException if the position is negative
     * @throws IllegalStateException on one of the cache's own threads, which would wait for itself
     */
    public int read(long position, ByteBuffer target) throws IOException {
        try (SeekableByteChannel channel = new ChunkFileChannel(layout.fileBytes(), window(0))) {
            return channel.position(position).read(target);
        }
    }

    private ReadAhead window(long bytes) {
        return new ReadAhead(layout, timeout, bytes);
    }
}
