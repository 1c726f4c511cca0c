package io.zonecache.cli.demo;

import io.zonecache.cli.demo.worker.WorkerSetup;
import io.zonecache.cli.terminal.Progress;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.IoReasons;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Latency;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Process;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Starts everything, runs the phases, ends everything. */
final class Demo {

    private static final int WARM_UP_CHUNKS = 16;

    private final DemoPlan plan;
    private final Progress progress;

    Demo(DemoPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** @throws DemoException if it can't be run to its end; what the phases brought is for {@link Findings} to judge */
    DemoReport run(DemoInput input) {
        try (Workspace workspace = Workspace.create("zonecache-demo")) {
            Children children = new Children();
            try {
                return run(input, workspace, children);
            } catch (RuntimeException e) {
                // Before the workspace closes: that ends the other processes as well.
                throw children.explain(e);
            }
        } finally {
            progress.clear();
        }
    }

    private DemoReport run(DemoInput input, Workspace workspace, Children children) {
        progress.begin("start", plan.nodes() + plan.workers() + 1);
        S3Process s3 = S3Process.start(workspace, S3Options.defaults());
        children.watch(s3.process());
        progress.update(1);
        DemoZone zone = DemoZone.start(workspace, children, plan);
        DemoOrigin.store(s3, input);
        zone.awaitAllUp();
        progress.update(1 + plan.nodes());
        Fleet fleet = startWorkers(workspace, children, zone, s3, input);
        s3.setLatency(S3Latency.measured(plan.seed()));
        progress.end(String.format(
                Locale.ROOT,
                "%d nodes, %d workers, S3 with %,d chunks (%,d MiB)",
                plan.nodes(),
                plan.workers(),
                input.keys().size(),
                input.totalBytes() >> 20));
        PhaseRunner runner = new PhaseRunner(plan, children, zone, fleet, s3, progress);
        List<PhaseReport> reports = new ArrayList<>();
        for (Phase phase : Phase.all()) {
            reports.add(runner.run(phase, input.keys().size()));
        }
        return new DemoReport(input.keys().size(), plan.originBudget(), reports);
    }

    private Fleet startWorkers(Workspace workspace, Children children, DemoZone zone, S3Process s3, DemoInput input) {
        List<String> warmUp = DemoOrigin.storeWarmUp(s3, plan.seed(), WARM_UP_CHUNKS).stream()
                .map(ChunkKey::toHex)
                .toList();
        Path keys = workspace.root().resolve("keys");
        try {
            input.writeKeys(keys);
        } catch (IOException e) {
            throw new DemoException(keys + ": " + IoReasons.of(e) + " (expected: to be written)", e);
        }
        return Fleet.start(
                workspace,
                children,
                plan.workers(),
                worker -> new WorkerSetup(
                        zone.addresses(),
                        DemoOrigin.LOCATION,
                        s3.endpoint().toString(),
                        keys.toString(),
                        warmUp,
                        plan.seed() + worker,
                        plan.readsInFlight(),
                        plan.deadlineMillis()),
                progress::update);
    }
}
