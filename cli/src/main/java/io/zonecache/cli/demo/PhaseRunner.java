package io.zonecache.cli.demo;

import io.zonecache.cli.demo.worker.Tally;
import io.zonecache.cli.terminal.Progress;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Counts;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** Runs a phase and measures it, at the workers and at the origin. */
final class PhaseRunner {

    /** On a machine so slow that a phase takes longer, the demo shows nothing. */
    private static final long PHASE_SECONDS = 240;

    private final DemoPlan plan;
    private final Children children;
    private final DemoZone zone;
    private final Fleet fleet;
    private final S3Control s3;
    private final Progress progress;

    PhaseRunner(DemoPlan plan, Children children, DemoZone zone, Fleet fleet, S3Control s3, Progress progress) {
        this.plan = plan;
        this.children = children;
        this.zone = zone;
        this.fleet = fleet;
        this.s3 = s3;
        this.progress = progress;
    }

    PhaseReport run(Phase phase, int distinctChunks) {
        long reads = phase.everyChunkOnce() ? (long) plan.workers() * distinctChunks : plan.readsPerPhase();
        fleet.awaitIdle();
        s3.reset();
        progress.begin(phase.name(), reads);
        long startNanos = System.nanoTime();
        CompletableFuture<Tally> running = fleet.run(phase);
        if (!phase.everyChunkOnce()) {
            disturb(phase, reads);
            await(fleet.reads(reads), phase, "reads");
            fleet.finish();
        }
        Tally tally = await(running, phase, "the last reads");
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        // Fetches go on when their readers have what they want; they count for this phase.
        fleet.awaitIdle();
        S3Counts counts = s3.counts();
        progress.end(String.format(
                Locale.ROOT,
                "%,d reads, %,d failed, %,d GETs at the origin",
                tally.reads(),
                lost(tally),
                counts.gets()));
        phase.restore(zone, fleet);
        return report(phase, tally, seconds, counts);
    }

    private void disturb(Phase phase, long reads) {
        long first = reads * plan.disturbAtPercent() / 100;
        for (int i = 0; i < phase.times(); i++) {
            await(fleet.reads(first + i * (reads - first) / phase.times()), phase, "reads");
            await(phase.disturb(zone), phase, "what is done to the zone");
        }
    }

    private <T> T await(CompletableFuture<T> future, Phase phase, String what) {
        return children.await(future, PHASE_SECONDS, "phase " + phase.name() + ", " + what);
    }

    private static long lost(Tally tally) {
        return tally.failed() + tally.refused() + tally.wrongBytes();
    }

    private static PhaseReport report(Phase phase, Tally tally, double seconds, S3Counts counts) {
        Histogram latencies = tally.histogram();
        return new PhaseReport(
                phase.name(),
                tally.reads(),
                tally.failed(),
                tally.refused(),
                tally.wrongBytes(),
                tally.fromLocal(),
                tally.fromZone(),
                tally.fromOrigin(),
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                latencies.getValueAtPercentile(99.9),
                Math.round(tally.reads() / seconds),
                counts.gets(),
                counts.getsPeakInFlight(),
                tally.errors());
    }
}
