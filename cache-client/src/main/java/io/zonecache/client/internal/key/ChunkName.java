package io.zonecache.client.internal.key;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A chunk as its reader or writer knows it: a key and its kind. Reads and writes carry it from their beginning to their end, since the zone's key
 * scheme alone does not say what a key stands for. Immutable.
 *
 * @param key made from the range, if there is one
 * @param range the range of an object that the key stands for, which the origin is asked for; null for a chunk of its own
 */
public record ChunkName(ChunkKey key, @Nullable ObjectRange range) {

    /** A chunk of its own, whose key means what the zone's key scheme says. */
    public static ChunkName of(ChunkKey key) {
        return new ChunkName(key, null);
    }

    /** A range of an object. Computes its key. */
    public static ChunkName of(ObjectRange range) {
        return new ChunkName(range.key(), range);
    }

    /** For messages: the range as its reader knows it, or the chunk with its key. */
    public String describe() {
        return range == null ? "chunk " + key : range.toString();
    }

    public KeyKind kind() {
        return range == null ? KeyKind.PLAIN : KeyKind.RANGE;
    }

    /** Whether the key is the chunk's SHA-256 in a zone of this scheme. */
    public boolean isHash(KeyScheme scheme) {
        return range == null && scheme == KeyScheme.SHA256;
    }

    /** The tag of the chunk's stripes in a zone of this scheme. Only if the key is no hash are the chunk's bytes hashed for it. */
    public long tag(KeyScheme scheme, ChunkCodec codec, ByteBuffer chunk) {
        return isHash(scheme) ? key.w0() : codec.tag(key, chunk);
    }

    /**
     * Whether a record can't belong to the chunk in a zone of this scheme, although its fields and checksum may be right. A range's record has the
     * range's length, and not the tag that it would have if its key were the chunk's hash.
     */
    public boolean contradicts(KeyScheme scheme, StripeHeader header) {
        boolean hasHashTag = header.tag() == key.w0();
        if (range != null) {
            return hasHashTag || header.chunkBytes() != range.lengthBytes();
        }
        return isHash(scheme) && !hasHashTag;
    }
}
