package io.zonecache.client.origin;

import static java.util.Objects.requireNonNull;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some bytes of a stored object, as a chunk: the object stays as it is, and the ETag ensures that the name never refers to other content. Zones of
 * every key scheme serve it. Immutable.
 *
 * @param uri the object's name at its origin, such as {@code s3://BUCKET/KEY}, the key as it is, not escaped
 * @param etag as the store reports it, quotes included
 * @param offsetBytes of the first byte; 0 or more
 * @param lengthBytes 1..16 MiB
 * @param versionId of the version that the store is asked for; null for the current one, which must have the ETag then
 * @param customerKeySha256 of the key with which the object's owner lets the store encrypt it, 64 lower-case hex digits; null for none
 */
public record ObjectRange(
        String uri,
        String etag,
        long offsetBytes,
        int lengthBytes,
        @Nullable String versionId,
        @Nullable String customerKeySha256) {

    /** @throws IllegalArgumentException if a component is out of its range */
    public ObjectRange {
        checkName(uri, requireNonNull(etag, "etag"), versionId);
        if (lengthBytes < 1
                || lengthBytes > StripeRecord.MAX_CHUNK_BYTES
                || offsetBytes < 0
                || offsetBytes > Long.MAX_VALUE - lengthBytes) {
            throw new IllegalArgumentException(
                    "range of " + uri + ": " + lengthBytes + " bytes from " + offsetBytes + " (expected: 1.."
                            + StripeRecord.MAX_CHUNK_BYTES + " bytes from 0 or more, with an end below 2^63)");
        }
    }

    /** A range of an object by its ETag alone. */
    public ObjectRange(String uri, String etag, long offsetBytes, int lengthBytes) {
        this(uri, etag, offsetBytes, lengthBytes, null, null);
    }

    /** The chunk key that stands for this range: SHA-512/256 of the text that docs/formats.md gives; computed anew each time. */
    public ChunkKey key() {
        List<String> attributes = new ArrayList<>();
        if (versionId != null) {
            attributes.add("versionId=" + versionId);
        }
        if (customerKeySha256 != null) {
            attributes.add("customerKeySha256=" + customerKeySha256);
        }
        return ChunkKey.ofRange(uri, etag, offsetBytes, lengthBytes, attributes);
    }

    /** Offset of the last byte. */
    public long lastByteOffset() {
        return offsetBytes + lengthBytes - 1;
    }

    @Override
    public String toString() {
        return "bytes " + offsetBytes + ".." + lastByteOffset() + " of " + uri + " with ETag " + etag
                + (versionId == null ? "" : ", version " + versionId);
    }

    /**
     * Checks the name of an object.
     *
     * @param etag null if it is not known
     */
    static void checkName(String uri, @Nullable String etag, @Nullable String versionId) {
        if (!isLine(uri) || (etag != null && !isLine(etag)) || (versionId != null && !isLine(versionId))) {
            throw new IllegalArgumentException("object: \"" + uri + "\", ETag \"" + etag + "\", version " + versionId
                    + " (expected: URI and ETag, each in one line, and so the version, if any)");
        }
    }

    private static boolean isLine(String text) {
        return !text.isEmpty() && text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
    }
}
