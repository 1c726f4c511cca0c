package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native library once for each process, through a file that is unlinked at once: in the store's directory, or where
 * that has no room for it, as on a full disk that holds what could be served, in the temporary directory or in memory.
 *
 * <p>RocksDB's own loader leaves 17 MB in the temporary directory whenever a process is killed, and needs that directory to allow
 * execution. What a process that was killed in this moment leaves is deleted by the next one that tries the same place.
 *
 * <p>An image has the file already, unpacked while it was built, in the directory that the system property {@value #DIRECTORY} names: a
 * container's volume may be full, and its memory may not be executed.
 */
final class NativeLibrary {

    private static final String DIRECTORY = "zonecache.native-directory";

    private static final String PREFIX = "zonecache-rocksdb-";

    /** The name that loadLibrary looks for: it takes "rocksdbjni" for the library's plain name. */
    private static final String FILE = Environment.getJniLibraryFileName("rocksdbjni");

    /** Another process may be loading its own; that takes a second at most. */
    private static final Duration LEFTOVER_AGE = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    private static boolean loaded;

    private NativeLibrary() {}

    /** @throws IOException if no place takes the file, naming what each said, or the platform isn't in the jar */
    static synchronized void load(Path storeDirectory) throws IOException {
        List<Path> places =
                List.of(storeDirectory, Path.of(System.getProperty("java.io.tmpdir", "/tmp")), Path.of("/dev/shm"));
        if (!loaded) {
            String unpacked = System.getProperty(DIRECTORY);
            if (unpacked == null || !loadUnpacked(Path.of(unpacked))) {
                // Where earlier versions unpacked it.
                Files.deleteIfExists(storeDirectory.resolve(FILE));
                loadFromFirstOf(places);
            }
            loaded = true;
        }
    }

    /** Unpacks it first where that is possible; false if it is neither there nor can be. */
    private static boolean loadUnpacked(Path directory) {
        try {
            if (!Files.exists(directory.resolve(FILE))) {
                unpack(directory);
            }
            RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
            return true;
        } catch (IOException | UnsatisfiedLinkError e) {
            LOG.warn("native library in {}: can't be loaded, another place is tried: {}", directory, e.toString());
            return false;
        }
    }

    private static void unpack(Path directory) throws IOException {
        Path unfinished = Files.createTempFile(directory, PREFIX, "");
        try (InputStream library = open()) {
            Files.copy(library, unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(unfinished, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void loadFromFirstOf(List<Path> places) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Path place : places) {
            try {
                loadThrough(place);
                return;
            } catch (IOException | UnsatisfiedLinkError e) {
                problems.add(place + ": " + e);
            }
        }
        throw new IOException("native library: no place to load it from (expected: 20 MB free, execution allowed): "
                + String.join("; ", problems));
    }

    private static void loadThrough(Path place) throws IOException {
        deleteLeftovers(place);
        Path directory = Files.createTempDirectory(place, PREFIX);
        Path file = directory.resolve(FILE);
        try (InputStream library = open()) {
            Files.copy(library, file);
            RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
    }

    private static void deleteLeftovers(Path place) throws IOException {
        Instant latest = Instant.now().minus(LEFTOVER_AGE);
        List<Path> found;
        try (Stream<Path> files = Files.list(place)) {
            found = files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
        for (Path directory : found) {
            if (Files.getLastModifiedTime(directory).toInstant().isBefore(latest) && Files.isWritable(directory)) {
                Files.deleteIfExists(directory.resolve(FILE));
                Files.deleteIfExists(directory);
            }
        }
    }

    private static InputStream open() throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        InputStream library = RocksDB.class.getClassLoader().getResourceAsStream(name);
        if (library == null) {
            throw new IOException("native library: " + name + " is not in the jar (expected: a supported platform)");
        }
        return library;
    }
}
