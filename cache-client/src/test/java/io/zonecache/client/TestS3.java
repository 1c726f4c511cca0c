package io.zonecache.client;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.testkit.s3.S3Control;
import java.net.URI;

/** Origins at the tests' S3 server. */
public final class TestS3 {

    private TestS3() {}

    /** @param prefix of the chunks within the server's bucket; may be empty */
    public static Origin origin(URI endpoint, String prefix) {
        return open(
                endpoint,
                prefix,
                S3OriginOptions.builder()
                        .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null)));
    }

    /** Which the server answers 403. */
    static Origin unsigned(URI endpoint) {
        return open(endpoint, "", S3OriginOptions.builder().unsigned(true));
    }

    private static Origin open(URI endpoint, String prefix, S3OriginOptions.Builder options) {
        return S3Origin.open(
                "s3://" + S3Control.BUCKET + "/" + prefix,
                options.endpoint(endpoint).build());
    }
}
