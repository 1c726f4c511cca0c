package io.zonecache.benchmarks.faults;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.util.List;

/** Measures a client of a zone of which parts fail, in turns with control runs. */
public final class FaultsBench {

    private static final int SCENARIOS = 2;

    private final FaultsPlan plan;
    private final BenchListener listener;

    public FaultsBench(FaultsPlan plan, BenchListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * @throws IOException if the directory can't be used
     * @throws IllegalStateException if something does not start or answer
     */
    public List<Row> run() throws IOException {
        Results results = new Results();
        try (Workspace workspace = Workspace.createIn(plan.directory(), "zonecache-faults")) {
            listener.begin("start", 1 + SCENARIOS);
            try (FaultsZone zone = new FaultsZone(workspace, plan)) {
                listener.done(1);
                SilentNodes silentNodes = new SilentNodes(plan, zone);
                listener.done(2);
                NarrowLinkReads narrowLink = new NarrowLinkReads(plan, zone);
                listener.done(1 + SCENARIOS);
                listener.end();
                for (int turn = 0; turn <= plan.turns(); turn++) {
                    Results target = turn == 0 ? new Results() : results;
                    listener.begin(turn == 0 ? "warm-up" : "turn " + turn, SCENARIOS);
                    silentNodes.run(turn, target);
                    listener.done(1);
                    narrowLink.run(target);
                    listener.done(SCENARIOS);
                    listener.end();
                }
            }
        }
        return results.rows();
    }
}
