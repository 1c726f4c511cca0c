package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.OriginFault;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.testkit.s3.S3Fault;
import java.util.Locale;

/** S3 fails in one way or another while some workers read what the zone lacks. */
record OriginDown(S3Fault what) implements Scenario {

    private static final int COLD_CHUNKS = 32;
    private static final int COLD_THREADS = 8;
    private static final int COLD_PACE = 10;
    private static final int COLD_READS = 60;
    private static final long DEADLINE_MILLIS = 5_000;

    /** What a busy machine may add to a deadline. */
    private static final double SLACK_MILLIS = 5_000;

    @Override
    public String name() {
        return "S3 " + what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public String promise() {
        return "hits are unaffected; misses fail within their deadline, no bad byte is cached, and they succeed when S3 does";
    }

    @Override
    public void run(Trial trial) throws Exception {
        ReadTally before = trial.begin();
        Readers cold = trial.startOnColdChunks(
                COLD_CHUNKS, 1, trial.setup().withPace(COLD_THREADS, 0).withDeadline(DEADLINE_MILLIS));
        Fault fault = new OriginFault(trial.s3(), what);
        trial.inject(fault);
        cold.pace(COLD_PACE);
        cold.awaitReads(COLD_READS, Trial.PHASE);
        ReadTally misses = trial.look("misses", cold);
        ReadTally hits = trial.observe("hits", Trial.READS / 4);
        trial.heal(fault);

        Promises.noFailedRead(hits);
        Promises.hitRateDownByUnder(1, before, hits);
        assertThat(misses.failed())
                .as("misses that failed, of %d", misses.reads())
                .isEqualTo(misses.reads());
        double slowest = misses.failedMicros().getMaxValue() / 1_000.0;
        trial.note(String.format(Locale.ROOT, "the slowest miss failed after %.0f ms", slowest));
        assertThat(slowest).as("milliseconds until a miss fails").isLessThan(DEADLINE_MILLIS + SLACK_MILLIS);
        trial.awaitNoFailure("misses again", cold, COLD_CHUNKS);
    }
}
