package io.zonecache.client.internal.read;

import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.List;

/** How a read of the zone ended. */
public sealed interface ZoneRead {

    /**
     * The chunk, decoded and verified.
     *
     * @param chunk exactly its bytes, read-only
     */
    record Hit(ByteBuffer chunk) implements ZoneRead {}

    /**
     * Certain: HELD + UNKNOWN &lt; k, so the origin may be asked.
     *
     * @param placement the chunk's nodes, coordinator first, of the view that was read
     * @param askedNanos before the first node was asked, on the injected clock: of what was stored later nothing is known, however long
     *     the read took
     * @param stripesHeld most distinct stripes of one layout that were found: of a chunk that is being written, or what is left of one
     */
    record Miss(List<ZoneNode> placement, long askedNanos, int stripesHeld) implements ZoneRead {}
}
