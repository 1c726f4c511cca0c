package io.zonecache.client;

import io.zonecache.model.StripeRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Limits and timeouts of fills. Immutable. Invalid limits cannot be constructed: the constructor reports all invalid values at once.
 *
 * @param originLimit maximum number of concurrent origin fetches of this client
 * @param adaptiveLimit whether a lower limit is derived from the origin's latency
 * @param queueLength maximum number of reads that wait for a slot or a lease; further ones are rejected at once. A read leaves the queue when its
 *     remaining time is shorter than nine of ten recent fetches took
 * @param leaseWaitMillis how long a node may hold a lease request
 * @param nodeTimeoutMillis how long a node may take to answer in addition to that
 * @param attemptMillis idle timeout of one origin attempt; extended while the origin as a whole is slow
 * @param totalMillis bound of all attempts of one fetch; the lease may leave less
 * @param putAttemptMillis how long a node may be silent during one PUT, neither taking more of it nor answering; the whole PUT may take as long as
 *     its caller waits, or 30 s if no caller waits for it
 * @param staleMissMillis age at which a miss is confirmed by another read of the zone before the origin is asked
 * @param absentMillis how long an absent chunk is remembered, minus 0 to 20 % of jitter
 * @param statMillis how long the state of an object is remembered
 * @param maxChunkBytes longer chunks are rejected
 * @param writeBytes maximum number of stripe bytes in flight to nodes; origin fetches wait beyond it. The client's memory may allow fewer
 * @param retryRatio number of retries that each success adds to the retry budget
 * @param repairRatio number of repairs that each read adds to the repair budget
 */
public record FillConfig(
        int originLimit,
        boolean adaptiveLimit,
        int queueLength,
        long leaseWaitMillis,
        long nodeTimeoutMillis,
        long attemptMillis,
        long totalMillis,
        long putAttemptMillis,
        long staleMissMillis,
        long absentMillis,
        long statMillis,
        int maxChunkBytes,
        long writeBytes,
        double retryRatio,
        double repairRatio) {

    /** @throws IllegalArgumentException naming every value that is out of range, with what was expected */
    public FillConfig {
        List<String> errors = new ArrayList<>();
        ConfigChecks.range(errors, "fill.originLimit", originLimit, 1, 10_000);
        ConfigChecks.range(errors, "fill.queueLength", queueLength, 0, 1_000_000);
        ConfigChecks.range(errors, "fill.leaseWaitMillis", leaseWaitMillis, 0, 2_000);
        ConfigChecks.range(errors, "fill.nodeTimeoutMillis", nodeTimeoutMillis, 1, 60_000);
        ConfigChecks.range(errors, "fill.attemptMillis", attemptMillis, 1, 60_000);
        ConfigChecks.range(errors, "fill.totalMillis", totalMillis, attemptMillis, 60_000);
        ConfigChecks.range(errors, "fill.putAttemptMillis", putAttemptMillis, 1, 60_000);
        ConfigChecks.range(errors, "fill.staleMissMillis", staleMissMillis, 1, 2_000);
        ConfigChecks.range(errors, "fill.absentMillis", absentMillis, 0, 60_000);
        ConfigChecks.range(errors, "fill.statMillis", statMillis, 0, 3_600_000);
        ConfigChecks.range(errors, "fill.maxChunkBytes", maxChunkBytes, 1, StripeRecord.MAX_CHUNK_BYTES);
        ConfigChecks.range(errors, "fill.writeBytes", writeBytes, 1, Long.MAX_VALUE);
        ConfigChecks.ratio(errors, "fill.retryRatio", retryRatio);
        ConfigChecks.ratio(errors, "fill.repairRatio", repairRatio);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
    }

    public static FillConfig defaults() {
        return new Builder().build();
    }

    /**
     * The defaults, except that one attempt may take the whole time of a fetch. For machines where origin and clients share a few cores: an
     * origin that is silent for seconds there is waiting for a core, and a second attempt would only add another GET.
     */
    public static FillConfig singleAttempt() {
        Builder builder = new Builder();
        return builder.attemptMillis(builder.totalMillis).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link FillConfig}, starting from the defaults. */
    public static final class Builder {

        private int originLimit = 16;
        private boolean adaptiveLimit;
        private int queueLength = 1_024;
        private long leaseWaitMillis = 2_000;
        private long nodeTimeoutMillis = 2_000;
        private long attemptMillis = 2_000;
        private long totalMillis = 3_900;
        private long putAttemptMillis = 2_000;
        private long staleMissMillis = 500;
        private long absentMillis = 5_000;
        private long statMillis = 10_000;
        private int maxChunkBytes = StripeRecord.MAX_CHUNK_BYTES;
        private long writeBytes = 64L << 20;
        private double retryRatio = 0.1;
        private double repairRatio = 0.05;

        private Builder() {}

        /** Maximum number of concurrent origin fetches of this client, 1 to 10,000; 16 by default. */
        public Builder originLimit(int value) {
            this.originLimit = value;
            return this;
        }

        /** Whether a lower limit is derived from the origin's latency; false by default. */
        public Builder adaptiveLimit(boolean value) {
            this.adaptiveLimit = value;
            return this;
        }

        /** Maximum number of reads that wait for a slot or a lease, 0 to 1,000,000; 1,024 by default. */
        public Builder queueLength(int value) {
            this.queueLength = value;
            return this;
        }

        /** How long a node may hold a lease request, 0 to 2,000 ms; 2,000 by default. */
        public Builder leaseWaitMillis(long value) {
            this.leaseWaitMillis = value;
            return this;
        }

        /** How long a node may take to answer in addition to that, 1 to 60,000 ms; 2,000 by default. */
        public Builder nodeTimeoutMillis(long value) {
            this.nodeTimeoutMillis = value;
            return this;
        }

        /** Idle timeout of one origin attempt, 1 to 60,000 ms; 2,000 by default. */
        public Builder attemptMillis(long value) {
            this.attemptMillis = value;
            return this;
        }

        /** Bound of all attempts of one fetch, {@code attemptMillis} to 60,000 ms; 3,900 by default. */
        public Builder totalMillis(long value) {
            this.totalMillis = value;
            return this;
        }

        /** How long a node may be silent during a PUT, 1 to 60,000 ms; 2,000 by default. */
        public Builder putAttemptMillis(long value) {
            this.putAttemptMillis = value;
            return this;
        }

        /** Age at which a miss is confirmed by another read of the zone, 1 to 2,000 ms; 500 by default. */
        public Builder staleMissMillis(long value) {
            this.staleMissMillis = value;
            return this;
        }

        /** How long an absent chunk is remembered, 0 to 60,000 ms; 5,000 by default. */
        public Builder absentMillis(long value) {
            this.absentMillis = value;
            return this;
        }

        /** How long the state of an object is remembered, 0 (not at all) to 3,600,000 ms; 10,000 by default. */
        public Builder statMillis(long value) {
            this.statMillis = value;
            return this;
        }

        /** Longer chunks are rejected, 1 byte to 16 MiB; 16 MiB by default. */
        public Builder maxChunkBytes(int value) {
            this.maxChunkBytes = value;
            return this;
        }

        /** Maximum number of stripe bytes in flight to nodes, 1 or more; 64 MiB by default. */
        public Builder writeBytes(long value) {
            this.writeBytes = value;
            return this;
        }

        /** Number of retries that each success adds to the retry budget, 0 to 1; 0.1 by default. */
        public Builder retryRatio(double value) {
            this.retryRatio = value;
            return this;
        }

        /** Number of repairs that each read adds to the repair budget, 0 to 1; 0.05 by default. */
        public Builder repairRatio(double value) {
            this.repairRatio = value;
            return this;
        }

        /** @throws IllegalArgumentException naming every value out of range */
        public FillConfig build() {
            return new FillConfig(
                    originLimit,
                    adaptiveLimit,
                    queueLength,
                    leaseWaitMillis,
                    nodeTimeoutMillis,
                    attemptMillis,
                    totalMillis,
                    putAttemptMillis,
                    staleMissMillis,
                    absentMillis,
                    statMillis,
                    maxChunkBytes,
                    writeBytes,
                    retryRatio,
                    repairRatio);
        }
    }
}
