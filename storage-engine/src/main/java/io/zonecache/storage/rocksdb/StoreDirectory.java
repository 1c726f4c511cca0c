package io.zonecache.storage.rocksdb;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's directory, held by one process at a time.
 *
 * <p>The lock is a file beside the directory ({@code <directory>.lock}), so that it outlives the directory's being moved aside.
 */
final class StoreDirectory implements AutoCloseable {

    /** What was moved aside is there to be looked at; more than the last two help nobody. */
    static final int KEPT_ASIDE = 2;

    private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);
    private static final int DISK_BLOCK_BYTES = 4096;
    private static final int TRY_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel lockFile;
    private final FreeSpace freeSpace;

    private StoreDirectory(Path path, FileChannel lockFile, FreeSpace freeSpace) {
        this.path = path;
        this.lockFile = lockFile;
        this.freeSpace = freeSpace;
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
            throw refused(path, "can't be used: " + e + " (expected: a directory of the node's own)", e);
        } catch (CacheException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** Renames the directory to {@code <directory>.broken-<n>} and starts an empty one. Payload files are deleted: they would fill the disk. */
    void moveAside() throws IOException {
        int highest = aside().stream().mapToInt(StoreDirectory::numberOf).max().orElse(0);
        Path target = sibling(path, ".broken-" + (highest + 1));
        Files.move(path, target);
        Files.createDirectories(path);
        LOG.error("store moved aside: {} is now {}, without its payload; an empty store is started", path, target);
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".sst")).toList()) {
                Files.delete(file);
            }
        }
        List<Path> all = aside();
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT_ASIDE))) {
            deleteTree(old);
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

    private List<Path> aside() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> siblings = Files.list(sibling(path, "").getParent())) {
            siblings.filter(candidate -> numberOf(candidate) > 0).forEach(found::add);
        }
        found.sort(Comparator.comparingInt(StoreDirectory::numberOf));
        String prefix = path.getFileName() + ".broken-";
        found.removeIf(candidate -> !candidate.getFileName().toString().startsWith(prefix));
        return found;
    }

    private static int numberOf(Path candidate) {
        Matcher matcher = Pattern.compile(".*\\.broken-(\\d{1,9})")
                .matcher(candidate.getFileName().toString());
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
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

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
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

    private static CacheException refused(Path path, String why, @Nullable Throwable cause) {
        return new CacheException(CacheErrorCode.BAD_REQUEST, "store directory: " + path + " is " + why, cause);
    }

    /** How much a directory's disk would still take. */
    interface FreeSpace {

        long usableBytes(Path path) throws IOException;
    }
}
