package io.zonecache.client.internal.read;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;
import java.util.List;

/** Is notified of what reads of the zone found. Called on transport threads: must not block. */
public interface ReadListener {

    /** A read of the zone was a hit. */
    void hit(ChunkKey key);

    /**
     * All nodes of a read that was a hit have answered, and some lack a stripe or sent a bad one.
     *
     * @param chunk read-only
     * @param code of the stripes that it was decoded from
     * @param findings one for each node of the placement, in its order
     */
    void repairable(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings);
}
