package io.zonecache.chaos.reader;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.zonecache.chaos.oracle.ReadTally;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;

/** A tally as a line of JSON. Whole histograms travel, because quantiles of parts can't be merged. */
final class TallyJson {

    private TallyJson() {}

    static JsonObject write(ReadTally tally) {
        return new JsonObject()
                .put("reads", tally.reads())
                .put("failed", tally.failed())
                .put("refused", tally.refused())
                .put("wrong", tally.wrong())
                .put("fromZone", tally.fromZone())
                .put("fromOrigin", tally.fromOrigin())
                .put("micros", bytes(tally.micros()))
                .put("failedMicros", bytes(tally.failedMicros()))
                .put("complaints", new JsonArray(tally.complaints()));
    }

    static ReadTally read(JsonObject json) {
        return new ReadTally(
                json.getLong("reads"),
                json.getLong("failed"),
                json.getLong("refused"),
                json.getLong("wrong"),
                json.getLong("fromZone"),
                json.getLong("fromOrigin"),
                histogram(json.getBinary("micros")),
                histogram(json.getBinary("failedMicros")),
                json.getJsonArray("complaints").stream().map(String::valueOf).toList());
    }

    private static byte[] bytes(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer, Deflater.BEST_SPEED);
        return Arrays.copyOf(buffer.array(), length);
    }

    private static Histogram histogram(byte[] bytes) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("histogram: " + bytes.length + " bytes: " + e, e);
        }
    }
}
