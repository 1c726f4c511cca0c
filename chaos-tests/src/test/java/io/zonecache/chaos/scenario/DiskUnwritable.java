package io.zonecache.chaos.scenario;

import io.zonecache.chaos.fault.DiskFull;
import io.zonecache.chaos.fault.DiskReadOnly;
import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.ZoneSpec;
import java.time.Duration;

/** One node's disk takes no writes for a while. */
record DiskUnwritable(boolean isFull) implements Scenario {

    private static final int COLD_CHUNKS = 64;
    private static final Duration SAYS_SO = Duration.ofSeconds(90);

    @Override
    public String name() {
        return isFull ? "disk full" : "disk read-only";
    }

    @Override
    public String promise() {
        return "one node's disk takes no writes: reads are right and none fails, the node says so, and takes writes again when the disk does";
    }

    @Override
    public ZoneSpec zone() {
        return ZoneSpec.rigged();
    }

    @Override
    public void run(Trial trial) throws Exception {
        // The last node's disk is small.
        NodeContainer victim = trial.zone().node(trial.zone().nodes().size() - 1);
        ReadTally before = trial.begin();
        Readers cold = trial.startOnColdChunks(COLD_CHUNKS, 1, trial.setup().withPace(4, 0));
        Fault fault = isFull ? new DiskFull(victim) : new DiskReadOnly(victim);
        trial.inject(fault);
        cold.pace(Trial.PACE / 5);
        trial.awaitFigure(victim, "zonecache_store_writable", 0, SAYS_SO);
        ReadTally broken = trial.observe(name(), Trial.READS);
        ReadTally misses = trial.look("misses meanwhile", cold);
        trial.heal(fault);
        trial.awaitFigure(victim, "zonecache_store_writable", 1, SAYS_SO);
        ReadTally healed = trial.observe("healed", Trial.READS);

        ReadTally hits = broken.plus(healed);
        Promises.noFailedRead(hits.plus(misses));
        Promises.hitRateDownByUnder(1, before, hits);
    }
}
