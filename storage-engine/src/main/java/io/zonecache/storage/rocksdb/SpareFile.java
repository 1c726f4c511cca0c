package io.zonecache.storage.rocksdb;

import io.zonecache.model.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Some space that is freed when the disk has none left: RocksDB can't even drop a segment, which makes room, without writing to
 * its manifest. For one thread at a time.
 */
final class SpareFile {

    /** A manifest and a file of options with room to spare. */
    static final int BYTES = 2 << 20;

    private final Path file;

    SpareFile(Path directory) {
        this.file = directory.resolve("spare");
    }

    /** Takes the space if it isn't taken; to be called only while the disk has enough. */
    void take() throws IOException {
        if (!Files.exists(file) || Files.size(file) < BYTES) {
            AtomicFile.of(file).write(new byte[BYTES]);
        }
    }

    /** Frees the space; whether there was some. */
    boolean release() throws IOException {
        return Files.deleteIfExists(file);
    }
}
