package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * PUTs of new stripes to a node that is full, so that it evicts and cleans, at {@value Puts#PER_SECOND} a second. Before that, what is
 * measured is the kernel, which clears memory for every record that goes where none was before.
 */
final class NodePuts extends NodeScenario {

    private static final Map<Double, Double> TARGETS = Map.of(50.0, 125.0, 99.99, 413.0);

    private static final int CAPACITY_MIB = 512;
    private static final long FILL = 5 * ((long) CAPACITY_MIB << 20) / 4 / BenchStripes.PAYLOAD_BYTES;

    private final Workspace workspace;
    private final StoragePlan plan;
    private long next;

    NodePuts(Workspace workspace, StoragePlan plan) {
        this.workspace = workspace;
        this.plan = plan;
    }

    @Override
    public String name() {
        return "node.put";
    }

    @Override
    public void prepare() throws IOException {
        start(new BenchNode(workspace, "writing-node", plan, CAPACITY_MIB + "MiB"));
        while (next < FILL) {
            put(next++);
        }
    }

    @Override
    public void run(long nanos, Results results) throws IOException {
        connect();
        Histogram latencies = Results.histogram();
        long start = System.nanoTime();
        for (long i = 0; System.nanoTime() - start < nanos; i++) {
            Puts.awaitTurn(start, i);
            latencies.recordValue(put(next++));
        }
        results.addLatencies(name(), latencies, TARGETS);
    }
}
