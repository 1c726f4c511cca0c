package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.OriginOptions;
import io.zonecache.client.origin.OriginOptions.StaticCredentials;
import io.zonecache.testkit.s3.S3Control;
import java.net.URI;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Objects that somebody else has put into the test's bucket. */
public final class S3Objects {

    private S3Objects() {}

    public static void put(URI endpoint, String name, byte[] bytes) {
        OriginOptions options = OriginOptions.builder()
                .endpoint(endpoint)
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                .build();
        try (SdkHttpClient http = S3Clients.http(options);
                S3Client s3 = S3Clients.s3(options, http)) {
            s3.putObject(request -> request.bucket(S3Control.BUCKET).key(name), RequestBody.fromBytes(bytes));
        }
    }
}
