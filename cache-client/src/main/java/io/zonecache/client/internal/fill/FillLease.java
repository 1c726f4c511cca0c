package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport.LeaseOutcome;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.util.concurrent.atomic.AtomicBoolean;

/** A granted fill lease. It ends once, with the first outcome that is known. */
final class FillLease {

    /** The origin call is aborted at this part of the lease, which leaves the rest to say so before somebody else is granted one. */
    private static final double USABLE_PART = 0.8;

    private final FillContext context;
    private final ZoneNode node;
    private final ChunkKey key;
    private final String id;
    private final int rank;
    private final long askedNanos;
    private final long expiresInMillis;
    private final AtomicBoolean ended = new AtomicBoolean();

    FillLease(
            FillContext context,
            ZoneNode node,
            ChunkKey key,
            int rank,
            String id,
            long askedNanos,
            long expiresInMillis) {
        this.context = context;
        this.node = node;
        this.key = key;
        this.rank = rank;
        this.id = id;
        this.askedNanos = askedNanos;
        this.expiresInMillis = expiresInMillis;
        context.counters.leases.increment();
        context.activity.begin();
    }

    ChunkKey key() {
        return key;
    }

    String id() {
        return id;
    }

    /** Counts from before the node was asked: nobody knows better when it was granted. */
    long fetchDeadlineNanos() {
        return askedNanos + (long) (nanos(expiresInMillis) * USABLE_PART);
    }

    void end(LeaseOutcome outcome) {
        if (ended.compareAndSet(false, true)) {
            tell(outcome, true);
        }
    }

    private void tell(LeaseOutcome outcome, boolean again) {
        RequestContext request = new RequestContext(context.config.nodeTimeoutMillis(), rank, id);
        Futures.then(
                Futures.call(() -> context.transport.endLease(node, key, request, id, outcome)),
                reply -> {
                    // An outcome that gets lost keeps the slot and all who wait until the lease expires.
                    if (again && reply instanceof PutReply.Unknown && !context.isClosed()) {
                        tell(outcome, false);
                    } else {
                        context.activity.end();
                    }
                },
                failure -> context.activity.end());
    }
}
