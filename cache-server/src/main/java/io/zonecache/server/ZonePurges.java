package io.zonecache.server;

import io.vertx.core.Vertx;
import io.zonecache.membership.Membership;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.admin.NodeControl.Purge;
import io.zonecache.server.admin.NodeEvents;
import io.zonecache.server.stripes.PurgedKeys;
import io.zonecache.storage.StripeStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Purges chunks here and in the zone, and forgets the stripes of what other nodes have purged. */
final class ZonePurges {

    /** News take milliseconds; a node that has not answered by then is slow or away. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final PurgedKeys purged;
    private final StripeStore store;
    private final NodeEvents events;

    ZonePurges(PurgedKeys purged, StripeStore store, Vertx vertx, NodeEvents events) {
        this.purged = purged;
        this.store = store;
        this.events = events;
        // A crash may have come between a purge and its effect.
        drop(purged.newest(0, purged.size()));
        purged.whenTold(keys -> vertx.executeBlocking(
                () -> {
                    drop(keys);
                    events.add(NodeEvents.Kind.PURGE, said(keys) + " purged by another node");
                    return keys.size();
                },
                false));
    }

    /**
     * Blocks until the zone's nodes have it too, or for two seconds.
     *
     * @param zone null before this node has joined one, which then learns of it by itself
     */
    Purge purge(ChunkKey key, @Nullable Membership zone) {
        boolean isNew = purged.add(key);
        store.drop(key);
        if (isNew) {
            events.add(NodeEvents.Kind.PURGE, "chunk " + key.toHex() + " purged");
        }
        if (zone == null) {
            return new Purge(isNew, List.of());
        }
        zone.spreadPurge(key);
        long end = System.nanoTime() + WAIT_NANOS;
        List<String> lacking = zone.purgeLacking();
        while (!lacking.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            lacking = zone.purgeLacking();
        }
        return new Purge(isNew, lacking);
    }

    private void drop(List<ChunkKey> keys) {
        keys.forEach(store::drop);
    }

    private static String said(List<ChunkKey> keys) {
        return keys.size() == 1 ? "chunk " + keys.get(0).toHex() : keys.size() + " chunks";
    }
}
