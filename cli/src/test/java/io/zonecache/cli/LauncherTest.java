package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code zonecache} on this test's class path, in a clone that needs no build. */
@Tag("slow")
class LauncherTest {

    private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    private Path work;

    @BeforeEach
    void layOut() throws Exception {
        Path home = directory.resolve("home");
        copy("zonecache", home);
        for (String script : new String[] {"jvm-options.sh", "memory-setting.sh"}) {
            copy("cache-server/src/main/sh/" + script, home);
        }
        // Its sources are all older than its stamp, as there are none.
        for (String module : Files.readString(CLONE.resolve("zonecache"))
                .replaceFirst("(?s).*for module in (.*?);.*", "$1")
                .split(" ", -1)) {
            write(home.resolve(module).resolve("pom.xml"), "");
        }
        write(home.resolve("pom.xml"), "");
        write(home.resolve("cli/target/zonecache-cli-test.jar"), "");
        write(home.resolve("cli/target/dependencies"), System.getProperty("java.class.path"));
        write(home.resolve("target/launcher/stamp"), "");
        work = Files.createDirectory(directory.resolve("work"));
        Files.writeString(work.resolve("trace"), "a\nb\na\nb\n");
    }

    @Test
    void shouldTakeFileNamesInUtf8UnderAnyLocale() throws Exception {
        // This JVM may have no such names: the shell makes them.
        String err = run(
                "mv trace ü; LC_ALL=C zonecache simulate --capacity 2 ü --json ö && mv ö json; rm ü", ExitCodes.DONE);

        assertThat(err).isEmpty();
        assertThat(work.resolve("json")).content(StandardCharsets.UTF_8).contains("\"trace\" : \"ü\"");
    }

    @Test
    void shouldSayWhichDescriptorIsClosed() throws Exception {
        assertThat(run("zonecache put - --nodes 127.0.0.1:1 <&-", ExitCodes.FAILED))
                .isEqualTo("zonecache put: file - (standard input): closed (expected: a file that can be read)\n");
        assertThat(run("zonecache simulate --capacity 2 trace >&-", ExitCodes.FAILED))
                .isEqualTo("zonecache simulate: standard output: closed (expected: all of the output to be written)\n");
    }

    @Test
    void shouldEndWithoutAWordWhenTheReaderHasGone() throws Exception {
        assertThat(run("set -o pipefail; zonecache simulate --capacity 2 trace | true", ExitCodes.FAILED))
                .isEmpty();
    }

    @Test
    void shouldWriteToStandardOutputByItsNameAsWell() throws Exception {
        // As /dev/stdout is, which a mistake would replace.
        String link = "ln -s /proc/self/fd/1 stdout; ";
        run(link + "{ echo first; zonecache simulate --capacity 2 trace --json stdout; } > out", ExitCodes.DONE);

        assertThat(work.resolve("out"))
                .content()
                .startsWith("first\nlru capacity 2")
                .endsWith("}\n");
        assertThat(work.resolve("stdout")).isSymbolicLink();
    }

    /** What the shell's line writes to standard error. */
    private String run(String line, int expectedExitCode) throws Exception {
        Path script = write(
                directory.resolve("script"),
                "zonecache() { '" + directory.resolve("home/zonecache") + "' \"$@\"; }\n" + line + "\n");
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString()).directory(work.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("ZONECACHE_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.redirectError(directory.resolve("err").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        int exitCode = process.waitFor();
        String err = Files.readString(directory.resolve("err"));
        assertThat(exitCode).as(err).isEqualTo(expectedExitCode);
        return err;
    }

    private static void copy(String file, Path home) throws IOException {
        Path to = home.resolve(file);
        Files.createDirectories(to.getParent());
        Files.copy(CLONE.resolve(file), to);
        assertThat(to.toFile().setExecutable(true)).isTrue();
    }

    private static Path write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
