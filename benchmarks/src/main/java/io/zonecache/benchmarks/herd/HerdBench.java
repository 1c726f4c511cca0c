package io.zonecache.benchmarks.herd;

import io.zonecache.benchmarks.herd.HerdClient.Outcome;
import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Fault;
import io.zonecache.testkit.s3.S3Latency;
import io.zonecache.testkit.zone.NodeProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Lets a herd loose on one cold chunk after the other, and counts at the origin. */
public final class HerdBench {

    /** At most so many GETs for a chunk, whatever happens; one is what is aimed at. */
    private static final double MAX_GETS = 3;

    private static final int SCENARIOS = 3;
    private static final long SEED = 2026;
    private static final long WAIT_SECONDS = 60;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Long enough to kill a coordinator while a client fetches under its lease. */
    private static final S3Latency SLOW = new S3Latency(SEED, 1_000, 1_000, 1);

    private final HerdPlan plan;
    private final BenchListener listener;
    private final Results results = new Results();

    public HerdBench(HerdPlan plan, BenchListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * @throws IOException if the directory can't be used
     * @throws IllegalStateException if a process does not do what it is told to, with its last words
     */
    public List<Row> run() throws IOException {
        try (Workspace workspace = Workspace.createIn(plan.directory(), "zonecache-herd")) {
            listener.begin("start", 1);
            HerdZone zone = new HerdZone(workspace, plan);
            listener.done(1);
            listener.end();
            for (int run = 1; run <= plan.runs(); run++) {
                listener.begin("run " + run, SCENARIOS);
                undisturbed(zone);
                listener.done(1);
                holderKilled(zone);
                listener.done(2);
                coordinatorKilled(zone);
                listener.done(SCENARIOS);
                listener.end();
            }
            return results.rows();
        }
    }

    private void undisturbed(HerdZone zone) {
        zone.s3().setLatency(S3Latency.measured(SEED));
        ChunkKey key = zone.coldChunk();
        begin(zone, key);
        long startNanos = System.nanoTime();
        end(zone, "herd", key, zone.clients(), startNanos);
    }

    /** The client dies in the middle of its fetch; the lease goes to another when it is over. */
    private void holderKilled(HerdZone zone) {
        ChunkKey key = zone.coldChunk();
        zone.s3().setFault(S3Fault.HANG);
        List<HerdClient> clients = zone.clients();
        long[] before = clients.stream().mapToLong(HerdClient::fetches).toArray();
        begin(zone, key);
        awaitFetch(zone);
        int holder = holder(clients, before);
        clients.get(holder).kill();
        zone.s3().setFault(S3Fault.NONE);
        // What the dead client has asked for so far is no matter of who comes next.
        zone.s3().reset();
        List<HerdClient> others =
                clients.stream().filter(client -> client != clients.get(holder)).toList();
        end(zone, "holder-killed", key, others, System.nanoTime());
        zone.replace(clients.get(holder));
    }

    /** The node dies that has granted the lease and keeps all others waiting; they ask the next one. */
    private void coordinatorKilled(HerdZone zone) {
        zone.s3().setLatency(SLOW);
        ChunkKey key = zone.coldChunk();
        NodeProcess coordinator = zone.coordinatorOf(key);
        begin(zone, key);
        awaitFetch(zone);
        coordinator.kill();
        end(zone, "coordinator-killed", key, zone.clients(), System.nanoTime());
        zone.s3().setLatency(S3Latency.NONE);
        zone.bringBack(coordinator);
    }

    private void begin(HerdZone zone, ChunkKey key) {
        zone.s3().reset();
        zone.clients().forEach(client -> client.read(key, plan.readersPerClient()));
    }

    /** Waits for all readers of these clients, and counts. */
    private void end(HerdZone zone, String name, ChunkKey key, List<HerdClient> clients, long startNanos) {
        long failed = 0;
        long wrong = 0;
        for (HerdClient client : clients) {
            Outcome outcome = client.awaitOutcome(key);
            failed += outcome.failed();
            wrong += outcome.wrong();
        }
        double millis = (System.nanoTime() - startNanos) / 1e6;
        results.add(Goal.none(name + ".readers", ""), (double) clients.size() * plan.readersPerClient());
        double gets = (double) zone.s3().counts().gets();
        results.add(Goal.atMost(name + ".origin-gets", "", MAX_GETS), gets);
        results.add(Goal.atMost(name + ".failed", "", 0), (double) failed);
        results.add(Goal.atMost(name + ".wrong", "", 0), (double) wrong);
        results.add(Goal.none(name + ".last-reader", "ms"), millis);
    }

    private static void awaitFetch(HerdZone zone) {
        await("a GET at the origin", () -> zone.s3().counts().getsInFlight() > 0);
    }

    /** The client that has asked the origin since. */
    private static int holder(List<HerdClient> clients, long[] before) {
        int[] found = {-1};
        await("a client that fetches", () -> {
            for (int i = 0; i < before.length && found[0] < 0; i++) {
                found[0] = clients.get(i).fetches() > before[i] ? i : -1;
            }
            return found[0] >= 0;
        });
        return found[0];
    }

    private static void await(String what, BooleanSupplier isSo) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException(what + ": none within " + WAIT_SECONDS + " s (expected: one)");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
