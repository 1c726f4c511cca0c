package io.zonecache.client.origin.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.TrustManager;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/** Sets up the SDK's clients. */
final class S3Clients {

    private static final String REGION_OF_OTHER_SERVERS = "us-east-1";

    /** Longer than any call's own timeout, which aborts the exchange: this only bounds what that could miss. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration KEEP_NO_CONNECTION = Duration.ofMillis(1);

    private S3Clients() {}

    static SdkHttpClient http(S3OriginOptions options) {
        NewConnections newConnections = new NewConnections();
        Path caFile = options.caFile();
        TrustManager[] trusted = caFile == null ? null : CaCertificates.withJdks(caFile);
        SdkHttpClient keeping = apache(options, newConnections, trusted).build();
        try {
            SdkHttpClient keepingNone = apache(options, newConnections, trusted)
                    .connectionTimeToLive(KEEP_NO_CONNECTION)
                    .build();
            return new AbortableHttpClient(new StaleConnectionClient(keeping, keepingNone, newConnections));
        } catch (RuntimeException | Error e) {
            keeping.close();
            throw e;
        }
    }

    private static Apache5HttpClient.Builder apache(
            S3OriginOptions options, DnsResolver resolver, TrustManager @Nullable [] trusted) {
        Apache5HttpClient.Builder builder = Apache5HttpClient.builder()
                .maxConnections(options.limits().threads())
                .connectionTimeout(Duration.ofMillis(options.connectTimeoutMillis()))
                .socketTimeout(SOCKET_TIMEOUT)
                .tcpKeepAlive(true)
                .dnsResolver(resolver);
        URI proxy = options.proxy();
        if (proxy != null) {
            builder.proxyConfiguration(ProxyConfiguration.builder()
                    .endpoint(proxy)
                    .useSystemPropertyValues(false)
                    .useEnvironmentVariableValues(false)
                    .build());
        }
        if (trusted != null) {
            builder.tlsTrustManagersProvider(() -> trusted);
        }
        return builder;
    }

    /** @throws IllegalArgumentException if the SDK can't work with the options */
    static S3Client s3(S3OriginOptions options, SdkHttpClient http) {
        try {
            boolean hasEndpoint = options.endpoint() != null;
            S3Client client = s3(options, http, hasEndpoint);
            // Only a client tells whether the SDK has found an endpoint.
            if (!hasEndpoint
                    && client.serviceClientConfiguration().endpointOverride().isPresent()) {
                client.close();
                client = s3(options, http, true);
            }
            return client;
        } catch (SdkException e) {
            throw new IllegalArgumentException(reason(options, e), e);
        }
    }

    /** @param hasEndpoint whether there is one, of the options or of the SDK's environment */
    private static S3Client s3(S3OriginOptions options, SdkHttpClient http, boolean hasEndpoint) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(credentials(options))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .useArnRegion(true)
                .crossRegionAccessEnabled(options.crossRegion() != null ? options.crossRegion() : !hasEndpoint)
                .forcePathStyle(options.pathStyle() != null ? options.pathStyle() : hasEndpoint);
        if (!options.sdkChecksums()) {
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .serviceConfiguration(S3Configuration.builder()
                            .chunkedEncodingEnabled(false)
                            .build());
        }
        if (options.endpoint() != null) {
            builder.endpointOverride(options.endpoint()).region(regionOfOtherServer());
        }
        if (options.region() != null) {
            builder.region(Region.of(options.region()));
        }
        return builder.build();
    }

    /** The instance's own region is not asked for: a server that is not Amazon's has nothing to do with it. */
    private static Region regionOfOtherServer() {
        try {
            return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                    .getRegion();
        } catch (SdkClientException e) {
            return Region.of(REGION_OF_OTHER_SERVERS);
        }
    }

    private static AwsCredentialsProvider credentials(S3OriginOptions options) {
        AwsCredentialsProvider given = options.credentials();
        if (given != null) {
            return new OriginCredentials(given, false);
        }
        return options.unsigned()
                ? AnonymousCredentialsProvider.create()
                : new OriginCredentials(DefaultCredentialsProvider.builder().build(), true);
    }

    /** One line: what the SDK says of a region that is missing has many, and does not name this library's setting. */
    private static String reason(S3OriginOptions options, SdkException failure) {
        String said = String.valueOf(failure.getMessage());
        boolean lacksRegion =
                options.region() == null && options.endpoint() == null && said.contains("Unable to load region");
        return lacksRegion
                ? "region: none found (expected: the setting region, AWS_REGION, or one in the profile)"
                : said.lines().findFirst().orElse(said);
    }
}
