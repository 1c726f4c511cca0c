package io.zonecache.cli.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonecache.cli.Main;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3ServerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo as a process, with a small file and few reads. */
@Tag("slow")
class DemoTest {

    private static final int CHUNKS = 24;

    /** So many that a zone that is emptied three times is filled again each time. */
    private static final int READS = 1_500;

    private static final Duration TIMEOUT = Duration.ofMinutes(6);

    private final Workspace workspace = Workspace.create("demo-test");

    @AfterEach
    void end() {
        workspace.close();
    }

    @Test
    void shouldKeepEveryPromiseAndLeaveNothing() throws Exception {
        Path json = workspace.root().resolve("out.json");

        ManagedProcess demo = start("--reads", Integer.toString(READS), "--json", json.toString());
        int exitCode = demo.awaitExit(TIMEOUT);

        String words = String.join("\n", demo.output()) + "\n" + String.join("\n", demo.errors());
        assertThat(exitCode).as(words).isZero();
        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        assertThat(report.get("distinctChunks").asInt()).isEqualTo(CHUNKS);
        assertThat(report.get("originBudget").asInt()).isEqualTo(16);
        assertThat(report.get("phases").findValuesAsText("name"))
                .containsExactly("cold", "warm", "frozen", "killed", "back", "emptied");
        for (JsonNode phase : report.get("phases")) {
            boolean cold = phase.get("name").asText().equals("cold");
            assertThat(phase.get("reads").asLong()).isGreaterThanOrEqualTo(cold ? 4 * CHUNKS : READS);
            assertThat(phase.get("fromZone").asLong() + phase.get("fromOrigin").asLong())
                    .isEqualTo(phase.get("reads").asLong());
            assertThat(phase.get("p50Micros").asLong()).isPositive();
            assertThat(phase.get("readsPerSecond").asLong()).isPositive();
        }
        assertThat(words).contains("none failed, none was refused, no byte was wrong");
        assertNothingLeft(demo);
    }

    @Test
    void shouldLeaveNothingAfterCtrlC() {
        ManagedProcess demo = start();
        await().atMost(TIMEOUT).until(() -> child(demo, "--id=n6").isPresent());

        demo.signal(ManagedProcess.Signal.INT);

        assertThat(demo.awaitExit(TIMEOUT)).isEqualTo(130);
        assertThat(demo.errors()).noneMatch(line -> line.contains("Exception"));
        assertNothingLeft(demo);
    }

    @Test
    void shouldEndWithOneClearMessageWhenAProcessDies() {
        ManagedProcess demo = start();
        await().atMost(TIMEOUT).until(() -> child(demo, "--id=n6").isPresent());

        child(demo, S3ServerMain.class.getName()).orElseThrow().destroyForcibly();

        assertThat(demo.awaitExit(TIMEOUT)).isEqualTo(1);
        assertThat(demo.errors())
                .anySatisfy(line -> assertThat(line).startsWith("zonecache demo: process s3 ended"))
                .noneMatch(line -> line.contains("\tat "));
        assertNothingLeft(demo);
    }

    private ManagedProcess start(String... options) {
        try {
            Path file = workspace.root().resolve("input");
            Files.write(file, new ChunkOracle(1, CHUNKS * DemoInput.CHUNK_BYTES - 100).chunk(0));
            return workspace.start(
                    "demo",
                    JavaCommand.of(Main.class)
                            .jvm("-Xmx256m", "-Dzonecache.jvm-options=" + System.getProperty("zonecache.jvm-options"))
                            .arguments("demo", file.toString())
                            .arguments(options));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The demo's own temporary directory is inside this workspace, so all of its processes have that in their command line. */
    private Optional<ProcessHandle> child(ManagedProcess demo, String word) {
        return processes().stream()
                .filter(process ->
                        process.pid() != demo.pid() && commandLine(process).contains(word))
                .findFirst();
    }

    private List<ProcessHandle> processes() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process ->
                            commandLine(process).contains(workspace.root().toString()))
                    .toList();
        }
    }

    /** From the kernel: what Java tells of a command line ends within its class path. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"), ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private void assertNothingLeft(ManagedProcess demo) {
        assertThat(demo.isAlive()).isFalse();
        assertThat(processes()).as("processes").isEmpty();
        assertThat(workspace.root().resolve("demo/tmp")).isEmptyDirectory();
    }
}
