package io.zonecache.testkit.s3;

import java.net.URI;

/** A running S3 server as a test sees it. Thread-safe. */
public interface S3Control extends AutoCloseable {

    /** The bucket that exists from the start. */
    String BUCKET = "zonecache";

    String ACCESS_KEY = "zonecache-access";
    String SECRET_KEY = "zonecache-secret";
    String REGION = "us-east-1";

    /** {@code http://127.0.0.1:port}; buckets are addressed by path. */
    URI endpoint();

    S3Counts counts();

    /** Starts counting anew and returns what was counted before. */
    S3Counts reset();

    void setLatency(S3Latency latency);

    void setFault(S3Fault fault);

    @Override
    void close();
}
