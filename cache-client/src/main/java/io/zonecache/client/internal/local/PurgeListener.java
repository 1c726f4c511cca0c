package io.zonecache.client.internal.local;

import io.zonecache.model.ChunkKey;
import java.util.Collection;

/** Hears which chunks the zone has purged. Calls must be quick, and may come at once on several threads. */
public interface PurgeListener {

    /** These chunks are purged. */
    void purged(Collection<ChunkKey> keys);

    /** Chunks have been purged, and nobody can tell any more which. */
    void purgedUnknownKeys();
}
