package io.zonecache.server.admin;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.ChunkKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the admin port may ask of its node. Methods may block, except where they say otherwise. */
public interface NodeControl {

    /** Why the node is not ready, null if it is. Never blocks. */
    @Nullable
    String notReadyReason();

    /**
     * Why a rolling restart should not go on to the next node, null if it may: the zone has not been whole and quiet since this node
     * came back, or the node is not ready. Never blocks.
     */
    @Nullable
    String notSettledReason();

    /** Why the zone, as this node sees it, is not whole and quiet at this moment, null if it is. Never blocks. */
    @Nullable
    String notQuietReason();

    JsonObject stats();

    /** Prometheus' text format. */
    String metrics();

    /** Publishes the node as down ahead of a restart; it goes on serving until it is stopped. */
    void announceDown();

    /** Takes the node out of the zone for good. */
    void drain();

    /** Forgets every stripe. */
    void empty();

    /** Purges a chunk for good, here and on the zone's other nodes. */
    Purge purge(ChunkKey key);

    /** What has happened; never blocks. */
    NodeEvents events();

    /**
     * What came of a purge.
     *
     * @param isNew whether this node had not known of it
     * @param lacking ids of nodes of the zone that have not acknowledged it; they are told until they do
     */
    record Purge(boolean isNew, List<String> lacking) {}
}
