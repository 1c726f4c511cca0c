package io.zonecache.membership.internal;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.file.AtomicFile;
import io.zonecache.model.file.DurableDirectories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    private static final int MAX_BYTES = 32 << 20;

    private final Path directory;
    private final Path file;
    private final AtomicFile content;
    private final String zone;

    /** What was saved. */
    record Saved(long highestEpoch, @Nullable PublishedView view) {}

    /** @throws CacheException where the directory can't be made */
    ViewFile(Path directory, String zone) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
        this.content = AtomicFile.of(file);
        this.zone = zone;
        try {
            DurableDirectories.create(directory);
            content.removeUnfinished();
        } catch (IOException e) {
            throw new CacheException(
                    CacheErrorCode.INTERNAL, "membership directory: " + directory + " (expected: writable)", e);
        }
    }

    /** @throws CacheException where the file can't be read, which says nothing of its content */
    Saved load() {
        byte[] bytes;
        try {
            bytes = content.read(MAX_BYTES);
        } catch (IOException e) {
            throw new CacheException(
                    CacheErrorCode.INTERNAL,
                    "last view: " + e
                            + " (expected: a readable file; while other nodes of the zone run, this one can do without it)",
                    e);
        }
        try {
            return bytes == null ? new Saved(0, null) : parse(bytes);
        } catch (IllegalArgumentException e) {
            moveAside(e);
            return new Saved(0, null);
        }
    }

    void save(Saved saved) throws IOException {
        byte[] view = saved.view() == null ? new byte[0] : Codec.encode(saved.view());
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + view.length);
        bytes.putInt(MAGIC).putInt(0).putLong(saved.highestEpoch()).put(view);
        bytes.putInt(4, crc(bytes.array()));
        content.write(bytes.array());
    }

    private Saved parse(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "size: " + bytes.length + " bytes (expected: " + HEADER_BYTES + ".." + MAX_BYTES + ")");
        }
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
