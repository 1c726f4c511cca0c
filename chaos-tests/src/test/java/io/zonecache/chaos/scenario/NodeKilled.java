package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.NodeKill;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.model.NodeState;
import java.time.Duration;

/** SIGKILL of one node of six. */
record NodeKilled() implements Scenario {

    private static final Duration STATE_CHANGE = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String promise() {
        return "one node of six is killed and comes back: no failed read, no origin GET for a chunk that the zone holds";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim =
                trial.zone().node(trial.random().nextInt(trial.zone().nodes().size()));
        trial.begin();
        Fault kill = new NodeKill(victim);
        trial.inject(kill);
        trial.zone().awaitState(victim, NodeState.DOWN, STATE_CHANGE);
        ReadTally killed = trial.observe("killed", Trial.READS);
        trial.heal(kill);
        trial.zone().awaitState(victim, NodeState.UP, STATE_CHANGE);
        ReadTally back = trial.observe("back", Trial.READS);

        Promises.noFailedRead(killed.plus(back));
        assertThat(trial.s3().counts().gets()).as("origin GETs").isZero();
    }
}
