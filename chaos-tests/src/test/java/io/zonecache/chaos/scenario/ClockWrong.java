package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zonecache.chaos.fault.ClockJump;
import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.ZoneSpec;
import java.time.Duration;

/** One node's clock jumps ahead by an hour and back again. */
record ClockWrong() implements Scenario {

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public String promise() {
        return "one node's clock jumps an hour ahead and back: nothing expires, nothing breaks, no read fails, no origin GET";
    }

    @Override
    public ZoneSpec zone() {
        return ZoneSpec.rigged();
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim = trial.zone().node(0);
        assumeThat(victim.hasClock()).as("libfaketime on this machine").isTrue();
        long stripes = trial.stripes(victim);
        ReadTally before = trial.begin();
        Fault jump = new ClockJump(victim, Duration.ofHours(1));
        trial.inject(jump);
        ReadTally ahead = trial.observeFor("ahead", Duration.ofSeconds(15));
        trial.heal(jump);
        ReadTally back = trial.observe("back", Trial.READS);

        ReadTally all = ahead.plus(back);
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
        Promises.nothingLost(victim, stripes, trial.stripes(victim));
        assertThat(trial.s3().counts().gets()).as("origin GETs").isZero();
    }
}
