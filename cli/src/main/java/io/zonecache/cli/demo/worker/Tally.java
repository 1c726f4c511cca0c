package io.zonecache.cli.demo.worker;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came of a number of reads.
 *
 * @param reads all of them; the next three count those that did not bring the chunk
 * @param refused turned away by a limit or a full queue, of nodes or client
 * @param wrongBytes the bytes' SHA-256 is not the key
 * @param latencies of reads that brought the chunk, an encoded histogram of microseconds
 * @param errors the first few, in words
 */
public record Tally(
        long reads,
        long failed,
        long refused,
        long wrongBytes,
        long fromLocal,
        long fromZone,
        long fromOrigin,
        String latencies,
        List<String> errors) {

    static final int MAX_ERRORS = 5;

    public Histogram histogram() {
        return Latencies.decode(latencies);
    }

    public static Tally merge(List<Tally> parts) {
        Histogram latencies = Latencies.create();
        List<String> errors = new ArrayList<>();
        long[] sums = new long[7];
        for (Tally part : parts) {
            long[] counts = {
                part.reads, part.failed, part.refused, part.wrongBytes, part.fromLocal, part.fromZone, part.fromOrigin
            };
            for (int i = 0; i < sums.length; i++) {
                sums[i] += counts[i];
            }
            latencies.add(part.histogram());
            errors.addAll(part.errors.subList(
                    0, Math.min(part.errors.size(), MAX_ERRORS - Math.min(MAX_ERRORS, errors.size()))));
        }
        return new Tally(
                sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], Latencies.encode(latencies), errors);
    }
}
