package io.zonecache.server.access;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Lines in a file that, once it has half of the bound, becomes {@code FILE.1} in place of the one before. What an earlier run wrote is
 * gone on with; a line that a crash or a full disk cut short is ended first. Links are followed, and what is no regular file, such as a
 * pipe, is written without a bound. Not thread-safe.
 */
final class RotatingFile implements Closeable {

    private final Path path;
    private final long halfBytes;
    private @Nullable FileChannel channel;
    private long bytes;
    private boolean isRegular;

    /** @throws IOException if the file can't be created or written */
    RotatingFile(Path path, long maxBytes) throws IOException {
        this.path = path;
        this.halfBytes = maxBytes / 2;
        open();
    }

    /**
     * Appends whole lines, at most half of the bound.
     *
     * @throws IOException if they couldn't be written whole; the next call tries anew
     */
    void append(ByteBuffer lines) throws IOException {
        FileChannel target = channel == null ? open() : channel;
        if (isRegular && bytes > 0 && bytes + lines.remaining() > halfBytes) {
            close();
            Path current = path.toRealPath();
            Path older = current.resolveSibling(current.getFileName() + ".1");
            Files.move(current, older, StandardCopyOption.REPLACE_EXISTING);
            target = open();
        }
        try {
            while (lines.hasRemaining()) {
                bytes += target.write(lines);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private FileChannel open() throws IOException {
        boolean cutShort = endsWithinALine();
        FileChannel opened =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        channel = opened;
        isRegular = Files.isRegularFile(path);
        if (cutShort) {
            opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        bytes = isRegular ? opened.size() : 0;
        return opened;
    }

    private boolean endsWithinALine() throws IOException {
        if (!Files.isRegularFile(path) || Files.size(path) == 0) {
            return false;
        }
        try (FileChannel reader = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            reader.read(last, reader.size() - 1);
            return last.get(0) != '\n';
        }
    }
}
