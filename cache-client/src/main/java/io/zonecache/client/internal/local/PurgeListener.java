package io.zonecache.client.internal.local;

import io.zonecache.model.ChunkKey;
import java.util.Collection;

/** Is notified which chunks the zone has purged. Calls must be quick, and may be concurrent. */
public interface PurgeListener {

    /** These chunks are purged. */
    void purged(Collection<ChunkKey> keys);

    /** Chunks have been purged, and it is no longer known which. */
    void purgedUnknownKeys();
}
