package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Translates what the SDK throws into this project's exceptions. */
final class S3Failures {

    /** S3's codes that ask for fewer requests; a plain 503 is a failure. */
    private static final Set<String> SLOW_DOWN =
            Set.of("SlowDown", "RequestLimitExceeded", "TooManyRequests", "Throttling", "ThrottlingException");

    /** Below 500, yet another attempt may succeed. */
    private static final Set<String> TRANSIENT = Set.of("RequestTimeout", "OperationAborted");

    private static final int PRECONDITION_FAILED = 412;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private S3Failures() {}

    /** @param what the call and its chunk */
    static CacheException translate(String what, String origin, SdkException failure) {
        if (failure instanceof AwsServiceException answer) {
            return translate(what, origin, answer);
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new CacheException(
                CacheErrorCode.ORIGIN_FAILED,
                what + ": " + text(failure) + (cause == failure ? "" : " (" + text(cause) + ")") + " from " + origin
                        + " (expected: an answer of S3)",
                failure);
    }

    private static CacheException translate(String what, String origin, AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "no code" : details.errorCode();
        String found = what + ": " + answer.statusCode() + " " + code + " from " + origin;
        if (answer.statusCode() == PRECONDITION_FAILED) {
            return new CacheException(
                    CacheErrorCode.ABSENT, found + " (expected: the ETag asked for; the object has changed)", answer);
        }
        // An answer to HEAD has no body, so the SDK's type is all there is.
        if (code.equals("NoSuchKey") || answer instanceof NoSuchKeyException) {
            return new CacheException(CacheErrorCode.ABSENT, found, answer);
        }
        if (answer.statusCode() == TOO_MANY_REQUESTS || SLOW_DOWN.contains(code)) {
            return new CacheException(
                    CacheErrorCode.ORIGIN_LIMIT, found + " (expected: 200; the origin asks to slow down)", answer);
        }
        boolean isFinal = answer.statusCode() < SERVER_ERROR && !TRANSIENT.contains(code);
        String said = details == null || details.errorMessage() == null ? "" : ": " + details.errorMessage();
        String detail = found + said + " (expected: 200, or 404 NoSuchKey)";
        return isFinal
                ? new OriginRefusedException(detail, answer)
                : new CacheException(CacheErrorCode.ORIGIN_FAILED, detail, answer);
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
