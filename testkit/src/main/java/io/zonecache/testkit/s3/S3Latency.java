package io.zonecache.testkit.s3;

import io.vertx.core.json.JsonObject;

/**
 * The time to the first byte of a GET.
 *
 * @param factor multiplies every draw; 0 is no latency at all
 */
public record S3Latency(long seed, double medianMillis, double p99Millis, double factor) {

    public static final S3Latency NONE = new S3Latency(1, 36, 175, 0);

    public S3Latency {
        if (!(medianMillis > 0) || !(p99Millis >= medianMillis) || !(p99Millis <= 60_000)) {
            throw new IllegalArgumentException("latency: median " + medianMillis + " ms, p99 " + p99Millis
                    + " ms (expected: 0 < median <= p99 <= 60000)");
        }
        if (!(factor >= 0 && factor <= 1_000)) {
            throw new IllegalArgumentException("latency factor: " + factor + " (expected: 0..1000)");
        }
    }

    /** What a worker measured of S3: 36 ms at the median, 175 ms at p99 (USENIX ATC 2023, "On-demand container loading"). */
    public static S3Latency measured(long seed) {
        return new S3Latency(seed, 36, 175, 1);
    }

    public S3Latency times(double otherFactor) {
        return new S3Latency(seed, medianMillis, p99Millis, otherFactor);
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("seed", seed)
                .put("medianMillis", medianMillis)
                .put("p99Millis", p99Millis)
                .put("factor", factor);
    }

    static S3Latency of(JsonObject json) {
        return new S3Latency(
                json.getLong("seed"),
                json.getDouble("medianMillis"),
                json.getDouble("p99Millis"),
                json.getDouble("factor"));
    }
}
