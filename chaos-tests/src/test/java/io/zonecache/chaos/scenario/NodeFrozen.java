package io.zonecache.chaos.scenario;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.NodeFreeze;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One node stands still for a while, its connections open. */
record NodeFrozen(int seconds) implements Scenario {

    private static final Duration UP = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "freeze " + seconds + " s";
    }

    @Override
    public String promise() {
        return "one node of six freezes for " + seconds
                + " s and wakes: no failed read, hit rate down by under 1 point, no wait for it after the first second";
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim =
                trial.zone().node(trial.random().nextInt(trial.zone().nodes().size()));
        ReadTally before = trial.begin();
        Fault freeze = new NodeFreeze(victim);
        long wake = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        trial.inject(freeze);
        ReadTally frozen = trial.observeFor("first second", Duration.ofSeconds(1));
        ReadTally later = trial.observeFor("frozen", Duration.ofNanos(Math.max(1, wake - System.nanoTime())));
        trial.heal(freeze);
        trial.zone().awaitAllUp(UP);
        ReadTally back = trial.observe("awake", Trial.READS);

        trial.note(String.format(
                Locale.ROOT, "p99.9 is %.2f of that before", later.millisAt(0.999) / before.millisAt(0.999)));
        ReadTally all = frozen.plus(later).plus(back);
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
    }
}
