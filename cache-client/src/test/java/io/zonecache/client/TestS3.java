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
        return S3Origin.open(
                "s3://" + S3Control.BUCKET + "/" + prefix,
                S3OriginOptions.builder()
                        .endpoint(endpoint)
                        .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                        .build());
    }
}
