package io.zonecache.benchmarks.clients;

import io.zonecache.benchmarks.clients.MeasuredClient.Turn;
import io.zonecache.benchmarks.cluster.PrimedChunk;
import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Lets this version's client and another's read the same chunks in turns. */
public final class ClientsBench {

    private static final String CAPACITY = "256MiB";
    private static final long START_SECONDS = 240;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1e6;
    private static final double BYTES_PER_GB = 1e9;

    private final ClientsPlan plan;
    private final BenchListener listener;
    private final Results results = new Results();

    public ClientsBench(ClientsPlan plan, BenchListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * @throws IOException if the directory can't be used
     * @throws IllegalStateException if a process does not start or a read fails, with its last output
     */
    public List<Row> run() throws IOException {
        try (Workspace workspace = Workspace.createIn(plan.directory(), "zonecache-clients")) {
            listener.begin("start", 1);
            List<String> nodes = startZone(workspace);
            listener.done(1);
            listener.end();
            for (int round = 1; round <= plan.rounds(); round++) {
                run(round, workspace, nodes);
            }
            return results.rows();
        }
    }

    private List<String> startZone(Workspace workspace) {
        ZoneProcesses zone = ZoneProcesses.prepare(
                workspace,
                "clients",
                ClientsPlan.NODES,
                plan.nodeJvmOptions(),
                List.of("--capacity=" + CAPACITY, "--memory=" + plan.nodeMemory()));
        zone.nodes().forEach(NodeProcess::start);
        zone.awaitAllUp(START_SECONDS);
        ClientConfig config = ClientConfig.builder()
                .nodes(zone.addresses())
                .localCacheBytes(0)
                .build();
        try (ZoneCache cache = ZoneCache.builder().config(config).build()) {
            cache.whenReady().join();
            ChunkOracle oracle = new ChunkOracle(ClientsPlan.SEED, ClientsPlan.CHUNK_BYTES);
            for (int i = 0; i < plan.chunks(); i++) {
                PrimedChunk.store(cache, oracle.key(i), oracle.chunk(i));
            }
        }
        return zone.addresses();
    }

    private void run(int round, Workspace workspace, List<String> nodes) {
        listener.begin("round " + round, 1 + plan.turns());
        String ownClassPath = System.getProperty("java.class.path");
        try (MeasuredClient current = MeasuredClient.start(workspace, "this-" + round, ownClassPath, nodes, plan);
                MeasuredClient other =
                        MeasuredClient.start(workspace, "other-" + round, plan.otherClassPath(), nodes, plan)) {
            for (int readers : plan.readers()) {
                current.measure(readers, plan.warmUpReads());
                other.measure(readers, plan.warmUpReads());
            }
            listener.done(1);
            for (int turn = 1; turn <= plan.turns(); turn++) {
                for (int readers : plan.readers()) {
                    compare(current, other, readers, turn);
                }
                listener.done(1 + turn);
            }
        }
        listener.end();
    }

    /** Each is first in every other turn. */
    private void compare(MeasuredClient current, MeasuredClient other, int readers, int turn) {
        int reads = plan.turnReads();
        boolean isFirst = turn % 2 == 1;
        Turn first = (isFirst ? current : other).measure(readers, reads);
        Turn second = (isFirst ? other : current).measure(readers, reads);
        Turn own = isFirst ? first : second;
        Turn others = isFirst ? second : first;
        String row = '.' + (readers == 1 ? "1-reader" : readers + "-readers");
        add("this" + row, own);
        add("other" + row, others);
        String ratio = "this / other" + row;
        addRatio(ratio + ".throughput", others, own, Turn::wallNanos);
        addRatio(ratio + ".p50", own, others, Turn::medianNanos);
        addRatio(ratio + ".p99", own, others, Turn::p99Nanos);
        addRatio(ratio + ".cpu.client", own, others, Turn::processorSeconds);
    }

    private void add(String row, Turn turn) {
        double bytes = (double) plan.turnReads() * ClientsPlan.CHUNK_BYTES;
        results.add(Goal.none(row + ".p50", "us"), turn.medianNanos() / NANOS_PER_MICRO);
        results.add(Goal.none(row + ".p99", "us"), turn.p99Nanos() / NANOS_PER_MICRO);
        results.add(
                Goal.none(row + ".throughput", "MB/s"), bytes / BYTES_PER_MB / (turn.wallNanos() / NANOS_PER_SECOND));
        results.add(Goal.none(row + ".cpu.client", "s/GB"), turn.processorSeconds() / (bytes / BYTES_PER_GB));
    }

    private void addRatio(String row, Turn turn, Turn base, ToDoubleFunction<Turn> figure) {
        results.add(Goal.none(row, "ratio"), figure.applyAsDouble(turn) / figure.applyAsDouble(base));
    }
}
