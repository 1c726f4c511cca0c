package io.zonecache.membership;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.Placement;

/**
 * What tells two purge lists apart; the same whatever the order in which keys came.
 *
 * @param size number of keys
 * @param hash of all of them
 */
public record PurgeDigest(int size, long hash) {

    public static final PurgeDigest EMPTY = new PurgeDigest(0, 0);

    /** That of a list with one more key. */
    public PurgeDigest plus(ChunkKey key) {
        return new PurgeDigest(size + 1, hash ^ Placement.hash(key));
    }
}
