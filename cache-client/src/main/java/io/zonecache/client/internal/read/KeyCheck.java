package io.zonecache.client.internal.read;

import io.zonecache.client.Verification;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;

/**
 * What a chunk's key and its stripes' tag tell of its bytes.
 *
 * @param hashIsKey whether the key is the chunk's SHA-256; of a key that is opaque, only the tag tells anything: the first 8 bytes of it
 * @param codec hashes
 */
record KeyCheck(ChunkKey key, boolean hashIsKey, Verification verification, ChunkCodec codec) {

    /** Whether a record can't be the chunk's. */
    boolean contradicts(StripeHeader header) {
        return hashIsKey && header.tag() != key.w0();
    }

    /** Whether these are the chunk's bytes, as far as they are to be verified. Hashes them, which no lock should wait for. */
    boolean isValid(StripeLayout layout, ByteBuffer chunk) {
        if (verification != Verification.FULL) {
            return true;
        }
        ChunkKey hash = codec.sha256(chunk);
        return hashIsKey ? hash.equals(key) : hash.w0() == layout.tag();
    }
}
