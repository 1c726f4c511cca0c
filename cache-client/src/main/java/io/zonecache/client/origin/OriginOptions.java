package io.zonecache.client.origin;

import io.zonecache.model.StripeRecord;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an origin is reached; a directory uses only the limits.
 *
 * @param threads most calls at once
 * @param queueLength most calls that wait for a thread; beyond it they fail with {@code ORIGIN_LIMIT}
 * @param maxChunkBytes longer objects are refused unread
 * @param connectTimeoutMillis part of a call's own timeout
 * @param endpoint of an S3 server other than Amazon's
 * @param region null for what the SDK finds in environment, profile or instance; with an endpoint, {@code us-east-1}
 * @param pathStyle whether the bucket stands in the path; null for: with an endpoint
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

    public static Builder builder() {
        return new Builder();
    }

    public static OriginOptions defaults() {
        return builder().build();
    }

    /** A fixed key pair; its text hides the secret. */
    public record StaticCredentials(
            String accessKeyId,
            String secretAccessKey,
            @Nullable String sessionToken) {
        @Override
        public String toString() {
            return "StaticCredentials[" + accessKeyId + "]";
        }
    }

    /** Starts from the defaults. */
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

        public Builder threads(int value) {
            this.threads = value;
            return this;
        }

        public Builder queueLength(int value) {
            this.queueLength = value;
            return this;
        }

        public Builder maxChunkBytes(int value) {
            this.maxChunkBytes = value;
            return this;
        }

        public Builder connectTimeoutMillis(long value) {
            this.connectTimeoutMillis = value;
            return this;
        }

        public Builder endpoint(@Nullable URI value) {
            this.endpoint = value;
            return this;
        }

        public Builder region(@Nullable String value) {
            this.region = value;
            return this;
        }

        public Builder pathStyle(@Nullable Boolean value) {
            this.pathStyle = value;
            return this;
        }

        public Builder credentials(@Nullable StaticCredentials value) {
            this.credentials = value;
            return this;
        }

        public Builder sdkChecksums(boolean value) {
            this.sdkChecksums = value;
            return this;
        }

        /** @throws IllegalArgumentException naming every value that is out of range */
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
