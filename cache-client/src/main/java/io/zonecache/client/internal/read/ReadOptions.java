package io.zonecache.client.internal.read;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;

/**
 * How the zone is read.
 *
 * @param policy how many nodes are asked at once
 * @param attemptMillis how long one node may be silent, before and within its answer
 * @param maxRounds maximum number of rounds in flight; their bytes are bounded too
 * @param queueLength maximum number of rounds that wait beyond that
 * @param retryRatio number of retries that each hit adds to the retry budget
 */
public record ReadOptions(
        Verification verification,
        OverRequestPolicy policy,
        long attemptMillis,
        int maxRounds,
        int queueLength,
        double retryRatio) {

    public static final ReadOptions DEFAULT =
            new ReadOptions(Verification.FULL, OverRequestPolicy.ALL, 1_000, 64, 4_096, 0.1);
}
