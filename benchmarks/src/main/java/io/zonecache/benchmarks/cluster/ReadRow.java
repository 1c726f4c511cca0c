package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.peer.ChunkReader;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads of one kind: latency, throughput and, if its servers are known, processor time. */
final class ReadRow implements Measurement {

    private static final List<Double> PERCENTILES = List.of(50.0, 99.0, 99.9);
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double BYTES_PER_MB = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_GB = 1e9;

    private final String name;
    private final BenchChunks chunks;
    private final ChunkReader reader;
    private final int readers;
    private final List<Turn> turns = new ArrayList<>();
    private Map<Double, Double> targetMicros = Map.of();
    private @Nullable Supplier<List<Long>> servers;
    private Runnable before = () -> {};
    private Runnable after = () -> {};

    /** @param readers how many reads are in flight */
    ReadRow(String name, BenchChunks chunks, ChunkReader reader, int readers) {
        this.name = name + '.' + readers + (readers == 1 ? "-reader" : "-readers");
        this.chunks = chunks;
        this.reader = reader;
        this.readers = readers;
    }

    /** The figures of one turn that are compared with others. */
    record Turn(
            double medianMicros,
            double p999Micros,
            double megabytesPerSecond,
            double clientSecondsPerGb,
            double processorSecondsPerGb) {}

    /** @param micros by percentile */
    ReadRow aimingAt(Map<Double, Double> micros) {
        targetMicros = micros;
        return this;
    }

    /** @param pids of all processes that serve these reads */
    ReadRow servedBy(Supplier<List<Long>> pids) {
        servers = pids;
        return this;
    }

    /** What is done to the zone while this row is measured. */
    ReadRow under(Runnable begin, Runnable end) {
        before = begin;
        after = end;
        return this;
    }

    String name() {
        return name;
    }

    List<Turn> turns() {
        return turns;
    }

    @Override
    public void run(int reads, Results results) {
        chunks.check(name, reader);
        before.run();
        try {
            measure(reads, results);
        } finally {
            after.run();
        }
    }

    /** Turns of the warm-up are forgotten. */
    void forget() {
        turns.clear();
    }

    private void measure(int reads, Results results) {
        List<Long> pids = servers == null ? List.of() : servers.get();
        double client = ProcessorTime.ofThisProcess();
        double server = ProcessorTime.seconds(pids);
        ReadLoad.Outcome outcome = new ReadLoad(reader, chunks.count(), readers, begun -> begun < reads).run();
        client = ProcessorTime.ofThisProcess() - client;
        server = ProcessorTime.seconds(pids) - server;
        if (outcome.failed() > 0) {
            throw new IllegalStateException(
                    name + ": " + outcome.failed() + " of " + outcome.reads() + " reads failed: " + outcome.failure(),
                    outcome.failure());
        }
        double bytes = (double) reads * ClusterPlan.CHUNK_BYTES;
        double megabytesPerSecond = bytes / BYTES_PER_MB / (outcome.wallNanos() / NANOS_PER_SECOND);
        results.addPercentiles(name, outcome.nanos(), PERCENTILES, targetMicros);
        results.add(Goal.none(name + ".throughput", "MB/s"), megabytesPerSecond);
        double gigabytes = bytes / BYTES_PER_GB;
        if (servers != null) {
            results.add(Goal.none(name + ".cpu.client", "s/GB"), client / gigabytes);
            results.add(Goal.none(name + ".cpu.servers", "s/GB"), server / gigabytes);
        }
        turns.add(new Turn(
                outcome.nanos().getValueAtPercentile(50) / NANOS_PER_MICRO,
                outcome.nanos().getValueAtPercentile(99.9) / NANOS_PER_MICRO,
                megabytesPerSecond,
                client / gigabytes,
                (client + server) / gigabytes));
    }
}
