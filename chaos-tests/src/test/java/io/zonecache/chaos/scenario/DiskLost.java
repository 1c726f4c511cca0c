package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.DiskWiped;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;
import java.util.Locale;

/** One node comes back with an empty disk. */
record DiskLost() implements Scenario {

    private static final Duration UP = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "disk wiped";
    }

    @Override
    public String promise() {
        return "one node comes back with an empty disk: no failed read, hit rate down by under 1 point, and reads fill it again";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim = trial.anyNode();
        ReadTally before = trial.begin();
        trial.inject(new DiskWiped(victim));
        trial.zone().awaitAllUp(UP);
        ReadTally wiped = trial.observe("wiped", 2 * Trial.READS);

        Promises.noFailedRead(wiped);
        Promises.hitRateDownByUnder(1, before, wiped);
        long stripes = trial.stripes(victim);
        trial.note(String.format(Locale.ROOT, "%s holds %d stripes again", victim.id(), stripes));
        assertThat(stripes).as("stripes that reads have put back").isPositive();
    }
}
