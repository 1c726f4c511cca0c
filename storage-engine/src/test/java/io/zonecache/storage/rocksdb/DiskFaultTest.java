package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonecache.storage.FastDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are full or broken, as the kernel tells it: a small tmpfs, and errors put in between by a preloaded library. */
@Tag("slow")
class DiskFaultTest {

    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final long SECONDS = 60;

    @TempDir(factory = FastDisk.class)
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"w" + EIO, "w" + ENOSPC, "r" + EIO})
    void shouldGoOnReadingAndResumeByItselfWhenCallsToTheDiskFail(String failure)
            throws IOException, InterruptedException {
        Path library = data.resolve("failing-disk.so");
        Path source = ChildJvm.resource("/failing-disk.c", data.resolve("failing-disk.c"));
        assumeTrue(ChildJvm.canRun("cc"), "no C compiler (cc) for the library that makes a disk fail");
        ChildJvm.run(SECONDS, List.of("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl"));
        ProcessBuilder child = ChildJvm.of(
                DiskFaultScenario.class,
                data.resolve("tmp"),
                data.resolve("store").toString(),
                data.resolve("flag").toString(),
                failure);
        child.environment().put("LD_PRELOAD", library.toString());
        child.environment().put("FAILING_FLAG", data.resolve("flag").toString());
        child.environment().put("FAILING_DIRECTORY", data.resolve("store").toString());
        ChildJvm.run(SECONDS, child);
    }

    /** @param watched whether the store knows of the disk's free space, or meets its end */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnReadingAndResumeByItselfWhenTheDiskIsFull(boolean watched) throws IOException, InterruptedException {
        Path disk = Files.createDirectory(data.resolve("disk"));
        assumeTrue(
                ChildJvm.canRun("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString()),
                "no small tmpfs: mounting needs root");
        try {
            StoreDirectory.FreeSpace freeSpace = watched ? StoreDirectory::usableBytes : path -> Long.MAX_VALUE;
            new DiskFaultScenario(disk.resolve("store"), new Ballast(disk.resolve("ballast")), freeSpace).writesFail();
        } finally {
            ChildJvm.run(SECONDS, List.of("umount", "-l", disk.toString()));
        }
    }

    /** Takes what the disk has left, and gives it back. */
    private record Ballast(Path file) implements DiskFaultScenario.Fault {

        @Override
        public void begin() throws IOException {
            try (OutputStream out = Files.newOutputStream(file)) {
                byte[] block = new byte[4096];
                while (true) {
                    out.write(block);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
        }

        @Override
        public void end() throws IOException {
            Files.delete(file);
        }
    }
}
