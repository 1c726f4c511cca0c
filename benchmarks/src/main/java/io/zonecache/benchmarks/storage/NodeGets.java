package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * GETs from a node, one run each of stripes that are hot and of stripes on disk: those come round only after so many others that none
 * is hot any more.
 */
final class NodeGets extends NodeScenario {

    private static final int HOT_STRIPES = 64;
    private static final Map<Double, Double> TARGETS = Map.of(50.0, 50.0);

    private final Workspace workspace;
    private final StoragePlan plan;
    private int nextOnDisk;

    NodeGets(Workspace workspace, StoragePlan plan) {
        this.workspace = workspace;
        this.plan = plan;
    }

    @Override
    public String name() {
        return "node.get";
    }

    @Override
    public void prepare() throws IOException {
        long bytes = StoreScenario.capacityFor(HOT_STRIPES + plan.diskStripes(), BenchStripes.PAYLOAD_BYTES);
        String capacity = Math.max(256 * StoreScenario.MIB, bytes) + "B";
        start(new BenchNode(workspace, "reading-node", plan, capacity));
        for (int i = 0; i < HOT_STRIPES + plan.diskStripes(); i++) {
            put(i);
        }
    }

    @Override
    public void run(long nanos, Results results) throws IOException {
        connect();
        Histogram disk = Results.histogram();
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            disk.recordValue(get(path(HOT_STRIPES + nextOnDisk++ % plan.diskStripes())));
        }
        String[] paths = new String[HOT_STRIPES];
        for (int i = 0; i < HOT_STRIPES; i++) {
            paths[i] = path(i);
            // On disk perhaps; hot from then on.
            get(paths[i]);
        }
        Histogram hot = Results.histogram();
        end = System.nanoTime() + nanos;
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            hot.recordValue(get(paths[i % HOT_STRIPES]));
        }
        results.addLatencies(name() + ".hot", hot, TARGETS);
        results.addLatencies(name() + ".disk", disk, TARGETS);
    }

    private static String path(int number) {
        return NodeConnection.stripesPath(BenchStripes.key(number));
    }
}
