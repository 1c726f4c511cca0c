package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.NodeKill;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.model.NodeState;
import io.zonecache.testkit.s3.S3Latency;
import java.time.Duration;
import java.util.Locale;

/** Two nodes of six at once: one more than the code bears. */
record TwoNodesKilled() implements Scenario {

    private static final Duration STATE_CHANGE = Duration.ofSeconds(90);

    /** Which chunks are read is chance; this is more than three standard deviations of so many reads. */
    private static final double SLACK_POINTS = 7;

    @Override
    public String name() {
        return "two killed";
    }

    @Override
    public String promise() {
        return "two nodes of six are killed at once: reads miss as the code predicts, no read fails, the origin stays within its budget";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer one = trial.anyNode();
        NodeContainer other = trial.anyNodeBut(one);
        double predicted = 1 - trial.shareOfChunksOn(one, other);
        trial.s3().setLatency(S3Latency.measured(trial.random().nextLong()));
        trial.begin();
        Fault first = new NodeKill(one);
        Fault second = new NodeKill(other);
        trial.inject(first);
        trial.inject(second);
        trial.zone().awaitState(one, NodeState.DOWN, STATE_CHANGE);
        trial.zone().awaitState(other, NodeState.DOWN, STATE_CHANGE);
        ReadTally turn = trial.observe("killed", Trial.READS);
        ReadTally killed = trial.observe("without both", Trial.READS);

        trial.note(String.format(
                Locale.ROOT, "hits %.1f %%, by the code %.1f %%", 100 * killed.hitRate(), 100 * predicted));
        Promises.noFailedRead(turn.plus(killed));
        assertThat(100 * killed.hitRate())
                .as("hits, of a hundred reads")
                .isBetween(100 * predicted - SLACK_POINTS, 100 * predicted + SLACK_POINTS);
    }
}
