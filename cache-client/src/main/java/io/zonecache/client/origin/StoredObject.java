package io.zonecache.client.origin;

/**
 * An object as its store told it at some time. Workers that are handed one need not ask the store for it.
 *
 * @param uri {@code s3://BUCKET/KEY}, the key as it is, not escaped
 * @param etag as the store tells it, quotes included
 */
public record StoredObject(String uri, String etag, long lengthBytes) {

    public StoredObject {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("bytes of " + uri + ": " + lengthBytes + " (expected: 0 or more)");
        }
    }

    /** @throws IllegalArgumentException if the range is not within the object */
    public ObjectRange range(long offsetBytes, int rangeBytes) {
        if (offsetBytes > lengthBytes - rangeBytes) {
            throw new IllegalArgumentException("range of " + uri + ": " + rangeBytes + " bytes from " + offsetBytes
                    + " (expected: within its " + lengthBytes + " bytes)");
        }
        return new ObjectRange(uri, etag, offsetBytes, rangeBytes);
    }
}
