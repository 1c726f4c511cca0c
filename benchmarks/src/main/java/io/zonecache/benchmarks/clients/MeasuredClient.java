package io.zonecache.benchmarks.clients;

import io.zonecache.benchmarks.cluster.ProcessorTime;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The bench's end of one version's process. Used by one thread. */
final class MeasuredClient implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(4);
    private static final Duration ROW = Duration.ofMinutes(30);

    private final ManagedProcess process;
    private int orders;

    private MeasuredClient(ManagedProcess process) {
        this.process = process;
    }

    /**
     * What one row took in one turn.
     *
     * @param processorSeconds of the client's process
     */
    record Turn(long wallNanos, long medianNanos, long p99Nanos, double processorSeconds) {}

    /** Returns when it has read every chunk once. */
    static MeasuredClient start(
            Workspace workspace, String name, String classPath, List<String> nodes, ClientsPlan plan) {
        JavaCommand command = JavaCommand.of(MeasuredClientMain.class)
                .classPath(benchClasses() + File.pathSeparator + classPath)
                .ignoringInterrupts()
                .jvm("-Xmx1g")
                .arguments(
                        String.join(",", nodes),
                        Integer.toString(plan.chunks()),
                        plan.verification().name(),
                        plan.overRequest().name());
        MeasuredClient client = new MeasuredClient(workspace.start(name, command));
        client.process.awaitLine(line -> line.equals("ready"), START);
        return client;
    }

    Turn measure(int readers, int reads) {
        List<Long> pid = List.of(process.pid());
        double before = ProcessorTime.seconds(pid);
        String begin = ++orders + " ";
        process.send(begin + readers + " " + reads);
        String[] words = process.awaitLine(line -> line.startsWith(begin), ROW).split(" ", -1);
        return new Turn(
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                ProcessorTime.seconds(pid) - before);
    }

    @Override
    public void close() {
        process.close();
    }

    /** Where this class is: the other version may have no such bench. */
    private static String benchClasses() {
        try {
            return Path.of(MeasuredClient.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the bench's own classes: " + e, e);
        }
    }
}
