package io.zonecache.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.file.FaultyDisk.Fault;
import io.zonecache.model.file.FaultyDisk.Killed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AtomicFileTest {

    private static final byte[] BEFORE = {1, 2, 3};
    private static final byte[] AFTER = {4, 5, 6, 7};
    private static final List<String> STEPS = List.of(
            "delete f.new",
            "create f.new",
            "write f.new",
            "force f.new",
            "rename f.new f",
            "open directory",
            "force directory");

    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void choose() {
        path = directory.resolve("f");
    }

    @Test
    void shouldBringTheContentToDiskBeforeTheRenameAndTheRenameAfterIt() throws IOException {
        FaultyDisk disk = new FaultyDisk(STEPS.size(), Fault.KILL);
        AtomicFile.of(disk.path(path)).write(AFTER);
        assertThat(disk.steps()).isEqualTo(STEPS);
        assertThat(path).hasBinaryContent(AFTER);
    }

    @ParameterizedTest(name = "step {0}, {1}, a file before: {2}")
    @MethodSource("faults")
    void shouldLeaveTheContentOfBeforeOrTheNewOneWhateverStepFails(int step, Fault fault, boolean hasBefore)
            throws IOException {
        if (hasBefore) {
            Files.write(path, BEFORE);
        }
        // What an even earlier process has left.
        Files.write(directory.resolve("f.new"), new byte[] {9});
        AtomicFile faulty = AtomicFile.of(new FaultyDisk(step, fault).path(path));
        if (fault == Fault.KILL) {
            assertThatThrownBy(() -> faulty.write(AFTER)).isInstanceOf(Killed.class);
        } else {
            assertThatThrownBy(() -> faulty.write(AFTER))
                    .isInstanceOf(IOException.class)
                    .hasMessage(path + ": can't be written: No space left on device");
            assertThat(directory.resolve("f.new")).doesNotExist();
        }

        AtomicFile next = AtomicFile.of(path);
        next.removeUnfinished();
        boolean isRenamed = step > STEPS.indexOf("rename f.new f");
        byte[] expected = isRenamed ? AFTER : BEFORE;
        assertThat(next.read(100)).isEqualTo(isRenamed || hasBefore ? expected : null);
        assertThat(names()).hasSize(isRenamed || hasBefore ? 1 : 0);
        next.write(AFTER);
        assertThat(next.read(100)).isEqualTo(AFTER);
        assertThat(names()).containsExactly("f");
    }

    static Stream<Arguments> faults() {
        return Stream.of(Fault.values())
                .flatMap(fault -> Stream.of(true, false)
                        .flatMap(hasBefore -> Stream.iterate(0, step -> step < STEPS.size(), step -> step + 1)
                                .map(step -> Arguments.of(step, fault, hasBefore))));
    }

    @Test
    void shouldLetNobodyElseReadAnOwnersFileFromItsFirstMomentOn() throws IOException {
        FaultyDisk killedAtWrite = new FaultyDisk(STEPS.indexOf("write f.new"), Fault.KILL);
        AtomicFile file = AtomicFile.ownerOnly(killedAtWrite.path(path));
        assertThatThrownBy(() -> file.write(AFTER)).isInstanceOf(Killed.class);
        assertThat(mode("f.new")).isEqualTo("rw-------");

        AtomicFile.ownerOnly(path).write(AFTER);
        assertThat(mode("f")).isEqualTo("rw-------");
    }

    @Test
    void shouldReadOneByteMoreThanAskedForAtMost() throws IOException {
        Files.write(path, new byte[100]);
        assertThat(AtomicFile.of(path).read(10)).hasSize(11);
        assertThat(AtomicFile.of(path).read(100)).hasSize(100);
    }

    @Test
    void shouldNameAFileThatCannotBeRead() throws IOException {
        Files.createDirectory(path);
        assertThatThrownBy(() -> AtomicFile.of(path).read(10))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(path + ": can't be read: ");
    }

    @Test
    void shouldCreateDirectoriesThatAreMissingAndTakeThoseThatAreThere() throws IOException {
        Path deep = directory.resolve("a/b/c");
        DurableDirectories.create(deep);
        DurableDirectories.create(deep);
        assertThat(deep).isDirectory();
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
