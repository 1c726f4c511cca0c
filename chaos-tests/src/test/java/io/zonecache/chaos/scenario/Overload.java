package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.Readers;
import java.time.Duration;
import java.util.Locale;

/** Three times the workers that the zone is busy with. */
record Overload() implements Scenario {

    private static final Duration PEAK = Duration.ofSeconds(20);
    private static final Duration SPAN = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String promise() {
        return "three times the load that keeps the zone busy, for 60 s: no wrong byte, no read is taken for a miss, and back to normal after it";
    }

    @Override
    public void run(Trial trial) throws Exception {
        ReadTally before = trial.begin();
        trial.readers().pace(Integer.MAX_VALUE);
        ReadTally busy = trial.observeFor("busy", PEAK);
        Readers more = trial.startOnHeldChunks(4);
        more.pace(Integer.MAX_VALUE);
        ReadTally first = trial.observeFor("three times", SPAN);
        ReadTally second = trial.look("three times, the others", more);
        more.pace(0);
        trial.readers().pace(trial.pace());
        ReadTally after = trial.observeFor("after", Duration.ofSeconds(30));

        ReadTally all = first.plus(second);
        double peak = busy.reads() / (double) PEAK.toSeconds();
        double completed = (all.reads() - all.failed()) / (double) SPAN.toSeconds();
        trial.note(String.format(
                Locale.ROOT,
                "%.0f reads per second at the peak, %.0f completed at three times the load: %.2f",
                peak,
                completed,
                completed / peak));
        trial.note(String.format(
                Locale.ROOT, "%.1f of %d reads per second after it", after.reads() / 30.0, 2 * trial.pace()));
        Promises.hitRateDownByUnder(1, before, after);
        assertThat(trial.s3().counts().gets())
                .as("origin GETs for chunks that the zone holds, of %d reads", all.reads())
                .isLessThan(Math.max(1, all.reads() / 100));
    }
}
