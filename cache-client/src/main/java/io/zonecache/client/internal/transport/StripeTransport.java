package io.zonecache.client.internal.transport;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to nodes, each to one node. Implementations bound connections and queues, and complete every future within its timeout.
 *
 * <p>Futures of stripes and leases never fail because of a node or the network: that is a kind of reply, with the cause in words; those of views
 * and purges fail with {@code ZONE_UNCERTAIN}. Completion may run on an event loop, so
 * dependents must not block. Safe for concurrent use.
 */
public interface StripeTransport extends AutoCloseable {

    /** Asks for the node's stripes of a chunk; the sink gets payloads as they come, and the reply says which arrived whole and verified. */
    CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink);

    /** Stores records on a node, replacing what it holds of the chunk. */
    CompletableFuture<PutReply> put(ZoneNode node, ChunkKey key, RequestContext context, List<StripeRecord> records);

    /** Reports to a node that the stripe it sent is bad. */
    CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context);

    /**
     * Asks for a fill lease. Requests that wait at a node block no other request to it: neither reads, nor those that don't wait, nor the end of a
     * lease, which is what they wait for.
     */
    CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseRequest question);

    CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome);

    /**
     * The view as a node at that address knows it; null if it still has this ETag, after at most {@code waitMillis}. Fails with a
     * {@link io.zonecache.model.CacheException} if the node can't be asked or answers anything else.
     *
     * @param purges the token up to which the node's purges are known, if any: a node that knows of more does not wait
     */
    CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis);

    /** The keys that the node at that address knows to be purged since that token. Fails as {@link #view} does. */
    CompletableFuture<PurgePage> purges(String address, String since, long timeoutMillis);

    /** The epoch of the view that this client uses, sent with every request from now on. */
    void announceEpoch(long epoch);

    /** Called with every epoch that a node's answer carries; must not block. */
    void onEpoch(EpochListener listener);

    /** Called with every token of purges that a node's answer carries; must not block. */
    void onPurges(PurgeTokenListener listener);

    /**
     * Sets the listener for evidence that nodes can or can't be reached, whatever they are asked for; to be called before the first request. A
     * transport without connections has nothing to report.
     */
    default void onContact(ContactListener listener) {}

    /** Ends requests in flight: their futures complete as not sent; those of views and purges fail. */
    @Override
    void close();

    /** Is notified of tokens of purges. */
    @FunctionalInterface
    interface PurgeTokenListener {
        void tokenSeen(String address, String token);
    }

    /** Is notified of epochs. */
    @FunctionalInterface
    interface EpochListener {
        void epochSeen(ZoneNode node, long epoch);
    }
}
