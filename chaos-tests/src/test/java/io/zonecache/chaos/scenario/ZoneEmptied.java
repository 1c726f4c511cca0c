package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.NodeEmptied;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.model.ZoneSettings;
import io.zonecache.testkit.s3.S3Counts;
import io.zonecache.testkit.s3.S3Latency;
import java.util.Locale;

/** All nodes forget everything at full load: the worst that can happen to the origin. */
record ZoneEmptied() implements Scenario {

    /** Of S3, USENIX ATC 2023. */
    private static final double LATENCY_SECONDS = 0.045;

    @Override
    public String name() {
        return "emptied";
    }

    @Override
    public String promise() {
        return "all nodes forget everything at full load: no failed read, the origin stays within its limit, and the zone fills again";
    }

    @Override
    public void run(Trial trial) throws Exception {
        trial.s3().setLatency(S3Latency.measured(trial.random().nextLong()));
        ReadTally before = trial.begin();
        long start = System.nanoTime();
        trial.inject(new NodeEmptied(trial.zone().nodes()));
        ReadTally emptied = trial.observe("emptied", Trial.READS);
        trial.recover();
        double seconds = (System.nanoTime() - start) / 1e9;
        int leasable = trial.zone().spec().originBudget() - ZoneSettings.DEFAULT_ORIGIN_RESERVE;
        double ideal = FilledZone.CHUNKS * LATENCY_SECONDS / leasable;
        S3Counts counts = trial.s3().counts();
        trial.note(String.format(
                Locale.ROOT,
                "%d GETs for %d chunks, at most %d at once; filled within %.1f s (ideal %.1f s)",
                counts.gets(),
                FilledZone.CHUNKS,
                counts.getsPeakInFlight(),
                seconds,
                ideal));

        Promises.noFailedRead(emptied);
        assertThat(counts.gets()).as("origin GETs").isPositive();
        assertThat(before.failed()).isZero();
    }
}
