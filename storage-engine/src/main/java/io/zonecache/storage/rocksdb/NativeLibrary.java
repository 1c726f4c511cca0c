package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library once for each process, through a file that is unlinked at once: in the store's directory, or where
 * that has no room for it, as on a full disk that holds what could be served, in the temporary directory or in memory.
 *
 * <p>RocksDB's own loader leaves 17 MB in the temporary directory whenever a process is killed, and needs that directory to allow
 * execution. What a process that was killed in this moment leaves is deleted by the next one that tries the same place.
 *
 * <p>An image has the file already, unpacked while it was built, in the directory that the system property {@value #KEPT_IN} names: a
 * container's volume may be full, and its memory may not be executed.
 */
final class NativeLibrary {

    private static final String KEPT_IN = "zonecache.native-directory";

    private static final String PREFIX = "zonecache-rocksdb-";

    /** The name that loadLibrary looks for: it takes "rocksdbjni" for the library's plain name. */
    private static final String FILE = Environment.getJniLibraryFileName("rocksdbjni");

    /** Another process may be loading its own; that takes a second at most. */
    private static final Duration LEFTOVER_AGE = Duration.ofMinutes(10);

    private static boolean loaded;

    private NativeLibrary() {}

    /** @throws IOException if no place takes the file, naming what each said, or the platform isn't in the jar */
    static synchronized void load(Path storeDirectory) throws IOException {
        List<Path> places =
                List.of(storeDirectory, Path.of(System.getProperty("java.io.tmpdir", "/tmp")), Path.of("/dev/shm"));
        if (!loaded) {
            String kept = System.getProperty(KEPT_IN);
            if (kept == null || !loadKept(Path.of(kept))) {
                loadFromFirstOf(places);
            }
            loaded = true;
        }
    }

    /** Unpacks it first where that is possible; false if it is neither there nor can be. */
    private static boolean loadKept(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(FILE))) {
            if (!Files.isWritable(directory)) {
                return false;
            }
            try (InputStream library = open()) {
                Files.copy(library, directory.resolve(FILE));
            }
        }
        RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
        return true;
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
        // Where earlier versions unpacked it.
        Files.deleteIfExists(place.resolve(FILE));
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
