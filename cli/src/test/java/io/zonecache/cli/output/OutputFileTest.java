package io.zonecache.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class OutputFileTest {

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream standardOutput = new ByteArrayOutputStream();

    @Test
    void shouldCreateAFileWithTheRightsOfEveryNewFile() throws Exception {
        Path usual = Files.createFile(directory.resolve("usual"));

        check("new").write("text");

        assertThat(directory.resolve("new")).content().isEqualTo("text");
        assertThat(Files.getPosixFilePermissions(directory.resolve("new")))
                .isEqualTo(Files.getPosixFilePermissions(usual));
        assertOnly("new", "usual");
    }

    @Test
    void shouldReplaceAFileAsAWholeAndKeepItsMode() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Object before = Files.readAttributes(file, "unix:ino").get("ino");

        try (OutputWriting writing = check("file").open()) {
            writing.stream().write("new".getBytes(StandardCharsets.UTF_8));
            assertThat(file).content().isEqualTo("old");
            writing.commit();
        }

        assertThat(file).content().isEqualTo("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(Files.readAttributes(file, "unix:ino").get("ino")).isNotEqualTo(before);
        assertOnly("file");
    }

    @Test
    void shouldKeepTheOwnerOfAFileWhereItMay() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "old");
        if (!System.getProperty("user.name").equals("root")) {
            return;
        }
        Files.setAttribute(file, "unix:uid", 12_345);
        Files.setAttribute(file, "unix:gid", 23_456);

        check("file").write("new");

        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(12_345);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(23_456);
    }

    @Test
    void shouldLeaveTheFileAsItWasWhenNotAllWasWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "old");

        try (OutputWriting writing = check("file").open()) {
            writing.stream().write(new byte[1_000]);
        }

        assertThat(file).content().isEqualTo("old");
        assertOnly("file");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldFollowLinksAndLeaveThemInTheirPlace(boolean exists) throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path target = elsewhere.resolve("target");
        if (exists) {
            Files.writeString(target, "old");
        }
        Files.createSymbolicLink(elsewhere.resolve("second"), Path.of("target"));
        Path first = Files.createSymbolicLink(directory.resolve("first"), Path.of("elsewhere/second"));

        check("first").write("new");

        assertThat(first).isSymbolicLink();
        assertThat(elsewhere.resolve("second")).isSymbolicLink();
        assertThat(target).isRegularFile().content().isEqualTo("new");
        assertThat(elsewhere.toFile().list()).containsExactlyInAnyOrder("second", "target");
    }

    /** A device of its own: a mistake must not cost the machine its /dev/null. */
    @Test
    void shouldWriteADeviceThroughAndLeaveItInItsPlace() throws Exception {
        Path full = directory.resolve("full");
        Process made = new ProcessBuilder("mknod", full.toString(), "c", "1", "7").start();
        assumeTrue(made.waitFor() == 0 && Files.isWritable(full), "devices can be made here");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("full"));

        for (String name : List.of("full", "link")) {
            assertThatThrownBy(() -> check(name).write("text"))
                    .isInstanceOf(OutputException.class)
                    .hasMessageEndingWith(
                            name + ": No space left on device (expected: all of the output to be written)");
        }

        assertThat(Files.readAttributes(full, "isOther").get("isOther")).isEqualTo(true);
        assertThat(directory.resolve("link")).isSymbolicLink();
        assertOnly("full", "link");
    }

    @Test
    void shouldWriteAPipeThrough() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        check("pipe").write("text");

        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo("text");
        assertThat(Files.readAttributes(pipe, "isOther", LinkOption.NOFOLLOW_LINKS)
                        .get("isOther"))
                .isEqualTo(true);
    }

    @Test
    void shouldAppendToAnOpenDescriptor() throws Exception {
        Path file = directory.resolve("file");
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            open.write(StandardCharsets.UTF_8.encode("first, "));
            OutputFile.check(spec(), "--output", descriptor(file)).write("then");
        }
        assertThat(file).content().isEqualTo("first, then");
        assertOnly("file");
    }

    private static String descriptor(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/dev/fd/"))) {
            return all.filter(one -> leadsTo(one, file))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    private static boolean leadsTo(Path link, Path file) {
        try {
            return Files.isSameFile(link, file);
        } catch (IOException e) {
            return false; // The listing's own descriptor, closed by now.
        }
    }

    @Test
    void shouldTakeADashForStandardOutput() throws Exception {
        check("-").write("ü");

        assertThat(standardOutput.toString(StandardCharsets.UTF_8)).isEqualTo("ü");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldRefuseBeforeTheWorkWhatCannotBeWritten() throws Exception {
        Files.createDirectory(directory.resolve("empty"));
        Files.createFile(directory.resolve("file"));
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));

        assertRefused("empty", "a directory (expected: a file that can be written)");
        assertRefused("none/file", "directory " + directory + "/none not found (expected: a file");
        assertRefused("file/file", "directory " + directory + "/file is no directory (expected: a file");
        assertRefused("loop", "more than 40 links (expected: a file");
        assertOnly("empty", "file", "loop");
    }

    @Test
    void shouldKnowWhenTwoOptionsNameOnePlace() throws Exception {
        Files.createFile(directory.resolve("file"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));

        assertThat(check("link").isSameAs(check("file"))).isTrue();
        assertThat(check("new").isSameAs(check("./new"))).isTrue();
        assertThat(check("-").isSameAs(check("-"))).isTrue();
        assertThat(check("-").isSameAs(check("file"))).isFalse();
        assertThat(check("other").isSameAs(check("file"))).isFalse();
    }

    private void assertRefused(String file, String message) {
        assertThatThrownBy(() -> check(file))
                .isInstanceOf(OutputException.class)
                .hasMessageStartingWith("--output " + directory)
                .hasMessageContaining(file + ": " + message);
    }

    private void assertOnly(String... names) {
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder(names);
    }

    private OutputFile check(String file) {
        return OutputFile.check(spec(), "--output", file.equals("-") ? file : directory + "/" + file);
    }

    private CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        new CommandLine(spec).setOut(new StandardOutput(standardOutput));
        return spec;
    }
}
