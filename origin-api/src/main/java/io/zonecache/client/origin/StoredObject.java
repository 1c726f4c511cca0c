package io.zonecache.client.origin;

import org.jspecify.annotations.Nullable;

/**
 * An object as its store described it at some time. Workers that are handed one need not ask the store for it. Immutable.
 *
 * @param uri the object's name at its origin, such as {@code s3://BUCKET/KEY}, the key as it is, not escaped
 * @param etag as the store reports it, quotes included
 * @param lengthBytes 0 or more
 * @param versionId the version that it was asked for by; null for the one that was current then
 * @param customerKeySha256 of the key with which its owner lets the store encrypt it, 64 lower-case hex digits; null for none
 */
public record StoredObject(
        String uri,
        String etag,
        long lengthBytes,
        @Nullable String versionId,
        @Nullable String customerKeySha256) {

    /** @throws IllegalArgumentException if the length is negative, or URI, ETag or version is not one line of text */
    public StoredObject {
        ObjectRange.checkName(uri, etag, versionId);
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("bytes of " + uri + ": " + lengthBytes + " (expected: 0 or more)");
        }
    }

    /** An object by its ETag alone. */
    public StoredObject(String uri, String etag, long lengthBytes) {
        this(uri, etag, lengthBytes, null, null);
    }

    /**
     * A range of this version of the object.
     *
     * @param offsetBytes of the first byte
     * @param rangeBytes 1 to 16 MiB
     * @return the range, which is one chunk
     * @throws IllegalArgumentException if the range is not within the object, or is longer than a chunk may be
     */
    public ObjectRange range(long offsetBytes, int rangeBytes) {
        if (offsetBytes > lengthBytes - rangeBytes) {
            throw new IllegalArgumentException("range of " + uri + ": " + rangeBytes + " bytes from " + offsetBytes
                    + " (expected: within its " + lengthBytes + " bytes)");
        }
        return new ObjectRange(uri, etag, offsetBytes, rangeBytes, versionId, customerKeySha256);
    }
}
