package io.zonecache.chaos.oracle;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came of the reads in some span of time.
 *
 * @param failed reads that did not bring the chunk, for whatever reason; {@code refused} are those of them that a limit turned away
 * @param wrong reads that brought other bytes
 * @param fromZone reads that the zone served, as the client counts them; 0 where nobody asked it
 * @param fromOrigin reads that cost, or shared, an origin fetch
 * @param micros how long the reads took that brought a chunk
 * @param failedMicros how long the others took
 * @param complaints the first few failures and wrong reads, in words
 */
public record ReadTally(
        long reads,
        long failed,
        long refused,
        long wrong,
        long fromZone,
        long fromOrigin,
        Histogram micros,
        Histogram failedMicros,
        List<String> complaints) {

    /** Longer reads count as this long. */
    static final long MAX_MICROS = 120_000_000;

    static final int MAX_COMPLAINTS = 10;

    private static final int DIGITS = 3;

    public ReadTally {
        complaints = List.copyOf(complaints.subList(0, Math.min(MAX_COMPLAINTS, complaints.size())));
    }

    public static ReadTally none() {
        return new ReadTally(0, 0, 0, 0, 0, 0, newHistogram(), newHistogram(), List.of());
    }

    public ReadTally withTiers(long zone, long origin) {
        return new ReadTally(reads, failed, refused, wrong, zone, origin, micros, failedMicros, complaints);
    }

    /** Both together, as if they had been one. */
    public ReadTally plus(ReadTally other) {
        List<String> both = new ArrayList<>(complaints);
        both.addAll(other.complaints);
        return new ReadTally(
                reads + other.reads,
                failed + other.failed,
                refused + other.refused,
                wrong + other.wrong,
                fromZone + other.fromZone,
                fromOrigin + other.fromOrigin,
                sum(micros, other.micros),
                sum(failedMicros, other.failedMicros),
                both);
    }

    /** Of all reads, the share that the zone served; 1 if there was none. */
    public double hitRate() {
        long ended = fromZone + fromOrigin + failed;
        return ended == 0 ? 1 : (double) fromZone / ended;
    }

    /** @param quantile such as 0.999 */
    public double millisAt(double quantile) {
        return micros.getValueAtPercentile(100 * quantile) / 1_000.0;
    }

    static Histogram newHistogram() {
        return new Histogram(1, MAX_MICROS, DIGITS);
    }

    private static Histogram sum(Histogram one, Histogram other) {
        Histogram sum = one.copy();
        sum.add(other);
        return sum;
    }
}
