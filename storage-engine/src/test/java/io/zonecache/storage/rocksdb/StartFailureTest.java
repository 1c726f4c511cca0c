package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonecache.storage.FastDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails at the start for other reasons than corruption costs nothing: once the reason is gone, all is there. */
@Tag("slow")
class StartFailureTest {

    private static final long SECONDS = 120;
    private static final int DESCRIPTORS = 200;

    @TempDir(factory = FastDisk.class)
    Path data;

    @Test
    void shouldLoseNothingWhenTheDiskCannotBeRead() throws IOException, InterruptedException {
        assumeTrue(ChildJvm.canRun("cc"), "no C compiler (cc) for the library that makes a disk fail");
        Path library = data.resolve("failing-disk.so");
        Path source = ChildJvm.resource("/failing-disk.c", data.resolve("failing-disk.c"));
        ChildJvm.run(SECONDS, List.of("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl"));
        ProcessBuilder child = scenario("unreadable");
        child.environment().put("LD_PRELOAD", library.toString());
        child.environment().put("FAILING_FLAG", data.resolve("flag").toString());
        child.environment().put("FAILING_DIRECTORY", data.resolve("store").toString());
        ChildJvm.run(SECONDS, child);
    }

    @Test
    void shouldLoseNothingWhenTheProcessHasNoDescriptorsLeft() throws IOException, InterruptedException {
        ProcessBuilder child = scenario("descriptors");
        List<String> command =
                new ArrayList<>(List.of("bash", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$@\"", "bash"));
        command.addAll(child.command());
        ChildJvm.run(SECONDS, child.command(command));
    }

    /** The native library has no place in the store's directory then. */
    @Test
    void shouldStartAndServeWithHardlyAnyFreeSpace() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(data.resolve("disk"));
        assumeTrue(
                ChildJvm.canRun("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString()),
                "no small tmpfs: mounting needs root");
        try {
            ChildJvm.run(
                    SECONDS,
                    ChildJvm.of(
                            StartFailureScenario.class,
                            data.resolve("tmp"),
                            disk.resolve("store").toString(),
                            "",
                            "full"));
            assertThat(data.resolve("tmp")).as("temporary directory").isEmptyDirectory();
        } finally {
            ChildJvm.run(SECONDS, List.of("umount", "-l", disk.toString()));
        }
    }

    private ProcessBuilder scenario(String name) throws IOException {
        return ChildJvm.of(
                StartFailureScenario.class,
                data.resolve("tmp"),
                data.resolve("store").toString(),
                data.resolve("flag").toString(),
                name);
    }
}
