package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.millis;
import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.LeaseSearch.Outcome;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One read's questions for its chunk's fill lease, until a node grants it, the zone has the chunk, or the read's time is over.
 *
 * <p>The first question wants an answer at once, as the read holds a permit. One that has to wait is asked again without a permit, in
 * the one bounded room for all who wait, and waits at the node.
 */
final class LeaseRounds {

    private static final int MAX_REDIRECTS = 2;

    /** Pause before a question that has just been answered is asked again. */
    static final long PAUSE_MILLIS = 20;

    /** What the read does about what it is told. */
    interface Listener {

        void granted(FillLease lease);

        /** The origin has no such chunk. */
        void absent();

        /** None of the chunk's nodes can be reached. */
        void noCoordinatorReachable();

        /** Comes back to {@link LeaseRounds#ask} in time, through the line for permits. */
        void startOver();

        /** The permit is not needed while others are waited for. */
        void releasePermit();
    }

    private final FillContext context;
    private final FillTime time;
    private final MissRecheck zone;
    private final ChunkRead read;
    private final Listener listener;
    private final Set<String> unreachable = ConcurrentHashMap.newKeySet();
    private boolean seenFilled;
    private int redirects;

    /** Since the last fetch of this read, its own or one that it waited for. */
    private boolean retryIsPaid;

    LeaseRounds(FillContext context, FillTime time, MissRecheck zone, ChunkRead read, Listener listener) {
        this.context = context;
        this.time = time;
        this.zone = zone;
        this.read = read;
        this.listener = listener;
    }

    /** Whether another try at the origin, after a failure, is in the budget; paid once until {@link #beginFetch}. */
    boolean payRetry() {
        retryIsPaid = retryIsPaid || context.retries.trySpend(1);
        return retryIsPaid;
    }

    void beginFetch() {
        retryIsPaid = false;
    }

    /** Asks for an answer at once. */
    void ask() {
        if (!time.isOver()) {
            Futures.then(search(0).start(), outcome -> onOutcome(outcome, 0), time::fail);
        }
    }

    private LeaseSearch search(long waitMillis) {
        return new LeaseSearch(context, read.key(), read.rank(), zone.placement(), waitMillis, seenFilled, unreachable);
    }

    private void askAndWait() {
        listener.releasePermit();
        if (time.isOver()) {
            return;
        }
        if (!context.room.tryEnter()) {
            time.fail(new CacheException(
                    CacheErrorCode.ORIGIN_LIMIT,
                    "chunk " + read.key() + ": " + context.room.taken() + " reads wait (expected: fewer than "
                            + context.room.places() + ")"));
            return;
        }
        long waitMillis = Math.max(1, Math.min(context.config.leaseWaitMillis(), millis(time.leftNanos())));
        CompletableFuture<Outcome> outcome = search(waitMillis).start();
        Futures.thenRun(outcome, context.room::leave);
        Futures.then(outcome, found -> onOutcome(found, waitMillis), time::fail);
    }

    private void onOutcome(Outcome outcome, long waitedMillis) {
        if (outcome instanceof Outcome.Answered answered) {
            onAnswer(answered, waitedMillis);
        } else {
            listener.noCoordinatorReachable();
        }
    }

    private void onAnswer(Outcome.Answered answered, long waitedMillis) {
        LeaseReply reply = answered.reply();
        if (reply instanceof LeaseReply.Granted granted) {
            listener.granted(new FillLease(
                    context,
                    answered.node(),
                    read.key(),
                    read.rank(),
                    granted.lease(),
                    answered.askedNanos(),
                    granted.expiresInMillis()));
        } else if (reply instanceof LeaseReply.Filled) {
            onFilled();
        } else if (reply instanceof LeaseReply.Absent) {
            listener.absent();
        } else if (reply instanceof LeaseReply.Refused refused) {
            onRefused(refused, answered, waitedMillis);
        }
    }

    private void onFilled() {
        listener.releasePermit();
        zone.othersFill();
        boolean again = seenFilled;
        zone.look(() -> {
            seenFilled = true;
            time.pause(again ? PAUSE_MILLIS : 0, listener::startOver);
        });
    }

    private void onRefused(LeaseReply.Refused refused, Outcome.Answered answered, long waitedMillis) {
        CacheException refusal = LeaseSearch.asException(refused, answered.node(), read.key());
        time.refused(refusal);
        switch (refused.code()) {
            case FILLING -> {
                zone.othersFill();
                waitAndAsk(refused, answered, waitedMillis);
            }
            case ORIGIN_LIMIT, BUSY, DRAINING, RATE_LIMITED -> waitAndAsk(refused, answered, waitedMillis);
            case NOT_COORDINATOR -> onRedirect();
            case ORIGIN_FAILED -> onOthersFailure(refused);
            default -> time.fail(refusal);
        }
    }

    /** The node's own queue is the place to wait; only where it turned us away before our time do we wait here, as told. */
    private void waitAndAsk(LeaseReply.Refused refused, Outcome.Answered answered, long waitedMillis) {
        boolean mayQueue = refused.code() == CacheErrorCode.FILLING || refused.code() == CacheErrorCode.ORIGIN_LIMIT;
        if (waitedMillis == 0 && mayQueue) {
            askAndWait();
            return;
        }
        listener.releasePermit();
        boolean servedInFull =
                mayQueue && millis(context.nanoTime() - answered.askedNanos()) >= waitedMillis - PAUSE_MILLIS;
        long told = servedInFull ? 0 : refused.retryAfterMillis();
        time.pause(told + PAUSE_MILLIS, this::askAndWait);
    }

    private void onRedirect() {
        listener.releasePermit();
        if (++redirects > MAX_REDIRECTS) {
            time.giveUp();
            return;
        }
        Futures.thenRun(context.zone.refresh(), () -> time.guarded(() -> zone.look(listener::startOver)));
    }

    private void onOthersFailure(LeaseReply.Refused refused) {
        listener.releasePermit();
        zone.othersFailed();
        long pauseMillis = refused.retryAfterMillis() + PAUSE_MILLIS;
        if (nanos(pauseMillis) < time.leftNanos() && payRetry()) {
            time.pause(pauseMillis, listener::startOver);
        } else {
            time.giveUp();
        }
    }
}
