package io.zonecache.benchmarks.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A scenario on a node over loopback: one connection, the latency as a client sees it. */
abstract class NodeScenario implements Scenario {

    final BenchStripes stripes = new BenchStripes(BenchStripes.PAYLOAD_BYTES);
    private @Nullable BenchNode node;
    private @Nullable NodeConnection connection;

    final void start(BenchNode started) throws IOException {
        node = started;
        connect();
    }

    /** Anew for each run, as a node closes connections that rest. */
    final void connect() throws IOException {
        BenchNode started = node;
        if (started == null) {
            throw new IllegalStateException(name() + ": not prepared");
        }
        close();
        connection = started.connect();
    }

    @Override
    public void close() {
        NodeConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new IllegalStateException("a socket that can't be closed", e);
            }
        }
    }

    /** Nanoseconds until the whole answer was there. */
    final long get(String path) throws IOException {
        long start = System.nanoTime();
        int status = connection().get(path);
        long nanos = System.nanoTime() - start;
        check(status, NodeConnection.OK, path);
        return nanos;
    }

    /** Nanoseconds until it was stored, those included for which the node was busy. */
    final long put(long number) throws IOException {
        String path = NodeConnection.stripesPath(BenchStripes.key(number));
        ByteBuffer record = stripes.record(number);
        long start = System.nanoTime();
        int status = connection().put(path, record);
        for (int attempt = 1; status == NodeConnection.BUSY && attempt < BenchStripes.MAX_ATTEMPTS; attempt++) {
            status = connection().put(path, record.rewind());
        }
        long nanos = System.nanoTime() - start;
        check(status, NodeConnection.NO_CONTENT, path);
        return nanos;
    }

    private NodeConnection connection() {
        NodeConnection open = connection;
        if (open == null) {
            throw new IllegalStateException(name() + ": not connected");
        }
        return open;
    }

    private static void check(int status, int expected, String path) throws IOException {
        if (status != expected) {
            throw new IOException("node: answered " + status + " (expected: " + expected + ") to " + path);
        }
    }
}
