package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Translates what the SDK throws into this project's exceptions. */
final class S3Failures {

    /** S3's codes that ask for fewer requests; a 503 with another code is a failure. */
    private static final Set<String> SLOW_DOWN =
            Set.of("SlowDown", "RequestLimitExceeded", "TooManyRequests", "Throttling", "ThrottlingException");

    /** Below 500, yet another attempt may succeed. */
    private static final Set<String> TRANSIENT = Set.of("RequestTimeout", "OperationAborted");

    /** Of the client that asked, with a status that is none of rights: another one may have other credentials, or name the right region. */
    private static final Set<String> OF_CLIENT =
            Set.of("ExpiredToken", "InvalidToken", "AuthorizationHeaderMalformed", "PermanentRedirect");

    /** Denied to everybody, until somebody has restored it. */
    private static final String ARCHIVED = "InvalidObjectState";

    private static final Set<String> ABSENT = Set.of("NoSuchKey", "NoSuchVersion");

    private static final Pattern ATTEMPTS = Pattern.compile(" \\(SDK Attempt Count: \\d+\\)$");

    /** An answer to HEAD has no body, and so no code. */
    private static final String NO_CODE = "no code";

    private static final String BUCKET_REGION = "x-amz-bucket-region";

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int PRECONDITION_FAILED = 412;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final int UNAVAILABLE = 503;
    private static final int MAX_TEXT = 300;

    private S3Failures() {}

    /** @param what the call and its object or chunk */
    static CacheException translate(String what, S3Action action, RuntimeException failure) {
        Optional<String> credentials = MissingCredentials.reason(failure);
        if (credentials.isPresent()) {
            return new OriginDeniedException(what + ": " + credentials.get(), failure);
        }
        return failure instanceof S3Exception answer
                ? translate(what, action, answer)
                : new CacheException(CacheErrorCode.ORIGIN_FAILED, what + ": " + reason(failure), failure);
    }

    private static String reason(RuntimeException failure) {
        // The SDK wraps some of its own failures into general advice, and counts attempts, of which it makes one.
        Throwable shown = failure.getCause() instanceof SdkException inner ? inner : failure;
        String said = ATTEMPTS.matcher(text(shown)).replaceFirst("");
        Throwable cause = shown.getCause();
        return said + (cause == null ? "" : " (" + described(cause, said) + ")") + " (expected: an answer of S3)";
    }

    /** With its class, as the text of some, such as that of an unknown host, is the host alone. */
    private static String described(Throwable cause, String said) {
        String text = text(cause);
        String name = cause.getClass().getSimpleName();
        return said.contains(text) || text.equals(name) ? name : name + ": " + text;
    }

    private static CacheException translate(String what, S3Action action, S3Exception answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? NO_CODE : details.errorCode();
        String found = what + ": " + answer.statusCode() + " " + code;
        if (answer.statusCode() == PRECONDITION_FAILED) {
            return new CacheException(
                    CacheErrorCode.ABSENT, found + " (expected: the ETag asked for; the object has changed)", answer);
        }
        if (isDeleted(answer)) {
            return new CacheException(CacheErrorCode.ABSENT, found + ", the object was deleted", answer);
        }
        if (ABSENT.contains(code) || answer instanceof NoSuchKeyException) {
            String unknown = action.hasBody() ? "" : ", or no such bucket: an answer to HEAD does not tell which";
            return new CacheException(CacheErrorCode.ABSENT, found + unknown, answer);
        }
        if (asksToSlowDown(action, answer, code)) {
            return new CacheException(
                    CacheErrorCode.ORIGIN_LIMIT, found + " (expected: 200; the origin asks to slow down)", answer);
        }
        boolean isFinal = answer.statusCode() < SERVER_ERROR && !TRANSIENT.contains(code);
        String said = details == null || details.errorMessage() == null ? "" : ": " + line(details.errorMessage());
        String detail = found + said + " (expected: " + expected(action, answer, code) + ")";
        if (isDenied(answer, code)) {
            return new OriginDeniedException(detail, answer);
        }
        return isFinal
                ? new OriginRefusedException(detail, answer)
                : new CacheException(CacheErrorCode.ORIGIN_FAILED, detail, answer);
    }

    /** Without a body, 503 is all that is left of SlowDown. */
    private static boolean asksToSlowDown(S3Action action, S3Exception answer, String code) {
        return answer.statusCode() == TOO_MANY_REQUESTS
                || SLOW_DOWN.contains(code)
                || (answer.statusCode() == UNAVAILABLE && !action.hasBody() && code.equals(NO_CODE));
    }

    private static String expected(S3Action action, S3Exception answer, String code) {
        if (isElsewhere(answer, code)) {
            String region = header(answer, BUCKET_REGION).orElse("another region");
            String otherwise = code.equals(NO_CODE) && answer.statusCode() == BAD_REQUEST
                    ? "; if it does: credentials that have not expired, and the customer key if there is one"
                    : "";
            return "200; the bucket is in " + region + ", which the setting region should name" + otherwise;
        }
        if (answer.statusCode() == FORBIDDEN && (code.equals("AccessDenied") || code.equals(NO_CODE))) {
            return "200; the credentials need " + action.permissions();
        }
        return code.equals(ARCHIVED) ? "200; the object is archived: restore it first" : "200, or 404 NoSuchKey";
    }

    /** Whether it is this client's credentials or region that S3 does not accept. */
    private static boolean isDenied(S3Exception answer, String code) {
        return answer.statusCode() == UNAUTHORIZED
                || (answer.statusCode() == FORBIDDEN && !code.equals(ARCHIVED))
                || OF_CLIENT.contains(code)
                || lacksCustomerKey(answer, code)
                || isElsewhere(answer, code);
    }

    /** Whether the object is encrypted with a key that this client has not sent, or in another way: only S3's words say so. */
    private static boolean lacksCustomerKey(S3Exception answer, String code) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return code.equals("InvalidRequest")
                && details != null
                && String.valueOf(details.errorMessage()).contains("Encryption");
    }

    /** Whether the bucket is in another region, which an answer to HEAD, having no body, says by its header alone. */
    private static boolean isElsewhere(S3Exception answer, String code) {
        return answer.statusCode() < BAD_REQUEST
                || code.equals("AuthorizationHeaderMalformed")
                || (answer.statusCode() == BAD_REQUEST
                        && code.equals(NO_CODE)
                        && header(answer, BUCKET_REGION).isPresent());
    }

    /** Whether the object's version, or its latest one, only says that it was deleted. */
    private static boolean isDeleted(S3Exception answer) {
        return (answer.statusCode() == NOT_FOUND || answer.statusCode() == METHOD_NOT_ALLOWED)
                && header(answer, "x-amz-delete-marker")
                        .filter("true"::equalsIgnoreCase)
                        .isPresent();
    }

    private static Optional<String> header(S3Exception answer, String name) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return details == null || details.sdkHttpResponse() == null
                ? Optional.empty()
                : details.sdkHttpResponse().firstMatchingHeader(name);
    }

    /** For a range that was named under another customer key than the origin has, if any: no request could get these bytes. */
    static CacheException otherKey(ObjectRange range, @Nullable String expectedSha256) {
        return new CacheException(
                CacheErrorCode.BAD_REQUEST,
                range + ": customer key " + keyText(range.customerKeySha256()) + " (expected: that of the origin, "
                        + keyText(expectedSha256) + ")");
    }

    private static String keyText(@Nullable String sha256) {
        return sha256 == null ? "none" : "with SHA-256 " + sha256;
    }

    static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : line(message);
    }

    /** Servers may say anything, at any length. */
    static String line(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "..." : line;
    }
}
