package io.zonecache.chaos.scenario;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.NodeCutOff;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.model.NodeState;
import java.time.Duration;

/** One node is cut off from everybody, and finds back. */
record NodePartitioned() implements Scenario {

    private static final Duration STATE_CHANGE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "partition";
    }

    @Override
    public String promise() {
        return "one node of six is cut off from nodes and workers: no failed read, hit rate down by under 1 point;"
                + " healed: one view, nothing lost";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim =
                trial.zone().node(trial.random().nextInt(trial.zone().nodes().size()));
        long heldBefore = trial.stripes(victim);
        ReadTally before = trial.begin();
        Fault cut = new NodeCutOff(victim);
        trial.inject(cut);
        trial.zone().awaitStateAtOthers(victim, NodeState.DOWN, STATE_CHANGE);
        ReadTally apart = trial.observe("cut off", Trial.READS);
        trial.heal(cut);
        trial.zone().awaitAllUp(STATE_CHANGE);
        ReadTally back = trial.observe("together", Trial.READS);

        ReadTally all = apart.plus(back);
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
        Promises.nothingLost(victim, heldBefore, trial.stripes(victim));
    }
}
