package io.zonecache.membership;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the zone, as far as this node knows. Slow by nature and out of the read path: readers use the last view they know.
 * Safe for concurrent use.
 */
public interface Membership extends AutoCloseable {

    /** The newest view known, or null before the first one. Never blocks, and stays when all other nodes are lost, or after close. */
    @Nullable
    EncodedView view();

    /**
     * Calls the listener with the present view, if there is one, and with each newer one, in order, from one thread at a time. A
     * listener must not block; what it throws is logged and harms no other.
     */
    void addListener(Consumer<EncodedView> listener);

    /**
     * How long ago this node last began to ask the zone's publisher, and then learnt, that {@link #view} is the newest;
     * Long.MAX_VALUE if never. A node that is cut off for a minute hands out no more leases: others may have taken its place.
     *
     * <p>It must be a round trip: what merely arrives may have lain in a socket while this process was frozen. Where views never
     * change, or this node publishes them itself with a majority behind it, it is 0.
     */
    default long unconfirmedMillis() {
        return view() == null ? Long.MAX_VALUE : 0;
    }

    /** What an operator wants to know of this node's part in the zone. Never blocks. */
    MembershipStatus status();

    /** Asks to be taken out of the zone for good: the node's places move. Returns at once; a later view lacks this node. */
    void leave();

    /** Publishes this node as {@code down} ahead of a restart: it keeps its places. Returns at once. */
    void announceDown();

    /**
     * Publishes a view of the members present although they are no majority of the last one; nodes that are absent lose their
     * places. For operators. Returns at once.
     */
    void forceView();

    /** Tells the zone's other nodes of a key that has been added to this node's purge list. Returns at once. */
    void spreadPurge(ChunkKey key);

    /**
     * Ids of the view's other nodes that are not known to have the same purge list as this one, those that are away among them; they
     * are told until they have. Never blocks.
     */
    List<String> purgeLacking();

    /** Leaves without a word, as a crash does: the node keeps its places until it is taken out. */
    @Override
    void close();
}
