package io.zonecache.chaos.reader;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginOptions;
import io.zonecache.client.origin.Origins;
import io.zonecache.testkit.s3.S3Control;
import java.net.URI;

/** The chaos tests' part of the S3 server. */
public final class ReaderOrigin {

    private ReaderOrigin() {}

    public static Origin open(URI endpoint) {
        return Origins.parse(
                "s3://" + S3Control.BUCKET + "/chaos",
                OriginOptions.builder()
                        .endpoint(endpoint)
                        .region(S3Control.REGION)
                        .credentials(
                                new OriginOptions.StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                        .build());
    }
}
