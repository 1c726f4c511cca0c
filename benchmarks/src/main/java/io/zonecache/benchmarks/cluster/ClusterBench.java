package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.peer.Peer;
import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.model.CodeSpec;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures a zone of six nodes and its client, in turns of all rows, and next to other caches. */
public final class ClusterBench {

    /** What the original's authors measured of theirs, as their worker sees it. */
    private static final Map<Double, Double> HIT_MICROS = Map.of(50.0, 550.0, 99.9, 3_700.0);

    private static final CodeSpec DEFAULT_CODE = CodeSpec.parse("4-of-5");
    private static final CodeSpec NO_PARITY = CodeSpec.parse("4-of-4");
    private static final CodeSpec WHOLE = CodeSpec.parse("1-of-1");
    private static final List<CodeSpec> CODES =
            List.of(DEFAULT_CODE, CodeSpec.parse("reed_solomon:4-of-5"), CodeSpec.parse("4-of-6"));
    private static final long SLOW_MILLIS = 20;

    private final ClusterPlan plan;
    private final BenchListener listener;
    private final Results results = new Results();
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<ReadRow> rows = new ArrayList<>();

    public ClusterBench(ClusterPlan plan, BenchListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * @throws IOException if the directory can't be used
     * @throws IllegalStateException if something does not start or answer, or a byte is wrong
     */
    public List<Row> run() throws IOException {
        List<Peer> peers = new ArrayList<>();
        try (Workspace workspace = Workspace.createIn(plan.directory(), "zonecache-bench")) {
            listener.begin("start", 1 + plan.peers().size());
            for (int i = 0; i < plan.peers().size(); i++) {
                peers.addAll(plan.peers().get(i).start(workspace, plan.maxReaders()));
                listener.done(i + 1);
            }
            try (BenchZone zone = new BenchZone(workspace, plan)) {
                zone.awaitAllUp();
                listener.end();
                measure(zone, peers);
                return results.rows();
            }
        } finally {
            peers.forEach(Peer::close);
        }
    }

    private void measure(BenchZone zone, List<Peer> peers) {
        BenchChunks chunks = new BenchChunks(1, plan.chunks());
        zone.store(chunks, DEFAULT_CODE);
        zone.storeBelow(chunks);
        List<ReaderRows> compared = addZone(zone, chunks);
        peers.forEach(peer -> addPeer(peer, chunks, compared));
        ReadRow[] tail = addSlowNode(zone);
        CODES.forEach(code -> measurements.add(new CodeSpeed(code)));
        takeTurns();
        compared.forEach(atOnce -> Comparisons.addPeers(results, atOnce));
        Comparisons.addTail(results, tail[0], tail[1]);
        ZoneClient client = zone.client(chunks, Verification.CHECKSUM, OverRequestPolicy.ALL, true);
        Outages outages = new Outages(zone, client, chunks);
        listener.begin("outages", 2);
        outages.kill(plan.reads(), results);
        listener.done(1);
        outages.restartTwo(plan.reads(), results);
        listener.end();
    }

    private List<ReaderRows> addZone(BenchZone zone, BenchChunks chunks) {
        ZoneClient all = zone.client(chunks, Verification.CHECKSUM, OverRequestPolicy.ALL, false);
        ZoneClient hedged = zone.client(chunks, Verification.CHECKSUM, OverRequestPolicy.HEDGED, false);
        ZoneClient full = zone.client(chunks, Verification.FULL, OverRequestPolicy.ALL, false);
        List<ReaderRows> compared = new ArrayList<>();
        for (int readers : plan.readers()) {
            ReadRow allRow = addZone(zone, chunks, all, readers);
            if (readers == 1) {
                allRow.aimingAt(HIT_MICROS);
            }
            compared.add(new ReaderRows(readers, allRow, addZone(zone, chunks, hedged, readers)));
            addZone(zone, chunks, full, readers);
        }
        return compared;
    }

    private ReadRow addZone(BenchZone zone, BenchChunks chunks, ZoneClient client, int readers) {
        return add(new ReadRow("zone." + client.mode(), chunks, client.reader(), readers).servedBy(zone::pids));
    }

    private void addPeer(Peer peer, BenchChunks chunks, List<ReaderRows> compared) {
        try {
            peer.store(chunks.count(), chunks::bytes);
        } catch (Exception e) {
            throw new IllegalStateException(peer.name() + ": " + e, e);
        }
        for (ReaderRows atOnce : compared) {
            ReadRow row = new ReadRow(peer.name(), chunks, peer.reader(), atOnce.readers()).servedBy(peer::pids);
            atOnce.peers().put(peer.name(), add(row));
        }
    }

    /** @return the two rows that are compared: 4-of-5 with a slow node, 4-of-4 with none */
    private ReadRow[] addSlowNode(BenchZone zone) {
        BenchChunks[] chunks = new BenchChunks[3];
        CodeSpec[] codes = {DEFAULT_CODE, NO_PARITY, WHOLE};
        ReadRow[] well = new ReadRow[codes.length];
        ReadRow[] slow = new ReadRow[codes.length];
        for (int i = 0; i < codes.length; i++) {
            chunks[i] = new BenchChunks(2 + i, plan.chunks());
            zone.store(chunks[i], codes[i]);
            // A client of its own for each: what it thinks of the node must not reach the other's row.
            well[i] = add(proxied(zone, chunks[i], codes[i], "all-well", 1));
            slow[i] = add(proxied(zone, chunks[i], codes[i], "one-slow", i == 0 ? 1 : ClusterPlan.WAITING_READERS)
                    .under(() -> zone.slowFirstNode(SLOW_MILLIS), () -> zone.slowFirstNode(0)));
        }
        return new ReadRow[] {slow[0], well[1]};
    }

    private static ReadRow proxied(BenchZone zone, BenchChunks chunks, CodeSpec code, String nodes, int readers) {
        ZoneClient client = zone.proxiedClient(chunks, code);
        String name = "proxied." + code.data() + "-of-" + code.stripes() + '.' + client.mode() + '.' + nodes;
        return new ReadRow(name, chunks, client.reader(), readers);
    }

    private ReadRow add(ReadRow row) {
        measurements.add(row);
        rows.add(row);
        return row;
    }

    private void takeTurns() {
        for (int turn = 0; turn <= plan.turns(); turn++) {
            listener.begin(turn == 0 ? "warm-up" : "turn " + turn, measurements.size());
            for (int i = 0; i < measurements.size(); i++) {
                int reads = turn == 0 ? plan.warmUpReads() : plan.readsPerTurn();
                measurements.get(i).run(reads, turn == 0 ? new Results() : results);
                listener.done(i + 1);
            }
            listener.end();
            if (turn == 0) {
                rows.forEach(ReadRow::forget);
            }
        }
    }
}
