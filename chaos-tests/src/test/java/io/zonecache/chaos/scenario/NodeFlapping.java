package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.NodeCutOff;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One node is there and gone by turns. */
record NodeFlapping() implements Scenario {

    private static final int TIMES = 5;
    private static final Duration HALF = Duration.ofMillis(2_500);

    @Override
    public String name() {
        return "flap";
    }

    @Override
    public String promise() {
        return "one node goes and comes every 5 s: no failed read, hit rate down by under 1 point, places don't move, views are limited in rate";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim = trial.anyNodeBut(trial.zone().node(0));
        List<String> places = trial.places();
        long views = trial.figure(trial.zone().node(0), "zonecache_view_epoch");
        ReadTally before = trial.begin();
        ReadTally all = ReadTally.none();
        int changes = 0;
        for (int time = 0; time < TIMES; time++) {
            Fault gone = new NodeCutOff(victim);
            trial.inject(gone);
            all = all.plus(trial.observeFor("gone", HALF));
            trial.heal(gone);
            all = all.plus(trial.observeFor("there", HALF));
            long now = trial.figure(trial.zone().node(0), "zonecache_view_epoch");
            changes += now == views ? 0 : 1;
            views = now;
            assertThat(trial.places())
                    .as("nodes of the view, and their weights")
                    .isEqualTo(places);
        }
        trial.note(String.format(Locale.ROOT, "%d changes of the view seen in %d flaps", changes, TIMES));
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
    }
}
