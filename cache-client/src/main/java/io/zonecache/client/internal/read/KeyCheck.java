package io.zonecache.client.internal.read;

import io.zonecache.client.Verification;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;

/**
 * Checks a chunk's bytes against its key and its stripes' tag.
 *
 * @param scheme of the zone
 * @param codec computes hashes
 */
record KeyCheck(ChunkName name, KeyScheme scheme, Verification verification, ChunkCodec codec) {

    /** Whether a record can't belong to the chunk. */
    boolean contradicts(StripeHeader header) {
        return name.contradicts(scheme, header);
    }

    /**
     * Whether these are the chunk's bytes, as far as they are to be verified: by their hash if that is the key, else by the tag. Hashes them, so no
     * lock should be held.
     */
    boolean isValid(StripeLayout layout, ByteBuffer chunk) {
        if (verification != Verification.FULL) {
            return true;
        }
        return name.isHash(scheme)
                ? codec.sha256(chunk).equals(name.key())
                : name.tag(scheme, codec, chunk) == layout.tag();
    }
}
