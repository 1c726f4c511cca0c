package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.OriginLimits;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an S3 store is reached. Immutable.
 *
 * @param limits threads, queue and length of chunks
 * @param connectTimeoutMillis how long connecting may take, as part of a call's own timeout
 * @param endpoint of an S3 server other than Amazon's
 * @param region null for the one that the SDK finds in environment, profile or instance; with an endpoint, {@code us-east-1}
 * @param pathStyle whether the bucket is part of the path; if null, it is if there is an endpoint
 * @param credentials null for the SDK's chain
 * @param sdkChecksums whether the SDK adds and checks checksums of its own, which not every S3 server accepts
 */
public record S3OriginOptions(
        OriginLimits limits,
        long connectTimeoutMillis,
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        @Nullable StaticCredentials credentials,
        boolean sdkChecksums) {

    private static final long MAX_CONNECT_MILLIS = 60_000;

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The defaults. */
    public static S3OriginOptions defaults() {
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

    /** Builds {@link S3OriginOptions}, from the defaults that docs/operations.md lists. Each setter returns the builder. Not thread-safe. */
    public static final class Builder {

        private OriginLimits limits = OriginLimits.DEFAULT;
        private long connectTimeoutMillis = 1_000;
        private @Nullable URI endpoint;
        private @Nullable String region;
        private @Nullable Boolean pathStyle;
        private @Nullable StaticCredentials credentials;
        private boolean sdkChecksums;

        private Builder() {}

        /** Threads, queue and length of chunks. */
        public Builder limits(OriginLimits value) {
            this.limits = value;
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
        public S3OriginOptions build() {
            List<String> errors = new ArrayList<>();
            if (connectTimeoutMillis < 1 || connectTimeoutMillis > MAX_CONNECT_MILLIS) {
                errors.add(
                        "connectTimeoutMillis: " + connectTimeoutMillis + " (expected: 1.." + MAX_CONNECT_MILLIS + ")");
            }
            if (endpoint != null && (endpoint.getHost() == null || !isHttp(endpoint))) {
                errors.add("endpoint: " + endpoint + " (expected: http://HOST[:PORT] or https://HOST[:PORT])");
            }
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", errors));
            }
            return new S3OriginOptions(
                    limits, connectTimeoutMillis, endpoint, region, pathStyle, credentials, sdkChecksums);
        }

        private static boolean isHttp(URI uri) {
            return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        }
    }
}
