package io.zonecache.client.internal.write;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.FillLease;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.model.ZoneNode;
import java.util.function.Predicate;

/**
 * One fetched chunk on its way into the zone, and what its fill holds until it is there.
 *
 * @param name of the chunk
 * @param lease of the fill; ended as soon as its outcome is known
 * @param rank of the fill's requests
 * @param isUnreachable whether a node is known not to accept its stripes
 * @param memory for the chunk and its stripes
 * @param onReserved called once the stripes count among the bytes in flight, unless the write-back ends before
 * @param onEnded called once, when nothing of the write-back is in flight any more
 */
public record FetchedChunk(
        ChunkName name,
        FillLease lease,
        int rank,
        Predicate<ZoneNode> isUnreachable,
        ResourceQueue.Reservation memory,
        Runnable onReserved,
        Runnable onEnded) {}
