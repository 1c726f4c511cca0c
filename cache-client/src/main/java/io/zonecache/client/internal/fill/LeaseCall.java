package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FillScope.Resource;
import io.zonecache.client.internal.lease.FillLease;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.LeaseOutcome;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request for a chunk's fill lease, to one node.
 *
 * <p>It is abandoned as soon as this client's other requests show that the node is unresponsive, so that requests sent later do not each wait out
 * the same silence. A lease that the node still grants is returned unused. Thread-safe.
 */
final class LeaseCall {

    /** How often to check whether the node counts as gone. */
    private static final long CHECK_MILLIS = 100;

    private final FillContext context;
    private final FillScope scope;
    private final ChunkRead read;
    private final FillStep.Ask asked;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile @Nullable Scheduled nextCheck;
    private volatile boolean isStopped;

    /**
     * The result of the request.
     *
     * @param reply null if the request was abandoned
     * @param lease the lease, if one was granted
     */
    record Answer(@Nullable LeaseReply reply, @Nullable FillLease lease) {}

    /** @param scope gets {@code WAITER}, if the request waits at the node, and {@code TIMER}: to be released with the answer */
    LeaseCall(FillContext context, FillScope scope, ChunkRead read, FillStep.Ask asked) {
        this.context = context;
        this.scope = scope;
        this.read = read;
        this.asked = asked;
    }

    /**
     * To be called once; completes on a thread of the transport or the timer, or at once. Fails with {@code ORIGIN_LIMIT} if too many reads wait.
     */
    CompletableFuture<Answer> start() {
        if (asked.question().waitMillis() > 0) {
            if (!context.waiters.tryEnter()) {
                return CompletableFuture.failedFuture(new CacheException(
                        CacheErrorCode.ORIGIN_LIMIT,
                        "chunk " + read.key() + ": " + context.waiters.waiters() + " reads wait (expected: fewer than "
                                + context.waiters.maxWaiters() + ")"));
            }
            scope.own(Resource.WAITER, context.waiters::leave);
        }
        // A node that is already silent is asked only if no other is left, and is then given its full time.
        boolean isWatched = !context.zone.isSilent(asked.node());
        scope.own(Resource.TIMER, this::stopChecking);
        long askedNanos = context.nanoTime();
        RequestContext request = new RequestContext(
                asked.question().waitMillis() + context.config.nodeTimeoutMillis(), read.rank(), null);
        Futures.then(
                context.transport.acquireLease(asked.node(), read.key(), request, asked.question()),
                reply -> onReply(reply, askedNanos),
                answer::completeExceptionally);
        if (isWatched) {
            guarded(this::checkLater);
        }
        return answer;
    }

    private void onReply(LeaseReply reply, long askedNanos) {
        if (!(reply instanceof LeaseReply.Granted granted)) {
            answer.complete(new Answer(reply, null));
            return;
        }
        context.counters.leases.increment();
        FillLease lease = new FillLease(
                context.leaseEndSender,
                asked.node(),
                read.key(),
                read.rank(),
                granted.lease(),
                askedNanos,
                granted.expiresInMillis());
        if (!answer.complete(new Answer(reply, lease))) {
            context.counters.leasesUnused.increment();
            lease.end(LeaseOutcome.UNUSED);
        }
    }

    private void check() {
        if (!answer.isDone() && context.zone.isSilent(asked.node())) {
            answer.complete(new Answer(null, null));
        }
        checkLater();
    }

    private void checkLater() {
        if (answer.isDone() || isStopped) {
            return;
        }
        Scheduled scheduled = context.timer.schedule(nanos(CHECK_MILLIS), () -> guarded(this::check));
        nextCheck = scheduled;
        if (isStopped) {
            // Stopped meanwhile, before this check could be cancelled.
            scheduled.cancel();
        }
    }

    /** A failure here ends the wait for the answer, as a failure of the request does. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }

    private void stopChecking() {
        isStopped = true;
        Scheduled next = nextCheck;
        if (next != null) {
            next.cancel();
        }
    }
}
