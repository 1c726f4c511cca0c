package io.zonecache.client.origin.s3;

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
            return new S3Connection(given, () -> {});
        }
        SdkHttpClient http = S3Clients.http(options);
        try {
            S3Client s3 = S3Clients.s3(options, http);
            return new S3Connection(s3, () -> {
                s3.close();
                http.close();
            });
        } catch (RuntimeException e) {
            http.close();
            throw e;
        }
    }
}
