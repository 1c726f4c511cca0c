package io.zonecache.client.origin.directory;

import static io.zonecache.model.CacheErrorCode.ABSENT;
import static io.zonecache.model.CacheErrorCode.ORIGIN_FAILED;

import io.zonecache.client.origin.BufferReservation;
import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.OriginThreads;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.file.DurableDirectories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Stores each chunk in a file, {@code <directory>/<first two hex digits>/<key>}: for experiments, and for shared file systems. Writes are atomic: a
 * file is whole or not there.
 */
public final class DirectoryOrigin implements Origin {

    private final Path directory;
    private final int maxChunkBytes;
    private final OriginThreads threads;

    /**
     * Creates an origin; nothing is read yet.
     *
     * @param directory need not exist yet
     * @param limits threads, queue and length of chunks
     */
    public DirectoryOrigin(Path directory, OriginLimits limits) {
        this.directory = directory;
        this.maxChunkBytes = limits.maxChunkBytes();
        this.threads = new OriginThreads(describe(), limits);
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        if (request.range() != null) {
            return CompletableFuture.failedFuture(noObjects(request.range().uri()));
        }
        return threads.submit(
                "reading " + request.target(),
                request.timeouts(),
                running -> read(request.key(), request.reservation(), running));
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        ByteBuffer bytes = chunk.asReadOnlyBuffer();
        return threads.submit("writing chunk " + key, FetchTimeouts.of(timeoutMillis), running -> {
            write(key, bytes);
            return null;
        });
    }

    @Override
    public String describe() {
        return "file:" + directory;
    }

    @Override
    public void close() {
        threads.close();
    }

    private Path path(ChunkKey key) {
        String hex = key.toHex();
        return directory.resolve(hex.substring(0, 2)).resolve(hex);
    }

    private byte[] read(ChunkKey key, BufferReservation reservation, OriginThreads.Call running)
            throws IOException, InterruptedException {
        Path path = path(key);
        try (SeekableByteChannel channel = Files.newByteChannel(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 1 || size > maxChunkBytes) {
                throw new OriginRefusedException(
                        "bytes of " + path + ": " + size + " (expected: 1.." + maxChunkBytes + ")", null);
            }
            running.await(reservation.reserve((int) size));
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new CacheException(
                            ORIGIN_FAILED, "bytes of " + path + ": " + bytes.position() + " (expected: " + size + ")");
                }
                running.recordProgress();
            }
            return bytes.array();
        } catch (NoSuchFileException e) {
            if (!Files.isDirectory(directory)) {
                throw new CacheException(ORIGIN_FAILED, "origin: no directory " + directory + " (expected: one)", e);
            }
            throw new CacheException(ABSENT, "chunk " + key + ": no file " + path, e);
        }
    }

    private void write(ChunkKey key, ByteBuffer bytes) throws IOException {
        Path path = path(key);
        Path parent = path.resolveSibling(".");
        DurableDirectories.create(parent);
        String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path partial = parent.resolve("." + path.getFileName() + "." + unique + ".partial");
        try {
            try (FileChannel channel =
                    FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
            DurableDirectories.force(parent);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
