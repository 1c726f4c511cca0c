package io.zonecache.server.datadir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A directory taken for this process, until closed. Nothing in it is touched before the lock is held and {@code node.properties}
 * says that it is this node's.
 */
public final class DataDirectory implements AutoCloseable {

    private static final String LOCK = "lock";
    private static final String IDENTITY = "node.properties";
    private static final String ZONE = "zone";
    private static final String ID = "id";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /** @throws DataDirectoryException if it can't be created or written, is in use, or belongs to another zone or node */
    public static DataDirectory open(Path path, String zone, String id) {
        FileChannel lockFile;
        try {
            Files.createDirectories(path);
            lockFile = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new DataDirectoryException(path + ": " + e + " (expected: a writable directory)", false, e);
        }
        try {
            lock(path, lockFile);
            DataDirectory directory = new DataDirectory(path, lockFile);
            directory.claim(zone, id);
            return directory;
        } catch (IOException e) {
            close(lockFile);
            throw new DataDirectoryException(path + ": " + e + " (expected: a writable directory)", false, e);
        } catch (DataDirectoryException e) {
            close(lockFile);
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** Gives the directory free. */
    @Override
    public void close() {
        close(lockFile);
    }

    private static void lock(Path path, FileChannel lockFile) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new DataDirectoryException(
                    path + ": in use by another node (expected: a directory of its own)", false, null);
        }
        // For whoever finds the directory in use; the lock is what counts.
        lockFile.truncate(0);
        String pid = ProcessHandle.current().pid() + "\n";
        lockFile.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
    }

    private void claim(String zone, String id) throws IOException {
        Path file = path.resolve(IDENTITY);
        Properties identity = new Properties();
        if (Files.exists(file)) {
            try (var in = Files.newBufferedReader(file)) {
                identity.load(in);
            }
            String owner = identity.getProperty(ZONE) + '/' + identity.getProperty(ID);
            if (!owner.equals(zone + '/' + id)) {
                throw new DataDirectoryException(
                        path + ": belongs to node " + owner + " (expected: " + zone + '/' + id
                                + ", or an empty directory)",
                        true,
                        null);
            }
            return;
        }
        identity.setProperty(ZONE, zone);
        identity.setProperty(ID, id);
        Path unfinished = path.resolve(IDENTITY + ".new");
        try (var out = Files.newBufferedWriter(unfinished)) {
            identity.store(out, null);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
