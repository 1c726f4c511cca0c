package io.zonecache.client.internal.lease;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.Pauses;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.ZoneNode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A granted fill lease. It ends once, with the first outcome that is known; its node is notified again if the message may have been lost, because a
 * lost outcome blocks the slot and all waiters until the lease expires. Thread-safe.
 */
public final class FillLease {

    /**
     * The origin call is aborted at this part of the lease, which leaves the rest for reporting the outcome before another client is granted a
     * lease.
     */
    private static final double USABLE_PART = 0.8;

    private static final int MAX_SENDS = 2;

    /** The pause while the client's own transport has no room for the message. */
    private static final long NOT_SENT_PAUSE_MILLIS = 50;

    private static final int MAX_NOT_SENT = 20;

    private final EndSender sender;
    private final ZoneNode node;
    private final ChunkKey key;
    private final int rank;
    private final String id;
    private final long askedNanos;
    private final long expiresInMillis;
    private final AtomicBoolean isEnded = new AtomicBoolean();

    /**
     * What leases of one client share.
     *
     * @param pauses before another attempt; to be closed with the client
     * @param activity counts a lease until its node has been notified
     * @param timeoutMillis for a node to acknowledge the end
     */
    public record EndSender(StripeTransport transport, Pauses pauses, Activity activity, long timeoutMillis) {}

    /** @param askedNanos before the node was asked, so that the lease never seems to last longer than it does */
    public FillLease(
            EndSender sender, ZoneNode node, ChunkKey key, int rank, String id, long askedNanos, long expiresInMillis) {
        this.sender = sender;
        this.node = node;
        this.key = key;
        this.rank = rank;
        this.id = id;
        this.askedNanos = askedNanos;
        this.expiresInMillis = expiresInMillis;
        sender.activity.begin();
    }

    public ChunkKey key() {
        return key;
    }

    public String id() {
        return id;
    }

    /** The time by which a fetch under it must have ended. */
    public long fetchDeadlineNanos() {
        return askedNanos + usableNanos();
    }

    /** How long a fetch under it may take if it begins at once. */
    public long usableNanos() {
        return (long) (TimeUnit.MILLISECONDS.toNanos(expiresInMillis) * USABLE_PART);
    }

    /** Notifies the node, if the lease has not ended yet. */
    public void end(LeaseOutcome outcome) {
        if (isEnded.compareAndSet(false, true)) {
            sendEnd(outcome, 1, 0);
        }
    }

    /** Also runs on the timer, where nothing else would report what it throws. */
    private void sendEnd(LeaseOutcome outcome, int sends, int notSent) {
        try {
            RequestContext request = new RequestContext(sender.timeoutMillis, rank, id);
            Futures.then(
                    Futures.call(() -> sender.transport.endLease(node, key, request, id, outcome)),
                    reply -> replied(reply, outcome, sends, notSent),
                    failure -> sender.activity.end());
        } catch (RuntimeException | Error e) {
            sender.activity.end();
        }
    }

    private void replied(PutReply reply, LeaseOutcome outcome, int sends, int notSent) {
        if (reply instanceof PutReply.Unknown && sends < MAX_SENDS) {
            sendEnd(outcome, sends + 1, notSent);
        } else if (reply instanceof PutReply.NotSent && notSent < MAX_NOT_SENT && !sender.pauses.isClosed()) {
            sender.pauses.begin(
                    TimeUnit.MILLISECONDS.toNanos(NOT_SENT_PAUSE_MILLIS), () -> sendEnd(outcome, sends, notSent + 1));
        } else if (outcome == LeaseOutcome.DENIED
                && reply instanceof PutReply.Refused refused
                && refused.code() == CacheErrorCode.BAD_REQUEST) {
            sendEnd(LeaseOutcome.FAILED, sends, notSent); // a node of an earlier build does not know that one
        } else {
            sender.activity.end();
        }
    }
}
