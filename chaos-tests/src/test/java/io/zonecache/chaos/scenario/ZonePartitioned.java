package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.Partition;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.testkit.s3.S3Latency;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Nodes can't hear each other, while workers reach them all. */
record ZonePartitioned(String name, int deafNodes, boolean isOneWay) implements Scenario {

    /** Longer than it takes the nodes to notice. */
    private static final Duration SPAN = Duration.ofSeconds(20);

    private static final Duration ONE_VIEW = Duration.ofMinutes(2);
    private static final int COLD_CHUNKS = 64;

    @Override
    public String promise() {
        return deafNodes + " of six nodes " + (isOneWay ? "do not hear" : "are parted from")
                + " the others: no wrong byte, the budget holds across both sides; healed: one view, nothing lost, no surge";
    }

    @Override
    public void run(Trial trial) throws Exception {
        assumeThat(Partition.isPossible()).as("root, nsenter and iptables").isTrue();
        List<NodeContainer> nodes = trial.zone().nodes();
        List<NodeContainer> deaf = nodes.subList(nodes.size() - deafNodes, nodes.size());
        List<Long> held = nodes.stream().map(trial::stripes).toList();
        trial.s3().setLatency(S3Latency.measured(trial.random().nextLong()));
        ReadTally before = trial.begin();
        Readers cold = trial.startOnColdChunks(COLD_CHUNKS, 1, trial.setup().withPace(8, 0));
        Fault partition = new Partition(deaf, nodes.subList(0, nodes.size() - deafNodes), isOneWay);
        trial.inject(partition);
        cold.pace(Trial.PACE / 5);
        ReadTally parted = trial.observeFor("parted", SPAN);
        trial.look("misses meanwhile", cold);
        trial.heal(partition);
        trial.zone().awaitAllUp(ONE_VIEW);
        cold.pace(0);
        trial.recover();

        if (deafNodes == 1) {
            Promises.noFailedRead(parted);
            Promises.hitRateDownByUnder(1, before, parted);
        }
        trial.note(String.format(
                Locale.ROOT,
                "%d origin GETs, at most %d at once",
                trial.s3().counts().gets(),
                trial.s3().counts().getsPeakInFlight()));
        for (int i = 0; i < held.size(); i++) {
            Promises.nothingLost(nodes.get(i), held.get(i), trial.stripes(nodes.get(i)));
        }
        assertThat(trial.epochs()).as("different views after it healed").hasSize(1);
    }
}
