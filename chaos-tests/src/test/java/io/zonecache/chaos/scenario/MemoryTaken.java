package io.zonecache.chaos.scenario;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.MemoryFull;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;

/** The kernel kills what takes too much memory in a node's container, be it the node. */
record MemoryTaken() implements Scenario {

    private static final Duration UP = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String promise() {
        return "something takes all memory of one node's container: no failed read, hit rate down by under 1 point";
    }

    @Override
    public boolean takesMemory() {
        return true;
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim = trial.anyNode();
        ReadTally before = trial.begin();
        Fault fault = new MemoryFull(victim);
        trial.inject(fault);
        ReadTally taken = trial.observe("taken", Trial.READS);
        trial.heal(fault);
        trial.zone().awaitAllUp(UP);
        ReadTally back = trial.observe("back", Trial.READS);

        ReadTally all = taken.plus(back);
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
    }
}
