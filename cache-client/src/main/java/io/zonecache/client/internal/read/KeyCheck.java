package io.zonecache.client.internal.read;

import io.zonecache.client.Verification;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;

/**
 * What a chunk's key tells of its bytes.
 *
 * @param hashIsKey whether it tells anything at all
 */
record KeyCheck(ChunkKey key, boolean hashIsKey, Verification verification) {

    /** Whether a record can't be the chunk's. */
    boolean isFalse(StripeHeader header) {
        return hashIsKey && header.tag() != key.w0();
    }

    /** As far as it is to be verified; hashes it, which no lock should wait for. */
    boolean isRight(ByteBuffer chunk) {
        return !hashIsKey
                || verification != Verification.FULL
                || ChunkKey.sha256Of(chunk).equals(key);
    }
}
