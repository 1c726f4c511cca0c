package io.zonecache.storage.rocksdb;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.IoReasons;
import io.zonecache.model.file.DurableDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's directory, held by one process at a time.
 *
 * <p>The lock is a file beside the directory ({@code <directory>.lock}), so that it outlives the directory's being discarded.
 */
final class StoreDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);
    private static final int DISK_BLOCK_BYTES = 4096;
    private static final int TRY_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel lockFile;
    private final FreeSpace freeSpace;
    private final SpareFile spare;

    private StoreDirectory(Path path, FileChannel lockFile, FreeSpace freeSpace) {
        this.path = path;
        this.lockFile = lockFile;
        this.freeSpace = freeSpace;
        this.spare = new SpareFile(path);
    }

    /** @throws CacheException naming the directory if another store has it, or it can't be written */
    static StoreDirectory acquire(Path directory, FreeSpace freeSpace) {
        Path path = directory.toAbsolutePath().normalize();
        Path lockPath = sibling(path, ".lock");
        FileChannel channel = null;
        try {
            Files.createDirectories(path);
            channel = FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                throw refused(path, "in use by another process (expected: one node for each store)", null);
            }
            if (!Files.isWritable(path)) {
                throw refused(path, "not writable (expected: a directory of the node's own)", null);
            }
            return new StoreDirectory(path, channel, freeSpace);
        } catch (IOException e) {
            closeQuietly(channel);
            throw unusable(path, e);
        } catch (CacheException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** @throws CacheException naming the directory if it can't be read or written */
    StoreMarks marks() {
        try {
            return StoreMarks.open(path);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    SpareFile spareFile() {
        return spare;
    }

    /** Makes a corrupt database one that opens; if this throws, it is as it was. */
    void repair(StoreMarks marks) throws RocksDBException, IOException {
        new StoreRepair(path, marks, System::currentTimeMillis).run();
    }

    /** As {@link io.zonecache.storage.StripeStores#discard}. */
    static @Nullable Path discard(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw refused(directory.toAbsolutePath(), "not there (expected: a store's directory)", null);
        }
        try (StoreDirectory taken = acquire(directory, StoreDirectory::usableBytes)) {
            // Renamed first: what a deletion that is cut short leaves must not be taken for a damaged store.
            Path real = taken.path.toRealPath();
            Path discarded = real.resolveSibling(real.getFileName() + ".discarded-" + UUID.randomUUID());
            Files.move(real, discarded, StandardCopyOption.ATOMIC_MOVE);
            DurableDirectories.create(real);
            return deleteTree(discarded) ? null : discarded;
        } catch (IOException e) {
            throw new CacheException(
                    CacheErrorCode.INTERNAL,
                    "store directory: " + directory + " can't be discarded: " + IoReasons.withFile(e)
                            + " (expected: a disk on which it can be renamed, or a new disk)",
                    e);
        }
    }

    /** What the directory takes on disk, in whole blocks. */
    long diskBytes() throws IOException {
        long[] sum = {0};
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                long blocks = (attributes.size() + DISK_BLOCK_BYTES - 1) / DISK_BLOCK_BYTES;
                sum[0] += blocks * DISK_BLOCK_BYTES;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return sum[0];
    }

    /** @throws IOException if the disk doesn't take a file of some size, down to the medium */
    void tryWrite() throws IOException {
        Path file = path.resolve("try-write");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.allocate(TRY_BYTES));
            channel.force(true);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** What the disk would still take. */
    long usableBytes() throws IOException {
        return freeSpace.usableBytes(path);
    }

    static long usableBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public void close() {
        closeQuietly(lockFile);
    }

    private static Path sibling(Path path, String suffix) {
        Path name = path.getFileName();
        if (name == null) {
            throw refused(path, "a root (expected: a directory of the node's own)", null);
        }
        return path.resolveSibling(name + suffix);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Whether all of it is gone. */
    private static boolean deleteTree(Path root) {
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(root)) {
            paths = tree.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{}: can't be listed", root, e);
            return false;
        }
        for (Path path : paths) {
            try {
                Files.delete(path);
            } catch (IOException e) {
                LOG.warn("{}: can't be deleted", path, e);
            }
        }
        return !Files.exists(root);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("lock file can't be closed", e);
        }
    }

    private static CacheException unusable(Path path, IOException e) {
        return refused(path, "not usable: " + IoReasons.withFile(e) + " (expected: a directory of the node's own)", e);
    }

    private static CacheException refused(Path path, String why, @Nullable Throwable cause) {
        return new CacheException(CacheErrorCode.BAD_REQUEST, "store directory: " + path + " is " + why, cause);
    }

    /** How much a directory's disk would still take. */
    interface FreeSpace {

        long usableBytes(Path path) throws IOException;
    }
}
