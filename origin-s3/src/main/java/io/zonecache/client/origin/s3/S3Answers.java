package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Checks what successful answers say of an object: not every server knows conditions, ranges and versions. */
final class S3Answers {

    /** S3's name for what was stored while a bucket kept no versions; not every server sends it. */
    private static final String NULL_VERSION = "null";

    /** Never equal to an ETag in {@code If-Match}. */
    private static final String WEAK = "W/";

    private S3Answers() {}

    /** @throws OriginRefusedException if the answer lacks what ranges need */
    static StoredObject stored(
            String what, StatRequest request, HeadObjectResponse answer, @Nullable String customerKeySha256) {
        if (answer.eTag() == null || answer.eTag().isBlank() || answer.contentLength() == null) {
            throw new OriginRefusedException(
                    what + ": ETag " + orNone(answer.eTag()) + ", Content-Length " + orNone(answer.contentLength())
                            + " (expected: both; without them a server's objects can't be read in ranges)",
                    null);
        }
        if (answer.eTag().startsWith(WEAK)) {
            throw new OriginRefusedException(
                    what + ": ETag " + answer.eTag() + " (expected: a strong one; objects with a weak one can't be read"
                            + " in ranges)",
                    null);
        }
        checkVersion(what, request.versionId(), answer.versionId());
        return new StoredObject(
                request.uri(), answer.eTag(), answer.contentLength(), request.versionId(), customerKeySha256);
    }

    /** @throws CacheException if the body is not the range, which is named by the version that the bytes must be of */
    static void checkIsOf(String what, ObjectRange expected, GetObjectResponse answer) {
        if (answer.eTag() == null) {
            throw new OriginRefusedException(
                    what + ": no ETag (expected: the one asked for; a server that sends none does not say which"
                            + " version it has read)",
                    null);
        }
        if (!expected.etag().equals(answer.eTag())) {
            throw new CacheException(
                    CacheErrorCode.ABSENT,
                    what + ": ETag " + answer.eTag() + " (expected: the one asked for; the object has changed)");
        }
        checkVersion(what, expected.versionId(), answer.versionId());
        String place = "bytes " + expected.offsetBytes() + "-" + expected.lastByteOffset() + "/";
        if (answer.contentLength() == null
                || answer.contentLength() != expected.lengthBytes()
                || answer.contentRange() == null
                || !answer.contentRange().startsWith(place)) {
            throw new OriginRefusedException(
                    what + ": " + orNone(answer.contentLength()) + " bytes, Content-Range "
                            + orNone(answer.contentRange()) + " (expected: " + expected.lengthBytes()
                            + ", Content-Range " + place + "LENGTH)",
                    null);
        }
    }

    private static void checkVersion(String what, @Nullable String expected, @Nullable String found) {
        if (expected != null && !expected.equals(NULL_VERSION) && !expected.equals(found)) {
            throw new OriginRefusedException(
                    what + ": version " + orNone(found) + " (expected: " + expected
                            + ", from a server that keeps versions)",
                    null);
        }
    }

    private static String orNone(@Nullable Object value) {
        return value == null ? "none" : value.toString();
    }
}
