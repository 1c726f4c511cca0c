package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need no zone, or end before they need one, with output that fails. */
class OutputTest {

    @TempDir
    private Path directory;

    private Path trace;

    @BeforeEach
    void writeTrace() throws Exception {
        trace = Files.writeString(directory.resolve("trace"), "a\nb\na\nb\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "help",
                "simulate --help",
                "simulate --capacity 2 TRACE",
                "simulate --capacity 2 TRACE --json -",
                "simulate --capacity 2 TRACE --plot -",
                "serve --print-config --data-dir x"
            })
    void shouldFailWhenStandardOutputIsFull(String line) throws Exception {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            Cli.Result result = Cli.runInto(full, arguments(line));

            assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
            assertThat(result.err().lines()).as(result.err()).hasSize(1);
            assertThat(result.err()).contains(": standard output: No space left on device (expected: all of the");
        }
    }

    /** As {@code head} does once it has seen enough. */
    @Test
    void shouldFailWithoutAWordWhenTheReaderHasGone() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        Cli.Result result = Cli.runInto(closed, arguments("simulate --capacity 2 TRACE"));

        assertThat(result.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err()).isEmpty();
    }

    /** No node listens: whoever gets as far as asking one has not checked first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "put TRACE --nodes 127.0.0.1:1 --list TARGET",
                "put TRACE --nodes 127.0.0.1:1 --json TARGET",
                "get KEY --nodes 127.0.0.1:1 --output TARGET",
                "get KEY --nodes 127.0.0.1:1 --output x --json TARGET",
                "warm --object file:x --nodes 127.0.0.1:1 --origin file:x --json TARGET",
                "status --nodes 127.0.0.1:1 --json TARGET",
                "simulate --capacity 2 NONE --plot TARGET",
                "simulate --capacity 2 NONE --json TARGET",
                "demo NONE --json TARGET",
                "bench storage --json TARGET",
                "bench cluster --json TARGET",
                "bench herd --json TARGET",
                "bench refill --json TARGET",
                "bench faults --json TARGET",
                "bench clients --other x --json TARGET"
            })
    void shouldRefuseATargetBeforeTheWork(String line) throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        String absent = directory.resolve("none/target").toString();
        for (List<String> target : List.of(
                List.of(empty.toString(), empty + ": a directory (expected: a file that can be written)"),
                List.of(absent, directory.resolve("none") + " not found (expected: a file that can be written)"))) {
            Cli.Result result = Cli.run(arguments(line.replace("TARGET", target.get(0))));

            assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
            assertThat(result.err().lines()).as(result.err()).hasSize(1);
            assertThat(result.err()).contains(target.get(1));
        }
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void shouldDrawOnStandardOutput() {
        assertThat(Cli.run(arguments("simulate --capacity 2 TRACE --plot -")).out())
                .startsWith("<svg ")
                .endsWith("</svg>\n");
    }

    private String[] arguments(String line) {
        return Stream.of(line.split(" ", -1))
                .map(word -> switch (word) {
                    case "TRACE" -> trace.toString();
                    case "NONE" -> directory.resolve("absent").toString();
                    case "KEY" -> "ab".repeat(32);
                    default -> word;
                })
                .toArray(String[]::new);
    }
}
