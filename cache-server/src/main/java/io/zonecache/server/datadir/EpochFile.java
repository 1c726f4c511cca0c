package io.zonecache.server.datadir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The last epoch of a zone of one node, so that its views keep growing newer when the clock goes back. */
public final class EpochFile {

    private EpochFile() {}

    /**
     * The epoch to publish next, written down already: one more than the last, or the time if that is more.
     *
     * @throws DataDirectoryException if the file can't be read or written
     */
    public static long next(Path directory, long nowMillis) {
        Path file = directory.resolve("epoch");
        try {
            long last = Files.exists(file) ? parse(Files.readString(file).trim()) : 0;
            long next = Math.max(last + 1, nowMillis);
            Path unfinished = directory.resolve("epoch.new");
            Files.writeString(unfinished, next + "\n");
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return next;
        } catch (IOException e) {
            throw new DataDirectoryException(file + ": " + e + " (expected: a writable file)", false, e);
        }
    }

    /** A file that a crash of the machine left without content tells nothing. */
    private static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
