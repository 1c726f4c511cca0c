package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.OriginSettings;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An SDK client, and how it is closed.
 *
 * @param s3 safe for concurrent use
 * @param closer closes what was opened for the origin; a client that was given stays open
 */
record S3Connection(S3Client s3, Runnable closer) {

    /** @throws IllegalArgumentException if the SDK can't work with the options */
    static S3Connection open(S3OriginOptions options) {
        S3Client given = options.client();
        if (given != null) {
            checkKeepsSecret(options, given);
            return new S3Connection(given, () -> {});
        }
        SdkHttpClient http = S3Clients.http(options);
        Runnable closer = http::close;
        try {
            S3Client s3 = S3Clients.s3(options, http);
            closer = () -> {
                s3.close();
                http.close();
            };
            checkKeepsSecret(options, s3);
            return new S3Connection(s3, closer);
        } catch (RuntimeException | Error e) {
            closer.run();
            throw e;
        }
    }

    /** Each request carries the customer key. */
    private static void checkKeepsSecret(S3OriginOptions options, S3Client s3) {
        if (options.customerKey() == null) {
            return;
        }
        s3.serviceClientConfiguration()
                .endpointOverride()
                .filter(endpoint -> "http".equalsIgnoreCase(endpoint.getScheme()) && !isLoopback(endpoint.getHost()))
                .ifPresent(endpoint -> {
                    throw new IllegalArgumentException(
                            "customerKey: would be sent in clear to " + OriginSettings.withoutUser(endpoint.toString())
                                    + " (expected: https, or a loopback address)");
                });
    }

    private static boolean isLoopback(@Nullable String host) {
        return host != null
                && (host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}"));
    }
}
