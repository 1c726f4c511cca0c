package io.zonecache.benchmarks.refill;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.client.ZoneCache;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Empties a zone under load, and measures how long chunks are waited for, from when each is wanted first until it is back. */
public final class RefillBench {

    /** Times the ideal: chunks times latency by what may be leased at once. */
    private static final double MAX_RATIO = 2;

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long SEED = 2026;
    private static final long GIVE_UP_SECONDS = 120;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final RefillPlan plan;
    private final BenchListener listener;
    private final Results results = new Results();
    private final Random random = new Random(SEED);

    public RefillBench(RefillPlan plan, BenchListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * @throws IOException if the directory can't be used
     * @throws IllegalStateException if a chunk is not back in time, or a process does not do what it is told to
     */
    public List<Row> run() throws IOException {
        for (int budget : plan.budgets()) {
            CountingOrigin origin = new CountingOrigin(plan.chunks(), CHUNK_BYTES, plan.latencyMillis());
            listener.begin("budget " + budget, 1 + plan.warmUps() + plan.runs());
            try (Workspace workspace = Workspace.createIn(plan.directory(), "zonecache-refill");
                    RefillZone zone = new RefillZone(workspace, plan, budget, origin)) {
                // Also waits for the nodes' first lease lifetimes.
                readAll(zone, origin).await();
                listener.done(1);
                for (int run = 1; run <= plan.warmUps(); run++) {
                    warmUp(zone, origin);
                    listener.done(1 + run);
                }
                for (int run = 1; run <= plan.runs(); run++) {
                    control("refill-" + budget + ".control", zone, origin);
                    measure("refill-" + budget + ".at-once", budget, zone, origin, () -> readAll(zone, origin));
                    measure("refill-" + budget + ".steady", budget, zone, origin, () -> readSteadily(zone, origin));
                    listener.done(1 + plan.warmUps() + run);
                }
            }
            listener.end();
        }
        return results.rows();
    }

    /** Reads under way, and what is known of each chunk. */
    private static final class Reads {
        final long startNanos = System.nanoTime();
        final Map<ChunkKey, Long> wantedNanos = new ConcurrentHashMap<>();
        final Map<ChunkKey, Long> backNanos = new ConcurrentHashMap<>();
        final LongAdder failed = new LongAdder();
        final List<CompletableFuture<Void>> all = new ArrayList<>();

        void read(ZoneCache client, ChunkKey key) {
            wantedNanos.putIfAbsent(key, System.nanoTime());
            all.add(client.get(key).handle((chunk, failure) -> {
                if (failure == null) {
                    backNanos.putIfAbsent(key, System.nanoTime());
                } else {
                    failed.increment();
                }
                return null;
            }));
        }

        void await() {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .orTimeout(GIVE_UP_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
    }

    /** Lets all the JVMs compile what fills run: the first run takes nearly twice as long as a later one. */
    private void warmUp(RefillZone zone, CountingOrigin origin) {
        zone.awaitIdle();
        zone.empty();
        readAll(zone, origin).await();
    }

    private interface Load {
        Reads run();
    }

    /** What the same reads take where the zone has every chunk: no lease makes that shorter. */
    private void control(String name, RefillZone zone, CountingOrigin origin) {
        zone.awaitIdle();
        Reads reads = readAll(zone, origin);
        reads.await();
        long lastBack = Collections.max(reads.backNanos.values());
        results.add(Goal.none(name + ".last-read", "s"), (System.nanoTime() - reads.startNanos) / 1e9);
        results.add(Goal.none(name + ".last-back", "s"), (lastBack - reads.startNanos) / 1e9);
    }

    private void measure(String name, int budget, RefillZone zone, CountingOrigin origin, Load load) {
        zone.awaitIdle();
        zone.empty();
        origin.reset();
        Reads reads = load.run();
        reads.await();
        long lastWanted = Collections.max(reads.wantedNanos.values());
        long lastBack = Collections.max(reads.backNanos.values());
        double seconds = (lastBack - reads.startNanos) / 1e9;
        double slowestSeconds = reads.backNanos.entrySet().stream()
                .mapToDouble(entry ->
                        (entry.getValue() - Objects.requireNonNull(reads.wantedNanos.get(entry.getKey()))) / 1e9)
                .max()
                .orElse(0);
        double idealSeconds = (double) plan.chunks() * plan.latencyMillis() / 1e3 / (budget - RefillPlan.RESERVE);
        CountingOrigin.Counts counts = origin.counts();
        results.add(Goal.none(name + ".last-wanted", "s"), (lastWanted - reads.startNanos) / 1e9);
        results.add(Goal.none(name + ".last-back", "s"), seconds);
        results.add(Goal.none(name + ".slowest-chunk", "s"), slowestSeconds);
        results.add(Goal.atMost(name + ".slowest-chunk", "times the ideal", MAX_RATIO), slowestSeconds / idealSeconds);
        results.add(Goal.atMost(name + ".failed", "", 0), (double) reads.failed.sum());
        results.add(Goal.atMost(name + ".gets", "", plan.chunks()), (double) counts.gets());
        results.add(Goal.atMost(name + ".at-once", "", RefillPlan.leasable(budget)), counts.maxInFlight());
        results.add(Goal.none(name + ".at-once-mean", ""), counts.flightSeconds() / seconds);
    }

    /** Every client every chunk, at once and each in an order of its own. */
    private Reads readAll(RefillZone zone, CountingOrigin origin) {
        Reads reads = new Reads();
        for (ZoneCache client : zone.clients()) {
            List<ChunkKey> order = new ArrayList<>(origin.keys());
            Collections.shuffle(order, random);
            order.forEach(key -> reads.read(client, key));
        }
        return reads;
    }

    /** Any client any chunk, so many a second, until each chunk has been read. */
    private Reads readSteadily(RefillZone zone, CountingOrigin origin) {
        Reads reads = new Reads();
        List<ZoneCache> clients = zone.clients();
        long begun = 0;
        while (reads.backNanos.size() < plan.chunks()) {
            double elapsedSeconds = (System.nanoTime() - reads.startNanos) / 1e9;
            if (elapsedSeconds > GIVE_UP_SECONDS) {
                throw new IllegalStateException("chunks back after " + GIVE_UP_SECONDS + " s: " + reads.backNanos.size()
                        + " (expected: " + plan.chunks() + ")");
            }
            for (; begun < elapsedSeconds * plan.readsPerSecond(); begun++) {
                reads.read(
                        clients.get((int) (begun % clients.size())),
                        origin.keys().get(random.nextInt(plan.chunks())));
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
        return reads;
    }
}
