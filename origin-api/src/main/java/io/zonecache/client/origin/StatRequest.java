package io.zonecache.client.origin;

import org.jspecify.annotations.Nullable;

/**
 * What a client asks its origin for: the state of an object. Immutable.
 *
 * @param uri the object's name at its origin, such as {@code s3://BUCKET/KEY}, the key as it is, not escaped
 * @param versionId of a version that the store keeps; null for the current one
 * @param timeoutMillis how long the call may take, 1 or more; it is aborted then
 */
public record StatRequest(String uri, @Nullable String versionId, long timeoutMillis) {

    /** @throws IllegalArgumentException if URI or version is not one line of text */
    public StatRequest {
        ObjectRange.checkName(uri, null, versionId);
    }

    /** For the object's current version. */
    public static StatRequest of(String uri, long timeoutMillis) {
        return new StatRequest(uri, null, timeoutMillis);
    }
}
