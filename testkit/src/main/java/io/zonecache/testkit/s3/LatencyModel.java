package io.zonecache.testkit.s3;

import java.util.Random;

/**
 * How long S3 lets a GET wait for its first byte: log-normal, which is what object stores' latencies look like (a long tail, no
 * value below zero), given by two quantiles that people measure.
 *
 * <p>With X = exp(mu + sigma Z) and Z standard normal, the median is exp(mu) and the p99 is exp(mu + 2.3263 sigma). One sequence
 * for each seed, so a run can be repeated. Not thread-safe.
 */
final class LatencyModel {

    /** The 0.99 quantile of the standard normal distribution. */
    private static final double Z_99 = 2.3263478740408408;

    /** A draw of one in ten million; anything above would only make a run hang. */
    private static final double MAX_SIGMAS = 5.2;

    private final Random random;
    private final double medianMillis;
    private final double sigma;
    private final double factor;

    LatencyModel(S3Latency latency) {
        this.random = new Random(latency.seed());
        this.medianMillis = latency.medianMillis();
        this.sigma = Math.log(latency.p99Millis() / latency.medianMillis()) / Z_99;
        this.factor = latency.factor();
    }

    double nextMillis() {
        double z = Math.min(MAX_SIGMAS, random.nextGaussian());
        return factor * medianMillis * Math.exp(sigma * z);
    }
}
