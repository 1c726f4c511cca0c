package io.zonecache.server.purge;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.PurgePage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The purged keys in the order in which this node learnt of them, with the digest after each: what a client lacks is what comes after
 * the state that its token names. Digests do not depend on the order, so that nodes which know the same keys say the same token,
 * however they learnt of them. 8 bytes for each key besides the key. Thread-safe, and never blocks for longer than a page takes.
 */
public final class PurgeLog {

    private final List<ChunkKey> keys = new ArrayList<>();

    /** At i, the hash of the first i keys. */
    private long[] hashes = new long[16];

    private volatile PurgeDigest digest = PurgeDigest.EMPTY;
    private volatile String tokenText = new PurgeToken(PurgeDigest.EMPTY).toString();

    /** @param added keys that the log does not hold yet */
    public synchronized void add(Collection<ChunkKey> added) {
        PurgeDigest grown = digest;
        for (ChunkKey key : added) {
            grown = grown.plus(key);
            keys.add(key);
            if (keys.size() == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * hashes.length);
            }
            hashes[keys.size()] = grown.hash();
        }
        digest = grown;
        tokenText = new PurgeToken(grown).toString();
    }

    public PurgeDigest digest() {
        return digest;
    }

    /** The newest token, as every answer carries it. */
    public String tokenText() {
        return tokenText;
    }

    /** The newest keys, {@code max} at most, but for the {@code skip} that are newer still. */
    public synchronized List<ChunkKey> newest(int skip, int max) {
        int to = Math.max(0, keys.size() - skip);
        return List.copyOf(keys.subList(Math.max(0, to - max), to));
    }

    /** What a client is told that has heard of nothing yet, and has nothing to drop. */
    public PurgePage start() {
        return new PurgePage(tokenText, true, false, List.of());
    }

    /** The oldest keys after those of the token, {@code max} at most; none, and not complete, if this log does not know the token. */
    public synchronized PurgePage since(PurgeToken token, int max) {
        int from = token.digest().size();
        if (from > keys.size() || hashes[from] != token.digest().hash()) {
            return new PurgePage(tokenText, false, false, List.of());
        }
        int to = Math.min(keys.size(), from + max);
        PurgeToken reached = new PurgeToken(new PurgeDigest(to, hashes[to]));
        return new PurgePage(reached.toString(), true, to < keys.size(), keys.subList(from, to));
    }
}
