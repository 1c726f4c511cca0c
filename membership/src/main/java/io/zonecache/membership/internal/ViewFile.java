package io.zonecache.membership.internal;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node remembers of its zone across restarts: {@code magic (4) | CRC32C of what follows (4) | highest epoch (8) | view, or
 * nothing}. Replaced as a whole, so that a crash leaves the old one or the new one. A file that can't be read is moved aside: the
 * node then learns the zone's view from the others.
 */
final class ViewFile {

    static final String NAME = "last-view";

    private static final Logger LOG = LoggerFactory.getLogger(ViewFile.class);
    private static final int MAGIC = 0x5A434D31;
    private static final int HEADER_BYTES = 16;
    private static final long MAX_BYTES = 32L << 20;

    private final Path directory;
    private final Path file;
    private final String zone;

    /** What was saved. */
    record Saved(long highestEpoch, @Nullable PublishedView view) {}

    /** @throws CacheException where the directory can't be made */
    ViewFile(Path directory, String zone) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
        this.zone = zone;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CacheException(
                    CacheErrorCode.INTERNAL, "membership directory: " + directory + " (expected: writable)", e);
        }
    }

    Saved load() {
        if (!Files.exists(file)) {
            return new Saved(0, null);
        }
        try {
            return read();
        } catch (IOException | IllegalArgumentException e) {
            moveAside(e);
            return new Saved(0, null);
        }
    }

    void save(Saved saved) throws IOException {
        byte[] view = saved.view() == null ? new byte[0] : Codec.encode(saved.view());
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + view.length);
        bytes.putInt(MAGIC).putInt(0).putLong(saved.highestEpoch()).put(view);
        bytes.putInt(4, crc(bytes.array()));
        Path next = directory.resolve(NAME + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            bytes.flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }

    private Saved read() throws IOException {
        long size = Files.size(file);
        if (size < HEADER_BYTES || size > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "size: " + size + " bytes (expected: " + HEADER_BYTES + ".." + MAX_BYTES + ")");
        }
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt() != MAGIC || buffer.getInt() != crc(bytes)) {
            throw new IllegalArgumentException(
                    "magic or checksum: wrong (expected: a file of this version, undamaged)");
        }
        long highestEpoch = Codec.epoch(buffer.getLong());
        if (!buffer.hasRemaining()) {
            return new Saved(highestEpoch, null);
        }
        byte[] rest = new byte[buffer.remaining()];
        buffer.get(rest);
        PublishedView view = Codec.view(rest);
        if (!view.view().settings().zone().equals(zone)) {
            throw new IllegalArgumentException("zone: " + view.view().settings().zone() + " (expected: " + zone + ")");
        }
        return new Saved(Math.max(highestEpoch, view.epoch()), view);
    }

    private void moveAside(Exception cause) {
        Path aside = directory.resolve(NAME + ".corrupt-" + Instant.now().toEpochMilli());
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.error("last view {}: unreadable, moved to {}; starting without one", file, aside, cause);
        } catch (IOException e) {
            e.addSuppressed(cause);
            throw new CacheException(
                    CacheErrorCode.INTERNAL, "last view: " + file + " is unreadable (expected: can be moved aside)", e);
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 8, bytes.length - 8);
        return (int) crc.getValue();
    }
}
