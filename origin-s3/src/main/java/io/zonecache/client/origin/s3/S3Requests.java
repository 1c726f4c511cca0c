package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.StatRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;

/** Requests as the origin's options want them: who pays, and with which key S3 encrypts. Immutable. */
final class S3Requests {

    private static final String ALGORITHM = "AES256";

    private final @Nullable RequestPayer payer;
    private final @Nullable String algorithm;
    private final @Nullable String key;
    private final @Nullable String keyMd5;
    private final boolean timed;

    S3Requests(S3OriginOptions options) {
        CustomerKey customerKey = options.customerKey();
        this.payer = options.requesterPays() ? RequestPayer.REQUESTER : null;
        this.algorithm = customerKey == null ? null : ALGORITHM;
        this.key = customerKey == null ? null : customerKey.base64();
        this.keyMd5 = customerKey == null ? null : customerKey.md5Base64();
        this.timed = options.client() != null;
    }

    /** For a whole object. */
    GetObjectRequest get(S3Location object, long timeoutMillis) {
        return getOf(object, timeoutMillis).build();
    }

    GetObjectRequest get(S3Location object, ObjectRange range, long timeoutMillis) {
        return getOf(object, timeoutMillis)
                .ifMatch(range.etag())
                .versionId(range.versionId())
                .range("bytes=" + range.offsetBytes() + "-" + range.lastByteOffset())
                .build();
    }

    private GetObjectRequest.Builder getOf(S3Location object, long timeoutMillis) {
        return GetObjectRequest.builder()
                .bucket(object.bucket())
                .key(object.key())
                .requestPayer(payer)
                .sseCustomerAlgorithm(algorithm)
                .sseCustomerKey(key)
                .sseCustomerKeyMD5(keyMd5)
                .overrideConfiguration(timeout(timeoutMillis));
    }

    HeadObjectRequest head(S3Location object, StatRequest request) {
        return HeadObjectRequest.builder()
                .bucket(object.bucket())
                .key(object.key())
                .versionId(request.versionId())
                .requestPayer(payer)
                .sseCustomerAlgorithm(algorithm)
                .sseCustomerKey(key)
                .sseCustomerKeyMD5(keyMd5)
                .overrideConfiguration(timeout(request.timeoutMillis()))
                .build();
    }

    PutObjectRequest put(S3Location object, long timeoutMillis) {
        return PutObjectRequest.builder()
                .bucket(object.bucket())
                .key(object.key())
                .requestPayer(payer)
                .sseCustomerAlgorithm(algorithm)
                .sseCustomerKey(key)
                .sseCustomerKeyMD5(keyMd5)
                .overrideConfiguration(timeout(timeoutMillis))
                .build();
    }

    /** Of a given client, whose exchanges can't be aborted from outside; an exchange of our own ends with its call. */
    private @Nullable AwsRequestOverrideConfiguration timeout(long millis) {
        return timed
                ? AwsRequestOverrideConfiguration.builder()
                        .apiCallTimeout(Duration.ofMillis(millis))
                        .build()
                : null;
    }
}
