package io.zonecache.server.datadir;

import io.zonecache.model.IoReasons;
import io.zonecache.model.file.AtomicFile;
import io.zonecache.model.file.DurableDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory taken for this process, until closed. Nothing in it is touched before the lock is held and {@code node.properties}
 * says that it is this node's.
 */
public final class DataDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String LOCK = "lock";
    private static final int MAX_IDENTITY_BYTES = 4096;
    private static final String IDENTITY = "node.properties";

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
            DurableDirectories.create(path);
            lockFile = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path + ": " + IoReasons.of(e) + " (expected: a writable directory)", false, e);
        }
        try {
            lock(path, lockFile);
            DataDirectory directory = new DataDirectory(path, lockFile);
            directory.claim(new NodeIdentity(zone, id));
            return directory;
        } catch (IOException e) {
            close(lockFile);
            throw new DataDirectoryException(
                    path + ": " + IoReasons.withFile(e) + " (expected: a writable directory)", false, e);
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
        writePid(lockFile);
    }

    /** For whoever finds the directory in use. The lock is what counts, and it is held on a full disk as well. */
    private static void writePid(FileChannel lockFile) {
        String pid = ProcessHandle.current().pid() + "\n";
        try {
            lockFile.truncate(0);
            lockFile.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            LOG.warn("data directory: the process id is not written into {} ({})", LOCK, e.toString());
        }
    }

    private void claim(NodeIdentity wanted) throws IOException {
        Path file = path.resolve(IDENTITY);
        AtomicFile kept = AtomicFile.of(file);
        kept.removeUnfinished();
        byte[] content = kept.read(MAX_IDENTITY_BYTES);
        NodeIdentity owner = content == null ? null : NodeIdentity.parse(content);
        if (wanted.equals(owner)) {
            return;
        }
        if (owner != null) {
            throw new DataDirectoryException(
                    path + ": belongs to node " + owner + " (expected: " + wanted
                            + ", or an empty directory; if it is this node's, delete " + file
                            + ", the stripes are kept)",
                    true,
                    null);
        }
        if (content != null) {
            repair(file, content, wanted);
        }
        kept.write(wanted.toBytes());
    }

    /**
     * Takes a directory for this node's whose owner can't be read whole, unless what is left names another. The id comes from the
     * configuration, and stripes are checked by key and checksum, so that nothing is lost or served wrongly if it was another's.
     */
    private void repair(Path file, byte[] content, NodeIdentity wanted) {
        String contradiction = wanted.contradiction(content);
        if (contradiction != null) {
            throw new DataDirectoryException(
                    file + ": cut off or damaged, and says \"" + contradiction + "\" (expected: "
                            + wanted
                            + "; if the directory is this node's, delete that file, the stripes are kept; else "
                            + "name another directory)",
                    true,
                    null);
        }
        LOG.warn(
                "data directory: {} was cut off or damaged ({} bytes) and is written anew for node {}",
                file,
                content.length,
                wanted);
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
