package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.DiskBitFlips;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;
import java.util.Locale;

/** Bits rot on one node's disk. */
record DiskCorrupted() implements Scenario {

    /** So that two stripes of five have one. */
    private static final int EVERY_BYTES = 300_000;

    private static final Duration UP = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "corrupt";
    }

    @Override
    public String promise() {
        return "bits flip in many stripes on one node's disk: no wrong byte, no failed read, hit rate down by under 1 point,"
                + " and the node says so";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim =
                trial.zone().node(trial.random().nextInt(trial.zone().nodes().size()));
        ReadTally before = trial.begin();
        trial.inject(new DiskBitFlips(victim, EVERY_BYTES));
        trial.zone().awaitAllUp(UP);
        ReadTally corrupt = trial.observe("corrupt", 2 * Trial.READS);

        Promises.noFailedRead(corrupt);
        Promises.hitRateDownByUnder(1, before, corrupt);
        long found = trial.figure(victim, "zonecache_store_corrupt_total");
        // Where its index is hit too, the store is repaired, and discards tables that are corrupt as a whole.
        boolean isRepaired = victim.logs().contains("is corrupt");
        trial.note(String.format(
                Locale.ROOT,
                "%s found %d stripes bad%s",
                victim.id(),
                found,
                isRepaired ? ", and repaired its store" : ""));
        assertThat(found > 0 || isRepaired)
                .as("%s says that its disk is bad", victim.id())
                .isTrue();
    }
}
