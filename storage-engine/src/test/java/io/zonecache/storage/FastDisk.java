package io.zonecache.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories in memory where the machine has room there: small stores sync their files thousands of times. */
public final class FastDisk implements TempDirFactory {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long NEEDED_BYTES = 1L << 30;

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        boolean roomy = Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > NEEDED_BYTES;
        return roomy
                ? Files.createTempDirectory(MEMORY, "zonecache-test-")
                : Files.createTempDirectory("zonecache-test-");
    }
}
