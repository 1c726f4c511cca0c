package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonecache.testkit.process.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts of the image, run against a node as they run beside one. */
class ImageScriptsTest {

    private static final Path SCRIPTS = Path.of("src/main/sh").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void shouldTellHealthByTheExitCode() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            assertThat(run(node, "health.sh").exitCode()).isZero();
            assertThat(run(node, "health.sh", "live").exitCode()).isZero();
            Answer unsettled = run(node, "health.sh", "settled");
            assertThat(unsettled.exitCode()).isEqualTo(1);
            assertThat(unsettled.text()).contains("repairs: not rare yet (expected: for 10 s)");
        }
    }

    @Test
    void shouldPublishTheNodeAsDownBeforeAStopAndGoOnAnswering() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            Http.send("PUT", node.data(Stripes.path(Stripes.key(1))), Stripes.record(Stripes.key(1)));
            assertThat(run(node, "pre-stop.sh", "0").exitCode()).isZero();
            Answer ready = run(node, "health.sh");
            assertThat(ready.exitCode()).isEqualTo(1);
            assertThat(ready.text()).contains("going down");
            assertThat(text(Http.get(node.data("/v1/view")).body())).contains("\"state\":\"down\"");
            assertThat(Http.get(node.data(Stripes.path(Stripes.key(1)))).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldNotHoldUpAStopWhereTheNodeDoesNotAnswer() throws Exception {
        Map<String, String> nobody = Map.of("ZONECACHE_ADMIN_PORT", "1", "ZONECACHE_DATA_DIR", directory.toString());
        Files.writeString(directory.resolve("admin-token"), "token");
        assertThat(run(nobody, "health.sh", "live").exitCode()).isEqualTo(2);
        assertThat(run(nobody, "pre-stop.sh", "0").exitCode()).isZero();
    }

    @Test
    void shouldAskForFiguresAndChanges() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            assertThat(run(node, "admin.sh", "stats").text()).contains("\"zone\":\"test\"");
            String key = Stripes.key(7).toHex();
            assertThat(run(node, "admin.sh", "purge", key).text()).contains("\"purged\":\"" + key + '"');
            assertThat(run(node, "admin.sh", "--host", "localhost", "empty").exitCode())
                    .isZero();
            Answer wrong = run(node, "admin.sh", "explode");
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.text()).contains("drain       take it out of the zone for good");
            Files.writeString(directory.resolve("admin-token"), "another");
            assertThat(run(node, "admin.sh", "drain").exitCode()).isEqualTo(1);
            assertThat(node.node().isReady()).isTrue();
        }
    }

    @Test
    void shouldCheckAZoneAsAWorkerWould() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            String port = Integer.toString(node.port());
            assertThat(run(node, "zone-check.sh", "127.0.0.1", port, "1", "0").exitCode())
                    .isZero();
            Answer few = run(node, "zone-check.sh", "127.0.0.1", port, "2", "0");
            assertThat(few.exitCode()).isEqualTo(1);
            assertThat(few.text()).contains("1 nodes up (expected: at least 2)");
        }
    }

    @Test
    void shouldDrainNothingWhereNoNodeLeaves() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            Answer answer = run(node, "scale-in.sh", "cache", "nodes.invalid", "6", "60");
            assertThat(answer.exitCode()).as(answer.text()).isZero();
            assertThat(answer.text()).contains("6 nodes stay, 0 leave");
        }
    }

    @Test
    void shouldReachANodeThatListensOnIpv6Alone() throws Exception {
        assumeTrue(Ports.hasIpv6Loopback(), "this machine has no ::1");
        try (TestNode node = TestNode.start(directory, Map.of("bind", "::1"))) {
            String port = Integer.toString(node.port());
            assertThat(run(node, "health.sh").exitCode()).isZero();
            assertThat(run(node, "admin.sh", "stats").text()).contains("\"zone\":\"test\"");
            assertThat(run(node, "admin.sh", "--host", "::1", "stats").exitCode())
                    .isZero();
            assertThat(run(node, "zone-check.sh", "::1", port, "1", "0").exitCode())
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0.0.0.0",
        "00000000000000000000000000000001 01 80 10 80 lo, 0.0.0.0",
        "fe8000000000000000fc00fffe000001 04 40 20 80 eth0, 0.0.0.0",
        "fd000000000000000000000000000002 04 40 00 82 eth0, ::"
    })
    void shouldListenOnIpv6WhereTheContainerHasAnAddress(String addresses, String expected) throws Exception {
        Path list = Files.writeString(directory.resolve("if_inet6"), addresses + '\n');
        assertThat(run(Map.of(), "bind-address.sh", list.toString()).text()).isEqualTo(expected + '\n');
        assertThat(run(Map.of(), "bind-address.sh", "/nonexistent").text()).isEqualTo("0.0.0.0\n");
    }

    @ParameterizedTest
    @CsvSource({
        "--memory 2GiB, '', '', 2GiB",
        "--memory=2GiB --port 1, 1GiB, 'memory: 512MiB', 2GiB",
        "--port 1, 1GiB, 'memory: 512MiB', 1GiB",
        "--port 1, '', 'memory: \"512MiB\" # why', 512MiB",
        "--port 1, '', 'zone: a', 256MiB",
    })
    void shouldReadTheMemorySettingAsTheNodeDoes(String arguments, String environment, String file, String expected)
            throws Exception {
        Path config = Files.writeString(directory.resolve("node.yaml"), file);
        List<String> all = new ArrayList<>(List.of(arguments.split(" ", -1)));
        all.addAll(List.of("--config", config.toString()));
        assertThat(run(Map.of("ZONECACHE_MEMORY", environment), "memory-setting.sh", all.toArray(String[]::new))
                        .text())
                .isEqualTo(expected + '\n');
    }

    /** As from {@code --config <(...)}. */
    @Test
    void shouldLeaveAPipeToTheNode() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(run(Map.of(), "memory-setting.sh", "--config", pipe.toString())
                        .text())
                .isEqualTo("256MiB\n");
        assertThat(run(Map.of(), "memory-setting.sh", "--config", directory.toString())
                        .text())
                .isEqualTo("256MiB\n");
    }

    private Answer run(TestNode node, String script, String... arguments) throws Exception {
        return run(
                Map.of(
                        "ZONECACHE_ADMIN_PORT",
                        Integer.toString(node.node().adminPort()),
                        "ZONECACHE_DATA_DIR",
                        directory.toString(),
                        "ZONECACHE_SCALE_IN_AT_MOST",
                        "1"),
                script,
                arguments);
    }

    private static Answer run(Map<String, String> environment, String script, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = text(process.getInputStream().readAllBytes());
        return new Answer(process.waitFor(), text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private record Answer(int exitCode, String text) {}
}
