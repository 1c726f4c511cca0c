package io.zonecache.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class WorkspaceTest {

    static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void shouldTalkWithAChildAndKeepItInItsDirectory() {
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess echo =
                    workspace.start("echo", JavaCommand.of(Echo.class).arguments("a", "b"));

            String ready = echo.awaitLine(line -> line.startsWith("ready"), TIMEOUT);
            assertThat(ready).startsWith("ready a,b ").contains(workspace.root().toString());
            echo.send("hello");
            assertThat(echo.awaitLine(line -> line.startsWith("echo"), TIMEOUT)).isEqualTo("echo hello");
            assertThat(workspace.root().resolve("echo/work")).exists();
            echo.send("bye");

            assertThat(echo.awaitExit(TIMEOUT)).isEqualTo(3);
            await().untilAsserted(() -> assertThat(echo.errors()).contains("to the error stream"));
            assertThat(echo.describeEnd()).contains("exit code 3").contains("to the error stream");
        }
    }

    @Test
    void shouldLeaveNoProcessAndNoFile() {
        Workspace workspace = Workspace.create("workspace-test");
        ManagedProcess frozen = workspace.start("frozen", JavaCommand.of(Echo.class));
        ManagedProcess running = workspace.start("running", JavaCommand.of(Echo.class));
        frozen.awaitLine(line -> line.startsWith("ready"), TIMEOUT);
        running.awaitLine(line -> line.startsWith("ready"), TIMEOUT);
        frozen.signal(ManagedProcess.Signal.STOP);

        workspace.close();

        assertThat(frozen.isAlive()).isFalse();
        assertThat(running.isAlive()).isFalse();
        assertThat(workspace.root()).doesNotExist();
        assertThatThrownBy(() -> workspace.start("late", JavaCommand.of(Echo.class)))
                .hasMessageContaining("the workspace has ended");
    }

    @Test
    void shouldRunAProgramAndEndItWithAllThatItStarted() {
        List<Long> pids;
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess program =
                    workspace.start("program", ProgramCommand.of("sh", "-c", "sleep 1000 & echo ready; wait"));
            program.awaitLine(line -> line.equals("ready"), TIMEOUT);
            pids = program.pids();
            assertThat(pids).hasSizeGreaterThan(2).contains(program.pid());
        }
        await().atMost(TIMEOUT)
                .until(() -> pids.stream()
                        .noneMatch(pid -> ProcessHandle.of(pid)
                                .filter(ProcessHandle::isAlive)
                                .isPresent()));
    }

    @Test
    void shouldTellHowAProgramEnded() {
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess program =
                    workspace.start("program", ProgramCommand.of("sh", "-c", "echo no port >&2; exit 7"));
            assertThat(program.awaitExit(TIMEOUT)).isEqualTo(7);
            await().atMost(TIMEOUT).until(() -> program.describeEnd().contains("no port"));
        }
    }

    @Test
    void shouldFreezeAndWakeAChild() {
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess echo = workspace.start("echo", JavaCommand.of(Echo.class));
            echo.awaitLine(line -> line.startsWith("ready"), TIMEOUT);

            echo.signal(ManagedProcess.Signal.STOP);
            await().untilAsserted(() -> assertThat(state(echo.pid())).isEqualTo('T'));
            echo.send("one");
            assertThatThrownBy(() -> echo.awaitLine(line -> line.equals("echo one"), Duration.ofMillis(300)))
                    .hasMessageContaining("did not say what was awaited");
            echo.signal(ManagedProcess.Signal.CONT);

            assertThat(echo.awaitLine(line -> line.equals("echo one"), TIMEOUT)).isNotEmpty();
        }
    }

    @Test
    void shouldTellTheLastWordsOfAChildThatEndsTooEarly() {
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess child = workspace.start("child", JavaCommand.of("no.such.Main"));

            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThatThrownBy(() -> child.awaitLine(line -> true, TIMEOUT))
                            .hasMessageContaining("exit code 1")
                            .hasMessageContaining("no.such.Main"));
        }
    }

    @Test
    void shouldEndATetheredChildWhenItsParentIsKilled() {
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess parent = workspace.start("parent", JavaCommand.of(Echo.Parent.class));
            ProcessHandle child = childOf(parent);

            parent.signal(ManagedProcess.Signal.KILL);

            await().atMost(TIMEOUT).until(() -> !child.isAlive());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TERM", "INT"})
    void shouldEndChildrenAndFilesWhenTheJvmIsEnded(ManagedProcess.Signal signal) {
        try (Workspace workspace = Workspace.create("workspace-test")) {
            ManagedProcess parent = workspace.start("parent", JavaCommand.of(Echo.Parent.class));
            ProcessHandle child = childOf(parent);
            Path root = Path.of(
                    parent.awaitLine(said -> said.startsWith("root "), TIMEOUT).substring(5));
            assertThat(root).exists();

            parent.signal(signal);
            parent.awaitExit(TIMEOUT);

            assertThat(child.isAlive()).isFalse();
            assertThat(root).doesNotExist();
        }
    }

    private static ProcessHandle childOf(ManagedProcess parent) {
        String line = parent.awaitLine(said -> said.startsWith("child "), TIMEOUT);
        return ProcessHandle.of(Long.parseLong(line.substring(6))).orElseThrow();
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
