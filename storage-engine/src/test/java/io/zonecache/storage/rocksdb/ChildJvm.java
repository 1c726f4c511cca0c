package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Other processes that tests start: JVMs with this one's class path that are cheap to start, and small programs. */
final class ChildJvm {

    private ChildJvm() {}

    /** @param temporary created if missing; where the child puts what is temporary */
    static ProcessBuilder of(Class<?> main, Path temporary, String... arguments) throws IOException {
        Files.createDirectories(temporary);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx128m",
                "-Djava.io.tmpdir=" + temporary));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    static boolean canRun(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.waitFor();
            // A compiler without input says so: it is there.
            return command.length == 1 || process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    static void run(long seconds, List<String> command) throws IOException, InterruptedException {
        run(seconds, new ProcessBuilder(command));
    }

    /** @throws IOException with what it said, if it fails or takes longer */
    static void run(long seconds, ProcessBuilder builder) throws IOException, InterruptedException {
        Path output = Files.createTempFile("child-", ".txt");
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            if (!ended || process.exitValue() != 0) {
                String said = Files.readString(output, StandardCharsets.UTF_8);
                throw new IOException(builder.command().get(0) + (ended ? " failed: " : " did not end: ") + said);
            }
        } finally {
            Files.delete(output);
        }
    }

    /** The resource as a file. */
    static Path resource(String name, Path target) throws IOException {
        try (InputStream in = Objects.requireNonNull(ChildJvm.class.getResourceAsStream(name), name)) {
            Files.copy(in, target);
            return target;
        }
    }
}
