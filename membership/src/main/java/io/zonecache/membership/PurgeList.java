package io.zonecache.membership;

import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys that a zone's operator has purged: a set that only grows, of which each node keeps its own copy. Membership tells other
 * nodes what they lack and adds what it is told. Implementations are thread-safe.
 */
public interface PurgeList {

    /** Of all its keys; never blocks for long. */
    PurgeDigest digest();

    /** The newest keys, {@code max} at most, but for the {@code skip} that are newer still. */
    List<ChunkKey> newest(int skip, int max);

    /**
     * Adds what another node has purged, as far as there is room and the disk allows; what is left out is told again. May block for
     * one write.
     */
    void addAll(Collection<ChunkKey> told);

    /** One that lasts as long as its process. */
    static PurgeList inMemory() {
        return new PurgeList() {

            private final Set<ChunkKey> keys = new LinkedHashSet<>();
            private PurgeDigest digest = PurgeDigest.EMPTY;

            @Override
            public synchronized PurgeDigest digest() {
                return digest;
            }

            @Override
            public synchronized List<ChunkKey> newest(int skip, int max) {
                List<ChunkKey> ordered = new ArrayList<>(keys);
                int to = Math.max(0, ordered.size() - skip);
                return List.copyOf(ordered.subList(Math.max(0, to - max), to));
            }

            @Override
            public synchronized void addAll(Collection<ChunkKey> told) {
                for (ChunkKey key : told) {
                    if (keys.add(key)) {
                        digest = digest.plus(key);
                    }
                }
            }
        };
    }
}
