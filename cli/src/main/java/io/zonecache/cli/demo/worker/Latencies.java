package io.zonecache.cli.demo.worker;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;

/** Read times in microseconds, to three digits; whole histograms travel, because quantiles of parts can't be merged. */
public final class Latencies {

    /** Twice the demo's longest deadline. */
    private static final long MAX_MICROS = 60_000_000;

    private static final int DIGITS = 3;

    private Latencies() {}

    public static Histogram create() {
        return new Histogram(1, MAX_MICROS, DIGITS);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(1, Math.min(MAX_MICROS, nanos / 1_000)));
    }

    static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes, Deflater.BEST_SPEED);
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes.array(), length));
    }

    /** @throws IllegalArgumentException if the text is no encoded histogram */
    static Histogram decode(String text) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), MAX_MICROS);
        } catch (DataFormatException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "latencies: " + e + " (expected: a compressed HdrHistogram in Base64)", e);
        }
    }
}
