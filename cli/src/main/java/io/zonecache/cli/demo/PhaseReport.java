package io.zonecache.cli.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a phase brought, as it stands in the JSON.
 *
 * @param originGets counted by the S3 server itself, not by the clients
 * @param originPeakInFlight the same
 * @param errors the first few reads that brought nothing, in words; absent when there are none
 */
record PhaseReport(
        String name,
        long reads,
        long failed,
        long refused,
        long wrongBytes,
        long fromLocal,
        long fromZone,
        long fromOrigin,
        long p50Micros,
        long p99Micros,
        long p999Micros,
        long readsPerSecond,
        long originGets,
        int originPeakInFlight,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> errors) {}
