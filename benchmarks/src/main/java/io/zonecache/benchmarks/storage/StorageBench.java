package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures the storage of one node, in rounds of all scenarios. */
public final class StorageBench {

    private final StoragePlan plan;
    private final BenchListener listener;

    public StorageBench(StoragePlan plan, BenchListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /** @throws IOException if the directory can't be used or the node does not answer */
    public List<Row> run() throws IOException {
        try (Workspace workspace = Workspace.createIn(plan.directory(), "zonecache-bench")) {
            return measure(scenarios(workspace));
        }
    }

    private List<Scenario> scenarios(Workspace workspace) {
        Path data = workspace.root();
        List<Scenario> scenarios = new ArrayList<>(List.of(
                new HotGets(data),
                new DiskGets(data, plan.diskStripes()),
                new ColdGets(data, plan.diskStripes()),
                new Puts(data),
                new Churn(data),
                new PolicySpeed(),
                new NodeGets(workspace, plan),
                new NodePuts(workspace, plan)));
        for (int stripes : plan.restartStripes()) {
            scenarios.add(new Restart(data, stripes));
        }
        return scenarios;
    }

    private List<Row> measure(List<Scenario> scenarios) throws IOException {
        Results results = new Results();
        try {
            listener.begin("prepare", scenarios.size());
            for (int i = 0; i < scenarios.size(); i++) {
                scenarios.get(i).prepare();
                listener.done(i + 1);
            }
            listener.end();
            for (int run = 0; run <= plan.runs(); run++) {
                listener.begin(run == 0 ? "warm-up" : "run " + run, scenarios.size());
                for (int i = 0; i < scenarios.size(); i++) {
                    scenarios.get(i).run(plan.runNanos(), run == 0 ? new Results() : results);
                    listener.done(i + 1);
                }
                listener.end();
            }
            return results.rows();
        } finally {
            scenarios.forEach(Scenario::close);
        }
    }
}
