package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.OriginSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * How an S3 store is reached. Immutable.
 *
 * @param limits threads, queue and length of chunks
 * @param connectTimeoutMillis how long connecting may take, as part of a call's own timeout
 * @param endpoint of an S3 server other than Amazon's; null for the one that the SDK finds in environment or profile, if any
 * @param region null for the one that the SDK finds in environment, profile or instance; with an endpoint, that of environment or profile, else
 *     {@code us-east-1}
 * @param pathStyle whether the bucket is part of the path; if null, it is if there is an endpoint, the SDK's own included
 * @param crossRegion whether buckets of other regions are found; if null, they are if there is no endpoint
 * @param credentials null for the SDK's chain; stays open when the origin is closed
 * @param unsigned whether requests carry no credentials
 * @param requesterPays whether requests say that their sender pays
 * @param customerKey with which S3 encrypts all that the origin reads and writes (SSE-C); null for none
 * @param writeBackEncrypted whether a zone may keep what the customer key has decrypted
 * @param proxy of all connections; null for what the SDK takes from environment and system properties
 * @param caFile PEM file of certificate authorities to trust besides those of the JDK; null for none
 * @param sdkChecksums whether the SDK adds and checks checksums of its own, which not every S3 server accepts
 * @param client used in place of one that the origin makes; null for none
 */
public record S3OriginOptions(
        OriginLimits limits,
        long connectTimeoutMillis,
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        @Nullable Boolean crossRegion,
        @Nullable AwsCredentialsProvider credentials,
        boolean unsigned,
        boolean requesterPays,
        @Nullable CustomerKey customerKey,
        boolean writeBackEncrypted,
        @Nullable URI proxy,
        @Nullable Path caFile,
        boolean sdkChecksums,
        @Nullable S3Client client) {

    private static final long MAX_CONNECT_MILLIS = 60_000;

    /** @throws IllegalArgumentException naming every value that is out of range, and those that exclude each other */
    public S3OriginOptions {
        List<String> errors = new ArrayList<>();
        if (connectTimeoutMillis < 1 || connectTimeoutMillis > MAX_CONNECT_MILLIS) {
            errors.add("connectTimeoutMillis: " + connectTimeoutMillis + " (expected: 1.." + MAX_CONNECT_MILLIS + ")");
        }
        if (endpoint != null && (endpoint.getHost() == null || endpoint.getUserInfo() != null || !isHttp(endpoint))) {
            errors.add("endpoint: " + OriginSettings.withoutUser(endpoint.toString())
                    + " (expected: http://HOST[:PORT] or https://HOST[:PORT])");
        }
        if (proxy != null && !isProxy(proxy)) {
            errors.add("proxy: " + OriginSettings.withoutUser(proxy.toString()) + " (expected: http://HOST:PORT)");
        }
        if (unsigned && credentials != null) {
            errors.add("unsigned and credentials: both (expected: one)");
        }
        if (writeBackEncrypted && customerKey == null) {
            errors.add("writeBackEncrypted: true (expected: only with a customer key)");
        }
        if (client != null) {
            Map<String, Boolean> ofClient = new TreeMap<>(Map.of(
                    "endpoint", endpoint != null,
                    "region", region != null,
                    "pathStyle", pathStyle != null,
                    "crossRegion", crossRegion != null,
                    "credentials", credentials != null,
                    "unsigned", unsigned,
                    "proxy", proxy != null,
                    "caFile", caFile != null,
                    "sdkChecksums", sdkChecksums));
            ofClient.values().removeIf(isSet -> !isSet);
            if (!ofClient.isEmpty()) {
                errors.add("client: given with " + ofClient.keySet() + " (expected: these set at the client)");
            }
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
    }

    private static boolean isHttp(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    }

    private static boolean isProxy(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme())
                && uri.getHost() != null
                && uri.getPort() > 0
                && uri.getUserInfo() == null;
    }

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
            @Nullable String sessionToken) implements AwsCredentialsProvider {

        @Override
        public AwsCredentials resolveCredentials() {
            return sessionToken == null
                    ? AwsBasicCredentials.create(accessKeyId, secretAccessKey)
                    : AwsSessionCredentials.create(accessKeyId, secretAccessKey, sessionToken);
        }

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
        private @Nullable Boolean crossRegion;
        private @Nullable AwsCredentialsProvider credentials;
        private boolean unsigned;
        private boolean requesterPays;
        private @Nullable CustomerKey customerKey;
        private boolean writeBackEncrypted;
        private @Nullable URI proxy;
        private @Nullable Path caFile;
        private boolean sdkChecksums;
        private @Nullable S3Client client;

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

        /** An S3 server other than Amazon's, {@code http} or {@code https}; null for the one that the SDK finds, if any. */
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

        /** Whether buckets of other regions than the client's are found, at the cost of a request; if null, they are if there is no endpoint. */
        public Builder crossRegion(@Nullable Boolean value) {
            this.crossRegion = value;
            return this;
        }

        /** Where credentials come from: {@link StaticCredentials}, or a provider of the SDK's; null for the SDK's chain. */
        public Builder credentials(@Nullable AwsCredentialsProvider value) {
            this.credentials = value;
            return this;
        }

        /** Whether requests carry no credentials, for buckets that everybody may read. */
        public Builder unsigned(boolean value) {
            this.unsigned = value;
            return this;
        }

        /** Whether requests say that their sender pays, which the owners of some buckets ask for. */
        public Builder requesterPays(boolean value) {
            this.requesterPays = value;
            return this;
        }

        /**
         * The key with which S3 encrypts all that the origin reads and writes (SSE-C); null for none. S3 takes it over HTTPS only. A zone then keeps
         * nothing of this origin, unless {@link #writeBackEncrypted} allows it.
         */
        public Builder customerKey(@Nullable CustomerKey value) {
            this.customerKey = value;
            return this;
        }

        /** Whether a zone may keep, not encrypted, what the customer key has decrypted. */
        public Builder writeBackEncrypted(boolean value) {
            this.writeBackEncrypted = value;
            return this;
        }

        /** A proxy of all connections, {@code http://HOST:PORT}; null for what the SDK takes from environment and system properties. */
        public Builder proxy(@Nullable URI value) {
            this.proxy = value;
            return this;
        }

        /** A PEM file of certificate authorities to trust besides those of the JDK; null for none. */
        public Builder caFile(@Nullable Path value) {
            this.caFile = value;
            return this;
        }

        /** Whether the SDK adds and checks checksums of its own. */
        public Builder sdkChecksums(boolean value) {
            this.sdkChecksums = value;
            return this;
        }

        /**
         * A client in place of the origin's own; null for none. It stays open when the origin is closed, should retry nothing, and has its own
         * endpoint, region, credentials, proxy and trust. Each call sets an {@code apiCallTimeout}: an abandoned one may stay in flight that long.
         */
        public Builder client(@Nullable S3Client value) {
            this.client = value;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws IllegalArgumentException naming every value that is out of range, and those that exclude each other
         */
        public S3OriginOptions build() {
            return new S3OriginOptions(
                    limits,
                    connectTimeoutMillis,
                    endpoint,
                    region,
                    pathStyle,
                    crossRegion,
                    credentials,
                    unsigned,
                    requesterPays,
                    customerKey,
                    writeBackEncrypted,
                    proxy,
                    caFile,
                    sdkChecksums,
                    client);
        }
    }
}
