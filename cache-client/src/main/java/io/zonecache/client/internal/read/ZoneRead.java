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
     * The zone has too few stripes, so the origin may be asked in the way that the basis allows.
     *
     * @param placement the chunk's nodes, coordinator first, of the view that was read
     * @param askedNanos before the first node was asked, on the injected clock: nothing is known of what was stored later, however long the read
     *     took
     * @param stripesHeld the most distinct stripes of one layout that were found: of a chunk that is being written, or what is left of one
     * @param basis what it rests on
     */
    record Miss(List<ZoneNode> placement, long askedNanos, int stripesHeld, Basis basis) implements ZoneRead {}

    /** What a miss rests on, and with it how the origin may be asked. */
    enum Basis {
        /**
         * Certain: fewer than k stripes, even if each place that has not answered held its stripe. Under a lease, or out of the reserve if no node
         * grants one.
         */
        PROVEN,
        /** Nodes that have been silent for long count as lost, though they may hold stripes: under a lease only. */
        SILENT_NODES,
        /** No node of the zone has answered for long, or there is no view of it: out of the reserve only. */
        ZONE_UNREACHABLE
    }
}
