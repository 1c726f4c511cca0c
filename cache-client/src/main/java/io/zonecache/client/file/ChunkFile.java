package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.List;

/**
 * A file that is read through a zone, chunk by chunk: a list of chunks named by their SHA-256, or an object that lies in a store
 * already, read in ranges and left as it is.
 *
 * <pre>{@code
 * ChunkFile file = ChunkFile.ofObject(cache, "s3://models/llama/weights.bin");
 * try (InputStream in = file.stream()) {
 *     ...
 * }
 * }</pre>
 *
 * Immutable and safe to share; each channel and stream has its own place in the file. All that reads may block, on virtual threads
 * as well as on others, each chunk within the timeout. Failures are {@link IOException}s whose cause is the
 * {@link io.zonecache.model.CacheException}; an interrupt ends a read with {@link java.io.InterruptedIOException}.
 */
public final class ChunkFile {

    /** All readers of one object should cut it alike, or they share nothing. */
    public static final int DEFAULT_CHUNK_BYTES = 512 * 1024;

    /** Eight chunks of the usual size under way cover a zone's latency at some GB/s. */
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
     * Chunks one after the other, all of one size but for the last, which may be shorter.
     *
     * @throws IllegalArgumentException if that many chunks of that size are not that many bytes
     */
    public static ChunkFile ofChunks(ZoneCache cache, List<ChunkKey> keys, int chunkBytes, long fileBytes) {
        return of(new ChunkListLayout(cache, keys, chunkBytes, fileBytes));
    }

    /** The same for a list that does not tell the sizes, as {@code zonecache put} prints it: the first and last chunk are read for them. */
    public static ChunkFile ofChunks(ZoneCache cache, List<ChunkKey> keys) throws IOException {
        if (keys.isEmpty()) {
            return ofChunks(cache, keys, DEFAULT_CHUNK_BYTES, 0);
        }
        Chunk first = Waiting.await(cache.get(keys.get(0), DEFAULT_TIMEOUT), "chunk " + keys.get(0));
        ChunkKey end = keys.get(keys.size() - 1);
        Chunk last = Waiting.await(cache.get(end, DEFAULT_TIMEOUT), "chunk " + end);
        if (last.length() > first.length()) {
            throw new IOException("bytes of " + last + " at the end of the file (expected: at most those of " + first
                    + " at its beginning)");
        }
        return ofChunks(cache, keys, first.length(), (keys.size() - 1L) * first.length() + last.length());
    }

    /** An object as it is now, cut into chunks of the usual size. Asks the origin for its ETag and length. */
    public static ChunkFile ofObject(ZoneCache cache, String uri) throws IOException {
        return ofObject(cache, Waiting.await(cache.stat(uri), uri), DEFAULT_CHUNK_BYTES);
    }

    /** An object whose ETag and length are known. The zone's key scheme must be {@code opaque}. */
    public static ChunkFile ofObject(ZoneCache cache, StoredObject object, int chunkBytes) {
        return of(new ObjectLayout(cache, object, chunkBytes));
    }

    /** @param newTimeout how long a reader waits for one chunk */
    public ChunkFile withTimeout(Duration newTimeout) {
        return new ChunkFile(layout, newTimeout, readAheadBytes);
    }

    /** @param bytes most bytes under way or kept ahead of the reader of one channel or stream; 0 for none */
    public ChunkFile withReadAhead(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("readAhead: " + bytes + " bytes (expected: 0 or more)");
        }
        return new ChunkFile(layout, timeout, bytes);
    }

    public long lengthBytes() {
        return layout.fileBytes();
    }

    public int chunks() {
        return layout.chunks();
    }

    /** Safe for concurrent use; readers wait for each other. Does not close the cache. */
    public SeekableByteChannel channel() {
        return new ChunkFileChannel(layout.fileBytes(), window(readAheadBytes));
    }

    /** Like the channel; mark and reset work anywhere. */
    public InputStream stream() {
        return new ChunkFileStream(new ChunkFileChannel(layout.fileBytes(), window(readAheadBytes)));
    }

    /**
     * Reads from a position without touching any other reader's, and without reading ahead. Safe for concurrent use.
     *
     * @return bytes read: all there is room for, fewer only at the end of the file, -1 beyond it
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
