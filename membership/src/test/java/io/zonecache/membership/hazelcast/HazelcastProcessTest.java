package io.zonecache.membership.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.testkit.process.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Six processes with the default delays; signals do what a crash and a stalled machine do. */
@Tag("slow")
class HazelcastProcessTest {

    private static final int NODES = 6;
    private static final String ALL_UP = "n1:up n2:up n3:up n4:up n5:up n6:up";

    /**
     * On top of the usual time, which ZoneSimulationTest keeps to in virtual time: a machine that stalls costs a silence (5 s), the
     * publisher's pause (6 s) and itself, each time.
     */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final List<Integer> ports = Ports.free(NODES);
    private final List<Child> children = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        children.forEach(child -> child.process.destroyForcibly());
        children.forEach(child -> child.process.onExit().join());
    }

    @Test
    void shouldFollowProcessesThatAreKilledFrozenAndRestarted() throws Exception {
        IntStream.rangeClosed(1, NODES).forEach(this::start);
        awaitAll(ALL_UP, Duration.ofSeconds(60).plus(MARGIN));
        assertThat(child(1).views()).as("the zone formed in one step").hasSize(1);
        report("formed");

        signal("KILL", 3);
        awaitOthers(3, ALL_UP.replace("n3:up", "n3:down"), Duration.ofSeconds(5).plus(MARGIN));
        start(3);
        awaitAll(ALL_UP, Duration.ofSeconds(10).plus(MARGIN));
        report("killed and back");

        for (int node : new int[] {NODES, 1}) {
            signal("STOP", node);
            awaitOthers(
                    node,
                    ALL_UP.replace("n" + node + ":up", "n" + node + ":down"),
                    Duration.ofSeconds(6).plus(MARGIN));
            await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
            signal("CONT", node);
            awaitAll(ALL_UP, Duration.ofSeconds(10).plus(MARGIN));
            report("n" + node + " frozen and back");
        }

        children.forEach(child -> child.process.destroyForcibly());
        children.forEach(child -> child.process.onExit().join());
        long epoch = child(1).lastEpoch();
        IntStream.rangeClosed(1, NODES).forEach(this::start);
        awaitAll(ALL_UP, Duration.ofSeconds(60).plus(MARGIN));
        assertThat(child(1).lastEpoch()).isGreaterThanOrEqualTo(epoch);
    }

    private void start(int node) {
        children.removeIf(child -> child.node == node);
        children.add(new Child(node));
    }

    private Child child(int node) {
        return children.stream().filter(child -> child.node == node).findFirst().orElseThrow();
    }

    private void awaitAll(String view, Duration time) {
        awaitOthers(0, view, time);
    }

    private void awaitOthers(int except, String view, Duration time) {
        await().atMost(time)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(children)
                        .filteredOn(child -> child.node != except)
                        .allSatisfy(child -> assertThat(child.lastView())
                                .as("n%d said %s", child.node, child.lines)
                                .isEqualTo(view)));
    }

    private void signal(String name, int node) throws Exception {
        String pid = Long.toString(child(node).process.pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    /** What was measured, for docs/decisions/0005-membership.md. */
    private void report(String what) {
        if (Boolean.getBoolean("zonecache.test.report")) {
            System.out.println(what + ": "
                    + children.stream()
                            .map(child -> "n" + child.node + " " + child.lines)
                            .collect(Collectors.joining("\n  ", "\n  ", "")));
        }
    }

    private final class Child {
        final int node;
        final Process process;
        final List<String> lines = new CopyOnWriteArrayList<>();

        Child(int node) {
            this.node = node;
            Path home = directory.resolve("n" + node);
            String peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
            try {
                Files.createDirectories(home.resolve("tmp"));
                process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:-UsePerfData",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx128m",
                                "-Djava.io.tmpdir=" + home.resolve("tmp"),
                                "-Dtest.log.level=info",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MemberProcess.class.getName(),
                                "n" + node,
                                Integer.toString(ports.get(node - 1)),
                                peers,
                                home.resolve("membership").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread reader = new Thread(this::read, "output of n" + node);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                output.lines().forEach(lines::add);
            } catch (UncheckedIOException | IOException e) {
                lines.add("closed");
            }
        }

        List<String> views() {
            return lines.stream()
                    .filter(line -> line.matches("\\d+ \\d+ n.*"))
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .toList();
        }

        String lastView() {
            List<String> views = views();
            return views.isEmpty() ? "none" : views.get(views.size() - 1).replaceFirst("^\\d+ ", "");
        }

        long lastEpoch() {
            List<String> views = views();
            return views.isEmpty()
                    ? 0
                    : Long.parseLong(views.get(views.size() - 1).split(" ", 2)[0]);
        }
    }
}
