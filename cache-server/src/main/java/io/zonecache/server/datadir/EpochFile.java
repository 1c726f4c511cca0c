package io.zonecache.server.datadir;

import io.zonecache.model.IoReasons;
import io.zonecache.model.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last epoch of a zone of one node, so that its views keep growing newer when the clock goes back. */
public final class EpochFile {

    private static final Logger LOG = LoggerFactory.getLogger(EpochFile.class);

    private static final int MAX_BYTES = 64;

    private EpochFile() {}

    /**
     * The epoch to publish next: one more than the last, or the time if that is more. It is written down already, unless the disk takes
     * nothing: the time alone is enough then while the clock does not go back.
     *
     * @throws DataDirectoryException if the file can't be read
     */
    public static long next(Path directory, long nowMillis) {
        AtomicFile file = AtomicFile.of(directory.resolve("epoch"));
        long next = Math.max(last(file) + 1, nowMillis);
        try {
            file.removeUnfinished();
            file.write((next + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.warn("epoch {} is not written down, views after a restart are newer only if the clock is", next, e);
        }
        return next;
    }

    /** A file that was cut off tells nothing. */
    private static long last(AtomicFile file) {
        byte[] content;
        try {
            content = file.read(MAX_BYTES);
        } catch (IOException e) {
            throw new DataDirectoryException(IoReasons.withFile(e) + " (expected: a readable file, or none)", false, e);
        }
        String text = content == null ? "0\n" : new String(content, StandardCharsets.ISO_8859_1);
        try {
            if (text.endsWith("\n")) {
                return Long.parseLong(text.trim());
            }
        } catch (NumberFormatException e) {
            LOG.debug("{}: no number", file, e);
        }
        LOG.warn("{}: cut off or damaged ({} bytes), the time takes its place", file, text.length());
        return 0;
    }
}
