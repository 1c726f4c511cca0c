package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory on a disk that creates files and takes no bytes. */
@Tag("slow")
class FullDiskTest {

    @TempDir
    Path directory;

    private Path disk;
    private Path data;
    private Path ballast;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        data = disk.resolve("data");
        ballast = disk.resolve("ballast");
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()),
                "no small tmpfs: mounting needs root");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    @Test
    void shouldLeaveNoEmptyFilesOnAFullDiskAndStartOnceThereIsRoom() throws Exception {
        fill();
        assertThatThrownBy(() -> start().close())
                .hasMessageContaining(data.resolve("node.properties") + ": can't be written: ")
                .hasMessageContaining("No space left on device");
        assertThat(names()).containsExactly("lock");
        Files.delete(ballast);
        start().close();
        assertThat(names()).containsExactlyInAnyOrder("lock", "node.properties", "admin-token", "purged");
    }

    @Test
    void shouldNameTheTokenThatCannotBeWrittenAndLeaveNoneBehind() throws Exception {
        start().close();
        Files.delete(data.resolve("admin-token"));
        fill();
        assertThatThrownBy(() -> start().close())
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("admin token: ")
                .hasMessageContaining(data.resolve("admin-token") + ": can't be written: ")
                .hasMessageContaining("No space left on device");
        assertThat(names()).containsExactlyInAnyOrder("lock", "node.properties", "purged");
        Files.delete(ballast);
        start().close();
        assertThat(Files.readString(data.resolve("admin-token"))).hasSize(49);
    }

    @Test
    void shouldStartWhereNothingNeedsToBeWritten() throws Exception {
        start().close();
        fill();
        try (TestNode node = start()) {
            assertThat(Http.get(node.admin("/health/ready")).statusCode()).isEqualTo(200);
        }
    }

    private TestNode start() {
        return TestNode.start(data, Map.of());
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
