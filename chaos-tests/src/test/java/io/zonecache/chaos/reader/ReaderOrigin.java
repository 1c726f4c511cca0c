package io.zonecache.chaos.reader;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.testkit.s3.S3Control;
import java.net.URI;

/** The chaos tests' part of the S3 server. */
public final class ReaderOrigin {

    private ReaderOrigin() {}

    public static Origin open(URI endpoint) {
        return S3Origin.open(
                "s3://" + S3Control.BUCKET + "/chaos",
                S3OriginOptions.builder()
                        .endpoint(endpoint)
                        .region(S3Control.REGION)
                        .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                        .build());
    }
}
