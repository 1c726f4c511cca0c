package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library once for each process, through a file in the store's directory that is unlinked at once.
 *
 * <p>RocksDB's own loader leaves 17 MB in the temporary directory whenever a process is killed, and needs that directory to allow
 * execution.
 */
final class NativeLibrary {

    private static boolean loaded;

    private NativeLibrary() {}

    /** @throws IOException if the file can't be written or the platform isn't in the jar */
    static synchronized void load(Path directory) throws IOException {
        if (loaded) {
            return;
        }
        String name = Environment.getJniLibraryFileName("rocksdb");
        // The name that loadLibrary looks for: it takes "rocksdbjni" for the library's plain name.
        Path file = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
        try (InputStream library = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
            if (library == null) {
                throw new IOException(
                        "native library: " + name + " is not in the jar (expected: a supported platform)");
            }
            Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
            RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
            loaded = true;
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("native library: " + file + " can't be loaded", e);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
