package io.zonecache.testkit.s3;

import io.vertx.core.json.JsonObject;

/**
 * What has reached the server since the last reset.
 *
 * @param gets GETs of objects, answered or not
 * @param getBytes body bytes of those that went out
 * @param getsInFlight now: from the request's arrival to the last body byte or the abort
 * @param getsPeakInFlight the most of those at one time since the last reset
 * @param puts PUTs of objects
 * @param others everything else: HEADs, lists, buckets
 * @param faults requests that a fault answered
 */
public record S3Counts(
        long gets, long getBytes, int getsInFlight, int getsPeakInFlight, long puts, long others, long faults) {

    JsonObject toJson() {
        return new JsonObject()
                .put("gets", gets)
                .put("getBytes", getBytes)
                .put("getsInFlight", getsInFlight)
                .put("getsPeakInFlight", getsPeakInFlight)
                .put("puts", puts)
                .put("others", others)
                .put("faults", faults);
    }

    static S3Counts of(JsonObject json) {
        return new S3Counts(
                json.getLong("gets"),
                json.getLong("getBytes"),
                json.getInteger("getsInFlight"),
                json.getInteger("getsPeakInFlight"),
                json.getLong("puts"),
                json.getLong("others"),
                json.getLong("faults"));
    }
}
