package io.zonecache.benchmarks.faults;

import io.zonecache.benchmarks.faults.SteadyReads.Group;
import io.zonecache.benchmarks.faults.SteadyReads.Outcome;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.client.ZoneCache;
import io.zonecache.testkit.proxy.ProxyFault;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Steady reads with all nodes well, then with two of them silent. A chunk with both among its five places can't be decided in the zone; the
 * others, of which at most one place is silent, must be read as if nothing were. Used by one thread.
 */
final class SilentNodes {

    /** So small that two cores carry twelve nodes, their proxies and the client at 400 reads/s. */
    private static final int CHUNK_BYTES = 64 << 10;

    private static final int SILENT = 2;
    private static final int MAX_SILENT_PLACES = 1;
    private static final double MAX_RATIO = 2;
    private static final long SEED = 9;
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final List<Double> PERCENTILES = List.of(50.0, 99.0, 99.9);

    private final FaultsPlan plan;
    private final FaultsZone zone;
    private final FaultsChunks chunks;
    private final MemoryOrigin origin;
    private final ZoneCache client;
    private final SteadyReads reads;

    /** Stores what is read. */
    SilentNodes(FaultsPlan plan, FaultsZone zone) {
        this.plan = plan;
        this.zone = zone;
        this.chunks = new FaultsChunks(SEED, CHUNK_BYTES, plan.chunks());
        this.origin = new MemoryOrigin(chunks);
        this.client = zone.openClient(DEADLINE, origin);
        BitSet affected = new BitSet();
        for (int i = 0; i < chunks.count(); i++) {
            affected.set(i, zone.places(chunks.key(i), SILENT) > MAX_SILENT_PLACES);
        }
        this.reads = new SteadyReads(
                index -> client.get(chunks.key(index)), chunks.count(), affected::get, plan.readsPerSecond());
        zone.store(client, chunks);
    }

    /** @param turn the order of reads is the same for the fault and its control run, and another in each turn */
    void run(int turn, Results results) {
        double control = measure("silent-nodes.control", turn, results);
        zone.setFirst(SILENT, new ProxyFault.BlackHole());
        double silent;
        try {
            silent = measure("silent-nodes.two-silent", turn, results);
        } finally {
            zone.setFirst(SILENT, new ProxyFault.None());
        }
        results.add(Goal.atMost("silent-nodes.two-silent / control.healthy.p99", "ratio", MAX_RATIO), silent / control);
        awaitTrust();
    }

    /** @return the healthy chunks' p99 */
    private double measure(String name, int turn, Results results) {
        long gets = origin.gets();
        Outcome outcome = reads.run(plan.turnReads(), SEED + turn);
        gets = origin.gets() - gets;
        Group healthy = outcome.healthy();
        results.addPercentiles(name + ".healthy", healthy.nanos(), PERCENTILES, Map.of());
        results.add(Goal.atMost(name + ".healthy.failed", "reads", 0), (double) healthy.failed());
        Group affected = outcome.affected();
        if (affected.nanos().getTotalCount() > 0) {
            results.addPercentiles(name + ".affected", affected.nanos(), PERCENTILES, Map.of());
        }
        results.add(Goal.none(name + ".affected.reads", "reads"), (double) affected.reads());
        results.add(Goal.none(name + ".affected.failed", "reads"), (double) affected.failed());
        results.add(Goal.none(name + ".origin", "GETs"), (double) gets);
        return healthy.nanos().getValueAtPercentile(99);
    }

    /** Only reads find out that a node is back. Where the machine is busy some node may always seem slow. */
    private void awaitTrust() {
        client.whenIdle().join();
        long begin = System.nanoTime();
        do {
            reads.run(plan.readsPerSecond(), begin);
        } while (client.stats().nodesSkipped() > 0 && System.nanoTime() - begin < TRUST_NANOS);
        client.whenIdle().join();
    }
}
