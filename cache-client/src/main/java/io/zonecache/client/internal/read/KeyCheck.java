package io.zonecache.client.internal.read;

import io.zonecache.client.Verification;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;

/**
 * Checks a chunk's bytes against its key and its stripes' tag.
 *
 * @param hashIsKey whether the key is the chunk's SHA-256; with an opaque key only the tag can be checked, which is the first 8 bytes of the hash
 * @param codec computes hashes
 */
record KeyCheck(ChunkKey key, boolean hashIsKey, Verification verification, ChunkCodec codec) {

    /** Whether a record can't belong to the chunk. */
    boolean contradicts(StripeHeader header) {
        return hashIsKey && header.tag() != key.w0();
    }

    /** Whether these are the chunk's bytes, as far as they are to be verified. Hashes them, so no lock should be held. */
    boolean isValid(StripeLayout layout, ByteBuffer chunk) {
        if (verification != Verification.FULL) {
            return true;
        }
        ChunkKey hash = codec.sha256(chunk);
        return hashIsKey ? hash.equals(key) : hash.w0() == layout.tag();
    }
}
