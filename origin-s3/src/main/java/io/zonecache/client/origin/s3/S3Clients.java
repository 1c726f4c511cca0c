package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Sets up the SDK's clients. */
final class S3Clients {

    private static final String REGION_OF_OTHER_SERVERS = "us-east-1";

    /** Longer than any call's own timeout, which aborts the exchange: this only bounds what that could miss. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);

    private S3Clients() {}

    static SdkHttpClient http(S3OriginOptions options) {
        return Apache5HttpClient.builder()
                .maxConnections(options.limits().threads())
                .connectionTimeout(Duration.ofMillis(options.connectTimeoutMillis()))
                .socketTimeout(SOCKET_TIMEOUT)
                .tcpKeepAlive(true)
                .build();
    }

    static S3Client s3(S3OriginOptions options, SdkHttpClient http) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(credentials(options))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .forcePathStyle(options.pathStyle() != null ? options.pathStyle() : options.endpoint() != null);
        if (!options.sdkChecksums()) {
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        if (options.endpoint() != null) {
            builder.endpointOverride(options.endpoint()).region(Region.of(REGION_OF_OTHER_SERVERS));
        }
        if (options.region() != null) {
            builder.region(Region.of(options.region()));
        }
        return builder.build();
    }

    /** One line about why no client could be set up: what the SDK says of a region that is missing has many, and does not name this library's setting. */
    static String reason(S3OriginOptions options, SdkException failure) {
        String said = String.valueOf(failure.getMessage());
        boolean lacksRegion =
                options.region() == null && options.endpoint() == null && said.contains("Unable to load region");
        return lacksRegion
                ? "region: none found (expected: the setting region, AWS_REGION, or one in the profile)"
                : said.lines().findFirst().orElse(said);
    }

    private static AwsCredentialsProvider credentials(S3OriginOptions options) {
        StaticCredentials fixed = options.credentials();
        if (fixed == null) {
            return DefaultCredentialsProvider.builder().build();
        }
        return StaticCredentialsProvider.create(
                fixed.sessionToken() == null
                        ? AwsBasicCredentials.create(fixed.accessKeyId(), fixed.secretAccessKey())
                        : AwsSessionCredentials.create(
                                fixed.accessKeyId(), fixed.secretAccessKey(), fixed.sessionToken()));
    }
}
