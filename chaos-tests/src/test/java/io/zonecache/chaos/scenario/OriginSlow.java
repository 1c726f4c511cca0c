package io.zonecache.chaos.scenario;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.testkit.s3.S3Latency;

/** S3 takes ten times as long as usual. */
record OriginSlow() implements Scenario {

    private static final int TIMES = 10;
    private static final int COLD_CHUNKS = 64;

    @Override
    public String name() {
        return "S3 slow";
    }

    @Override
    public String promise() {
        return "S3 takes ten times as long: hits are unaffected, the budget holds, and misses that succeed are right";
    }

    @Override
    public void run(Trial trial) throws Exception {
        ReadTally before = trial.begin();
        Readers cold = trial.startOnColdChunks(COLD_CHUNKS, 1, trial.setup().withPace(16, 0));
        trial.s3().setLatency(S3Latency.measured(trial.random().nextLong()).times(TIMES));
        cold.pace(Trial.PACE);
        cold.awaitReads(COLD_CHUNKS, Trial.PHASE);
        ReadTally hits = trial.observe("hits", Trial.READS);
        trial.look("misses", cold);

        Promises.noFailedRead(hits);
        Promises.hitRateDownByUnder(1, before, hits);
        trial.s3().setLatency(S3Latency.NONE);
        trial.awaitNoFailure("misses again", cold, COLD_CHUNKS);
    }
}
