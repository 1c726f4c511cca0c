package io.zonecache.storage;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;

/**
 * What a store that lost its index must know to rebuild it from the records it holds. Called from the store's own thread, for every
 * record; implementations are thread-safe and don't block.
 */
public interface RebuildRules {

    /** Takes every record, and the one that was stored last where there are several of a chunk. */
    RebuildRules TAKE_ALL = new RebuildRules() {

        @Override
        public boolean isPurged(ChunkKey key) {
            return false;
        }

        @Override
        public boolean isPreferred(CodeSpec code) {
            return false;
        }
    };

    /** Whether the chunk was purged, so that its records are not restored. */
    boolean isPurged(ChunkKey key);

    /** Whether this is the zone's code now: where there are several records of a chunk, the last one that was cut so is taken. */
    boolean isPreferred(CodeSpec code);
}
