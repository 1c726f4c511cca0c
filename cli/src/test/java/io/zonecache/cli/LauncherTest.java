package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                .split(" ")) {
            write(home.resolve(module).resolve("pom.xml"), "");
        }
        write(home.resolve("pom.xml"), "");
        write(home.resolve("cli/target/zonecache-cli-test.jar"), "");
        write(home.resolve("cli/target/dependencies"), System.getProperty("java.class.path"));
        write(home.resolve("target/launcher/stamp"), "");
        work = Files.createDirectory(directory.resolve("work"));
        Files.writeString(work.resolve("trace"), "a\nb\na\nb\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_XX.ISO-8859-1"})
    void shouldTakeFileNamesInUtf8UnderEveryLocale(String locale) throws Exception {
        // This JVM may have no such names: the shell makes them.
        Ended ended = run(
                "mv trace ü; zonecache simulate --capacity 2 ü --json ö && mv ö json; rm ü", Map.of("LC_ALL", locale));

        assertThat(ended.exitCode).as(ended.err).isEqualTo(ExitCodes.DONE);
        assertThat(work.resolve("json")).content(StandardCharsets.UTF_8).contains("\"trace\" : \"ü\"");
        Ended absent = run("zonecache simulate --capacity 2 é", Map.of("LC_ALL", locale));
        assertThat(absent.err).contains("trace é: not found");
    }

    @Test
    void shouldSayThatStandardInputIsClosed() throws Exception {
        for (String line : new String[] {
            "zonecache put - --nodes 127.0.0.1:1",
            "zonecache get --list - --nodes 127.0.0.1:1",
            "zonecache simulate --capacity 2 -"
        }) {
            Ended ended = run(line + " <&-");

            assertThat(ended.exitCode).as(ended.err).isEqualTo(ExitCodes.FAILED);
            assertThat(ended.err).contains("- (standard input): closed (expected: ");
        }
    }

    @Test
    void shouldFailWhereStandardOutputTakesNothing() throws Exception {
        assertFails("zonecache simulate --capacity 2 trace > /dev/full", "standard output: No space left on device");
        assertFails("zonecache simulate --capacity 2 trace >&-", "standard output: closed");
        assertFails("zonecache simulate --capacity 2 trace --json - > /dev/full", "standard output: No space left");
        Ended unread = run("set -o pipefail; zonecache simulate --capacity 2 trace | true");
        assertThat(unread.exitCode).isEqualTo(ExitCodes.FAILED);
        assertThat(unread.err).isEmpty();
    }

    @Test
    void shouldWriteToStandardOutputByItsNameAsWell() throws Exception {
        Ended ended = run("{ echo first; zonecache simulate --capacity 2 trace --json /dev/stdout; } > out");

        assertThat(ended.exitCode).as(ended.err).isEqualTo(ExitCodes.DONE);
        assertThat(work.resolve("out"))
                .content()
                .startsWith("first\nlru capacity 2")
                .endsWith("}\n");
    }

    private void assertFails(String line, String message) throws Exception {
        Ended ended = run(line);
        assertThat(ended.exitCode).as(ended.err).isEqualTo(ExitCodes.FAILED);
        assertThat(ended.err.lines()).as(ended.err).hasSize(1);
        assertThat(ended.err).contains(message);
    }

    /** How the shell's line ended. */
    private record Ended(int exitCode, String err) {}

    private Ended run(String line) throws Exception {
        return run(line, Map.of());
    }

    private Ended run(String line, Map<String, String> environment) throws Exception {
        // The script is written in UTF-8, whatever this JVM makes of file names.
        Path script = write(
                directory.resolve("script"),
                "zonecache() { '" + directory.resolve("home/zonecache") + "' \"$@\"; }\n" + line + "\n");
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString()).directory(work.toFile());
        Map<String, String> variables = new TreeMap<>(environment);
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(variables);
        Process process = builder.start();
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process));
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return new Ended(process.waitFor(), err.join());
    }

    private static String text(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
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
