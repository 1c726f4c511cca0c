package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.testkit.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node as operators run it: a process of its own, with the options and the environment that the launcher gives it. */
final class NodeProcess implements AutoCloseable {

    /** What launcher and image set; docs/operations.md says why. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("MALLOC_ARENA_MAX", "2", "MALLOC_MMAP_THRESHOLD_", "1048576");

    private final Path directory;
    private final int port = Ports.free();
    private final int adminPort = Ports.free();
    private final Process process;

    /** @param directory of the node's data, its log and its temporary files; later processes may go on in it */
    NodeProcess(Path directory, String memory, String... settings) throws Exception {
        this.directory = directory;
        Path tmp = Files.createDirectories(directory.resolve("tmp"));
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(jvmOptions(memory));
        // The product's own logging: tests hold what operators would see.
        command.add("-Dlogback.configurationFile=logback.xml");
        command.addAll(List.of("-Djava.io.tmpdir=" + tmp, "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("io.zonecache.server.Main", "--memory", memory));
        command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
        command.addAll(List.of("--port", Integer.toString(port), "--admin-port", Integer.toString(adminPort)));
        command.addAll(List.of(settings));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()));
        builder.environment().putAll(ENVIRONMENT);
        this.process = builder.start();
    }

    int port() {
        return port;
    }

    Process process() {
        return process;
    }

    URI data(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI admin(String path) {
        return URI.create("http://127.0.0.1:" + adminPort + path);
    }

    NodeProcess awaitReady() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(process.isAlive()).as(this::log).isTrue();
            try {
                return Http.get(admin("/health/ready")).statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        });
        return this;
    }

    void awaitExit() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(this::log).isTrue();
    }

    /** Bytes of memory without mapped files, as the kernel counts them; ZGC's heap is shared memory. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static List<String> jvmOptions(String memory) throws IOException {
        Process options = new ProcessBuilder(
                        "src/main/sh/jvm-options.sh",
                        memory,
                        Integer.toString(Runtime.version().feature()))
                .start();
        return List.of(new String(options.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .trim()
                .split(" ", -1));
    }
}
