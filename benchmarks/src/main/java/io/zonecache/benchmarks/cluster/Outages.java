package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.testkit.zone.NodeProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * Nodes killed and restarted while clients read: what fails, what reaches the origin. Each happens once, as a count is no median. The
 * client has an origin, so that what the zone has lost is a fetch and no error.
 */
final class Outages {

    private static final int READERS = 4;
    private static final double PERCENT = 100;
    private static final double MIN_HIT_PERCENT = 99;
    private static final double MAX_REPAIR_PERCENT = 5;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
    private static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final BenchZone zone;
    private final ZoneClient client;
    private final BenchChunks chunks;

    Outages(BenchZone zone, ZoneClient client, BenchChunks chunks) {
        this.zone = zone;
        this.client = client;
        this.chunks = chunks;
    }

    /** Kills a node after a tenth of the reads, checks every byte without it, and brings it back. */
    void kill(int reads, Results results) {
        String name = "one-killed." + client.mode() + '.' + READERS + "-readers";
        chunks.check(name, client.reader());
        NodeProcess victim = zone.nodes().get(1);
        CompletableFuture<Void> killed = new CompletableFuture<>();
        ReadLoad.Outcome outcome = read(name, results, begun -> {
            if (begun == reads / 10) {
                victim.kill();
                killed.complete(null);
            }
            return begun < reads;
        });
        killed.join();
        results.addPercentiles(name, outcome.nanos(), List.of(50.0, 99.0, 99.9), Map.of());
        chunks.check(name, client.reader());
        victim.start();
        zone.awaitAllUp();
        awaitTrust(name);
    }

    /** Restarts two nodes one after the other, as an operator would, while reads go on. */
    void restartTwo(int reads, Results results) {
        String name = "two-restarted." + client.mode() + '.' + READERS + "-readers";
        CompletableFuture<Void> restarted = CompletableFuture.runAsync(() -> {
            restart(zone.nodes().get(2));
            restart(zone.nodes().get(3));
        });
        ZoneCacheStats before = client.cache().stats();
        ReadLoad.Outcome outcome = read(name, results, begun -> begun < reads || !restarted.isDone());
        restarted.join();
        ZoneCacheStats after = client.cache().stats();
        double hits = PERCENT * (after.reads().fromZone() - before.reads().fromZone()) / outcome.reads();
        double repairs = PERCENT * (after.writes().repairs() - before.writes().repairs()) / outcome.reads();
        results.add(Goal.atLeast(name + ".hits", "%", MIN_HIT_PERCENT), hits);
        results.add(Goal.atMost(name + ".repairs", "%", MAX_REPAIR_PERCENT), repairs);
        chunks.check(name, client.reader());
    }

    private ReadLoad.Outcome read(String name, Results results, LongPredicate mayStart) {
        zone.s3().reset();
        ReadLoad.Outcome outcome = new ReadLoad(client.reader(), chunks.count(), READERS, mayStart).run();
        results.add(Goal.none(name + ".reads", ""), (double) outcome.reads());
        results.add(Goal.atMost(name + ".failed", "reads", 0), (double) outcome.failed());
        results.add(Goal.atMost(name + ".origin", "GETs", 0), (double)
                zone.s3().counts().gets());
        return outcome;
    }

    private void restart(NodeProcess node) {
        node.stop(STOP_TIMEOUT);
        node.start();
        zone.awaitAllUp();
    }

    /**
     * Reads are what brings a node back that the client leaves out. Where the machine is busy some node may always seem slow: then the next
     * figures show it.
     */
    private void awaitTrust(String name) {
        long begin = System.nanoTime();
        while (client.cache().stats().nodesSkipped() > 0 && System.nanoTime() - begin < TRUST_NANOS) {
            chunks.check(name, client.reader());
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
