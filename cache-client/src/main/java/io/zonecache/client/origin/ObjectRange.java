package io.zonecache.client.origin;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;

/**
 * Some bytes of a stored object, as a chunk: the object stays as it is, and the ETag ensures that the name never refers to other content. Zones of
 * every key scheme serve it. Immutable.
 *
 * @param uri {@code s3://BUCKET/KEY}, the key as it is, not escaped
 * @param etag as the store reports it, quotes included
 * @param offsetBytes of the first byte; 0 or more
 * @param lengthBytes 1..16 MiB
 */
public record ObjectRange(String uri, String etag, long offsetBytes, int lengthBytes) {

    /** @throws IllegalArgumentException if a component is out of its range */
    public ObjectRange {
        if (uri.isEmpty() || etag.isEmpty() || uri.indexOf('\n') >= 0 || etag.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                    "object: \"" + uri + "\", ETag \"" + etag + "\" (expected: both, each in one line)");
        }
        if (lengthBytes < 1
                || lengthBytes > StripeRecord.MAX_CHUNK_BYTES
                || offsetBytes < 0
                || offsetBytes > Long.MAX_VALUE - lengthBytes) {
            throw new IllegalArgumentException(
                    "range of " + uri + ": " + lengthBytes + " bytes from " + offsetBytes + " (expected: 1.."
                            + StripeRecord.MAX_CHUNK_BYTES + " bytes from 0 or more, with an end below 2^63)");
        }
    }

    /** The chunk key that stands for this range: SHA-512/256 of the text that docs/formats.md gives; computed anew each time. */
    public ChunkKey key() {
        return ChunkKey.ofRange(uri, etag, offsetBytes, lengthBytes);
    }

    /** Offset of the last byte. */
    public long lastByteOffset() {
        return offsetBytes + lengthBytes - 1;
    }

    @Override
    public String toString() {
        return "bytes " + offsetBytes + ".." + lastByteOffset() + " of " + uri + " with ETag " + etag;
    }
}
