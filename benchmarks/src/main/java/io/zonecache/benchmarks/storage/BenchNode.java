package io.zonecache.benchmarks.storage;

import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One node in a process of its own, alone in its zone. */
final class BenchNode {

    private static final String MAIN_CLASS = "io.zonecache.server.Main";
    private static final String VIEW_PATH = "/v1/view";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ManagedProcess process;
    private final int port;

    BenchNode(Workspace workspace, String name, StoragePlan plan, String capacity) {
        List<Integer> ports = Ports.free(2);
        port = ports.get(0);
        process = workspace.start(
                name,
                JavaCommand.of(MAIN_CLASS)
                        .tethered()
                        .ignoringInterrupts()
                        .jvm(plan.nodeJvmOptions().toArray(String[]::new))
                        .arguments("--memory=" + plan.nodeMemory(), "--capacity=" + capacity, "--data-dir=data")
                        .arguments("--port=" + port, "--admin-port=" + ports.get(1)));
    }

    /** Connects as soon as the node serves its view. */
    NodeConnection connect() throws IOException {
        long end = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                NodeConnection connection = new NodeConnection(port);
                if (connection.get(VIEW_PATH) == NodeConnection.OK) {
                    return connection;
                }
                connection.close();
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - end > 0) {
                    throw new IOException("node: does not answer" + process.describeEnd(), e);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
