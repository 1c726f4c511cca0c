package io.zonecache.benchmarks.faults;

import io.zonecache.benchmarks.cluster.ReadLoad;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.client.ZoneCache;
import io.zonecache.testkit.proxy.ProxyFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Whole reads of large chunks while all nodes are behind one link of 20 MiB/s: with many readers every answer takes long, and none is
 * lost for that. Used by one thread.
 */
final class NarrowLinkReads {

    static final int MAX_READERS = 32;

    private static final int CHUNK_BYTES = 2 << 20;
    private static final int LINK_BYTES_PER_SECOND = 20 << 20;
    private static final int FEW_READERS = 4;
    private static final List<Integer> MORE_READERS = List.of(16, MAX_READERS);
    private static final double MIN_RATIO = 0.9;
    private static final double BYTES_PER_MIB = 1 << 20;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long SEED = 10;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final List<Double> PERCENTILES = List.of(50.0, 99.0);

    private final FaultsPlan plan;
    private final FaultsZone zone;
    private final FaultsChunks chunks = new FaultsChunks(SEED, CHUNK_BYTES, MAX_READERS);
    private final ZoneCache client;

    /** Stores what is read. */
    NarrowLinkReads(FaultsPlan plan, FaultsZone zone) {
        this.plan = plan;
        this.zone = zone;
        this.client = zone.openClient(DEADLINE, null);
        zone.store(client, chunks);
    }

    void run(Results results) {
        zone.setAll(new ProxyFault.Bandwidth(LINK_BYTES_PER_SECOND));
        try {
            double few = measure(FEW_READERS, results);
            for (int readers : MORE_READERS) {
                results.add(
                        Goal.atLeast(name(readers) + " / " + FEW_READERS + "-readers.throughput", "ratio", MIN_RATIO),
                        measure(readers, results) / few);
            }
        } finally {
            zone.setAll(new ProxyFault.None());
        }
    }

    /** @return MiB/s of chunks */
    private double measure(int readers, Results results) {
        String name = name(readers);
        ReadLoad.Outcome outcome = new ReadLoad(
                        index -> client.read(chunks.key(index))::buffer,
                        MAX_READERS,
                        readers,
                        begun -> begun < plan.linkReads())
                .run();
        double mebibytes = outcome.nanos().getTotalCount() * (CHUNK_BYTES / BYTES_PER_MIB);
        double throughput = mebibytes / (outcome.wallNanos() / NANOS_PER_SECOND);
        results.addPercentiles(name, outcome.nanos(), PERCENTILES, Map.of());
        results.add(Goal.none(name + ".throughput", "MiB/s"), throughput);
        results.add(Goal.atMost(name + ".failed", "reads", 0), (double) outcome.failed());
        return throughput;
    }

    private static String name(int readers) {
        return "narrow-link." + readers + "-readers";
    }
}
