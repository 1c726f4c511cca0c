package io.zonecache.client.origin;

import io.zonecache.model.StripeRecord;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an origin is reached; a directory uses only the first three. Immutable.
 *
 * @param threads maximum number of calls at once
 * @param queueLength maximum number of calls that wait for a thread; beyond it they fail with {@code BUSY}
 * @param maxChunkBytes longer objects are refused unread
 * @param connectTimeoutMillis how long connecting may take, as part of a call's own timeout
 * @param endpoint of an S3 server other than Amazon's
 * @param region null for the one that the SDK finds in environment, profile or instance; with an endpoint, {@code us-east-1}
 * @param pathStyle whether the bucket is part of the path; if null, it is if there is an endpoint
 * @param credentials null for the SDK's chain
 * @param sdkChecksums whether the SDK adds and checks checksums of its own, which not every S3 server accepts
 */
public record OriginOptions(
        int threads,
        int queueLength,
        int maxChunkBytes,
        long connectTimeoutMillis,
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        @Nullable StaticCredentials credentials,
        boolean sdkChecksums) {

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The defaults. */
    public static OriginOptions defaults() {
        return builder().build();
    }

    /**
     * A fixed key pair; its text hides the secret. Immutable.
     *
     * @param accessKeyId public part
     * @param secretAccessKey secret part
     * @param sessionToken null for a pair that does not belong to a session
     */
    public record StaticCredentials(
            String accessKeyId,
            String secretAccessKey,
            @Nullable String sessionToken) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "StaticCredentials[" + accessKeyId + "]";
        }
    }

    /** Builds {@link OriginOptions}, from the defaults that docs/operations.md lists. Each setter returns the builder. Not thread-safe. */
    public static final class Builder {

        private int threads = 16;
        private int queueLength = 1_024;
        private int maxChunkBytes = StripeRecord.MAX_CHUNK_BYTES;
        private long connectTimeoutMillis = 1_000;
        private @Nullable URI endpoint;
        private @Nullable String region;
        private @Nullable Boolean pathStyle;
        private @Nullable StaticCredentials credentials;
        private boolean sdkChecksums;

        private Builder() {}

        /** Calls at once, 1 to 10,000. */
        public Builder threads(int value) {
            this.threads = value;
            return this;
        }

        /** Calls that wait for a thread, 0 to 1,000,000. */
        public Builder queueLength(int value) {
            this.queueLength = value;
            return this;
        }

        /** Longest object that is read, 1 B to 16 MiB. */
        public Builder maxChunkBytes(int value) {
            this.maxChunkBytes = value;
            return this;
        }

        /** How long connecting may take, 1 to 60,000 ms. */
        public Builder connectTimeoutMillis(long value) {
            this.connectTimeoutMillis = value;
            return this;
        }

        /** An S3 server other than Amazon's, {@code http} or {@code https}; null for Amazon's. */
        public Builder endpoint(@Nullable URI value) {
            this.endpoint = value;
            return this;
        }

        /** The region; null for the one that the SDK finds. */
        public Builder region(@Nullable String value) {
            this.region = value;
            return this;
        }

        /** Whether the bucket is part of the path; if null, it is if there is an endpoint. */
        public Builder pathStyle(@Nullable Boolean value) {
            this.pathStyle = value;
            return this;
        }

        /** A fixed key pair; null for the SDK's chain. */
        public Builder credentials(@Nullable StaticCredentials value) {
            this.credentials = value;
            return this;
        }

        /** Whether the SDK adds and checks checksums of its own. */
        public Builder sdkChecksums(boolean value) {
            this.sdkChecksums = value;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws IllegalArgumentException naming every value that is out of range
         */
        public OriginOptions build() {
            List<String> errors = new ArrayList<>();
            check(errors, "threads", threads, 1, 10_000);
            check(errors, "queueLength", queueLength, 0, 1_000_000);
            check(errors, "maxChunkBytes", maxChunkBytes, 1, StripeRecord.MAX_CHUNK_BYTES);
            check(errors, "connectTimeoutMillis", connectTimeoutMillis, 1, 60_000);
            if (endpoint != null && (endpoint.getHost() == null || !isHttp(endpoint))) {
                errors.add("endpoint: " + endpoint + " (expected: http://HOST[:PORT] or https://HOST[:PORT])");
            }
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", errors));
            }
            return new OriginOptions(
                    threads,
                    queueLength,
                    maxChunkBytes,
                    connectTimeoutMillis,
                    endpoint,
                    region,
                    pathStyle,
                    credentials,
                    sdkChecksums);
        }

        private static boolean isHttp(URI uri) {
            return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        }

        private static void check(List<String> errors, String name, long value, long min, long max) {
            if (value < min || value > max) {
                errors.add(name + ": " + value + " (expected: " + min + ".." + max + ")");
            }
        }
    }
}
