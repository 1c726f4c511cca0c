package io.zonecache.model.file;

import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is replaced as a whole. Whatever happens during {@link #write}, be it a full disk, a kill or a power loss, the file
 * has the content of before or the new one; once it returns, the new one is on disk. For one writer at a time.
 */
public final class AtomicFile {

    private static final String UNFINISHED = ".new";

    private final Path path;
    private final Path unfinished;
    private final FileAttribute<?>[] attributes;

    private AtomicFile(Path path, FileAttribute<?>... attributes) {
        this.path = path.toAbsolutePath();
        this.unfinished = this.path.resolveSibling(path.getFileName() + UNFINISHED);
        this.attributes = attributes;
    }

    /** A file with the mode that the process gives its files. */
    public static AtomicFile of(Path path) {
        return new AtomicFile(path);
    }

    /** A file that only its owner can read and write, at no moment anybody else. */
    public static AtomicFile ownerOnly(Path path) {
        return new AtomicFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Removes what a {@link #write} has left whose process was killed. To be called at start. */
    public void removeUnfinished() throws IOException {
        Files.deleteIfExists(unfinished);
    }

    /**
     * The content, of a file that is longer than it can be only the first bytes beyond that.
     *
     * @return null if there is no file
     */
    public byte @Nullable [] read(int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(maxBytes + 1);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw failed("can't be read", e);
        }
    }

    /** @throws IOException naming the file, which has the content of before, or the new one not certainly on disk */
    public void write(byte[] content) throws IOException {
        try {
            removeUnfinished();
            writeUnfinished(content);
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            DurableDirectories.force(path.resolveSibling("."));
        } catch (IOException e) {
            removeAfter(e);
            throw failed("can't be written", e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private void writeUnfinished(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        try (FileChannel channel = FileChannel.open(
                unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private void removeAfter(IOException failure) {
        try {
            removeUnfinished();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** What the kernel says of an open file does not name it. */
    private IOException failed(String what, IOException cause) {
        IOException named = new FileSystemException(path.toString(), null, what + ": " + IoReasons.of(cause));
        named.initCause(cause);
        return named;
    }
}
