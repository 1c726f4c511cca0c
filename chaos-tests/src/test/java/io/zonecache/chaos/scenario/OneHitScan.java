package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.ZoneSpec;
import java.time.Duration;
import java.util.Locale;

/**
 * A job that touches ten times what the zone can hold, each chunk once, while nobody reads what is usually read: where the last reference
 * decides, nothing of that is left.
 */
record OneHitScan() implements Scenario {

    private static final int TIMES_CAPACITY = 10;

    /** What is read all the time counts as referenced once a minute: the nodes' correlated period lasts for six times 10 s at most. */
    private static final Duration TWO_REFERENCES = Duration.ofSeconds(75);

    @Override
    public String name() {
        return "one-hit scan";
    }

    @Override
    public String promise() {
        return "chunks of ten times the capacity, each written once: hit rate of those usually read down by under 2 points";
    }

    @Override
    public ZoneSpec zone() {
        return ZoneSpec.small();
    }

    @Override
    public void run(Trial trial) throws Exception {
        ReadTally before = trial.begin();
        trial.observeFor("references", TWO_REFERENCES);
        trial.readers().pace(0);
        int chunks = Math.toIntExact(TIMES_CAPACITY * trial.zone().spec().capacityChunks(FilledZone.CHUNK_BYTES));
        long start = System.nanoTime();
        long taken = trial.scan(chunks);
        trial.note(String.format(
                Locale.ROOT, "%,d of %,d chunks taken in %.1f s", taken, chunks, (System.nanoTime() - start) / 1e9));
        trial.readers().pace(trial.pace());
        ReadTally after = trial.observe("after the scan", Trial.READS);

        assertThat(taken).as("chunks taken, of %d", chunks).isGreaterThan(chunks / 10 * 9L);
        Promises.noFailedRead(after);
        Promises.hitRateDownByUnder(2, before, after);
    }
}
