package io.zonecache.testkit.s3;

import io.vertx.core.json.JsonObject;

/**
 * @param port 0 takes a free one
 * @param controlPort 0 takes a free one
 */
public record S3Options(int port, int controlPort, S3Latency latency) {

    public static S3Options defaults() {
        return new S3Options(0, 0, S3Latency.NONE);
    }

    public S3Options withLatency(S3Latency other) {
        return new S3Options(port, controlPort, other);
    }

    /** Lets a stopped server come back where its clients look for it. */
    public S3Options withPort(int other) {
        return new S3Options(other, controlPort, latency);
    }

    String toJson() {
        return new JsonObject()
                .put("port", port)
                .put("controlPort", controlPort)
                .put("latency", latency.toJson())
                .encode();
    }

    static S3Options of(String text) {
        JsonObject json = new JsonObject(text);
        return new S3Options(
                json.getInteger("port"), json.getInteger("controlPort"), S3Latency.of(json.getJsonObject("latency")));
    }
}
