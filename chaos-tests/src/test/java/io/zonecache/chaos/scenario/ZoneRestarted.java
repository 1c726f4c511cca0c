package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;

/** All nodes are restarted one at a time, as the chart does it. */
record ZoneRestarted() implements Scenario {

    private static final int HOOK_SECONDS = 3;
    private static final int GRACE_SECONDS = 30;
    private static final Duration REST = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "rolling restart";
    }

    @Override
    public String promise() {
        return "all nodes are restarted one at a time: no failed read, hit rate down by under 1 point";
    }

    @Override
    public void run(Trial trial) throws Exception {
        ReadTally before = trial.begin();
        ReadTally all = ReadTally.none();
        for (NodeContainer node : trial.zone().nodes()) {
            node.preStop(HOOK_SECONDS);
            assertThat(node.stop(GRACE_SECONDS))
                    .as("exit code of %s", node.id())
                    .isZero();
            node.startAgain();
            await(node.id() + " has settled").atMost(REST).until(() -> node.admin("/health/settled") != null);
            all = all.plus(trial.observe(node.id() + " restarted", Trial.READS / 2));
        }
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
    }
}
