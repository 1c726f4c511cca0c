package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.millis;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FillScope.Resource;
import io.zonecache.client.internal.fill.ZoneAssumptions.ReserveTerms;
import io.zonecache.client.internal.limit.ReserveLimit.Permit;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.KeyScheme;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One read's wait for a permit of the zone's origin reserve. The wait also ends when a node of the chunk's placement answers again ({@link
 * ZoneWatch}): the read then leaves the queue, because the zone or a lease serves it sooner than the reserve, which all clients share. Until
 * then it keeps its position in the queue. Thread-safe.
 */
final class ReserveWait {

    private final FillContext context;
    private final FillScope scope;
    private final ChunkRead read;

    /** Whether a node of the chunk's placement has answered, which ends the wait unless it has ended already. */
    private volatile boolean isZoneHeard;

    /**
     * How the wait ended.
     *
     * @param permit to be ended; null if a node answers again
     * @param keyScheme by which the chunk is verified; null if it is not known
     */
    record Outcome(@Nullable Permit permit, @Nullable KeyScheme keyScheme) {}

    /** @param scope gets {@code PENDING} and {@code TIMER}, which end the wait */
    ReserveWait(FillContext context, FillScope scope, ChunkRead read) {
        this.context = context;
        this.scope = scope;
        this.read = read;
    }

    /**
     * To be called once; completes on any thread. Fails with {@code ORIGIN_LIMIT} if there is no reserve, no place to wait, no permit in time, or
     * less time than a fetch takes, even if a permit is free, and with {@code CLOSED}.
     *
     * @param zoneAnswers how often this read's wait has already ended because a node answered
     */
    CompletableFuture<Outcome> start(int zoneAnswers) {
        KnownView view = context.zone.current();
        ReserveTerms terms =
                context.assumptions.reserve(view == null ? null : view.view().settings());
        if (terms.share() <= 0) {
            return CompletableFuture.failedFuture(refused(terms, "the zone has no reserve", null));
        }
        LongSupplier deadlineNanos = () -> context.fetchTimes.latestWaitNanos(read.deadlineNanos());
        if (deadlineNanos.getAsLong() - context.nanoTime() <= 0) {
            context.fetchTimes.recordRejection();
        }
        long leftNanos = read.deadlineNanos() - context.nanoTime();
        long neededNanos = context.fetchTimes.fetchNanos();
        if (leftNanos < neededNanos) {
            // Even if a permit is free: the fetch would end too late for this read, and would not fill the zone either.
            return CompletableFuture.failedFuture(refused(terms, tooLate(leftNanos, neededNanos), null));
        }
        CompletableFuture<Permit> permit = context.reserve.enter(terms.share(), deadlineNanos);
        scope.own(Resource.PENDING, () -> permit.cancel(false));
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Futures.then(permit, begun -> outcome.complete(new Outcome(begun, terms.keyScheme())), failure -> {
            if (isZoneHeard) {
                outcome.complete(new Outcome(null, terms.keyScheme()));
            } else {
                outcome.completeExceptionally(refusal(terms, failure));
            }
        });
        if (!permit.isDone()) {
            Runnable watch = context.zoneWatch.watch(read, zoneAnswers, () -> {
                isZoneHeard = true;
                permit.cancel(false);
            });
            scope.own(Resource.TIMER, watch);
            Futures.thenRun(outcome, watch);
        }
        return outcome;
    }

    private static String tooLate(long leftNanos, long neededNanos) {
        return "the read has " + millis(leftNanos) + " ms left, and nine of ten fetches take up to "
                + millis(neededNanos) + " ms";
    }

    private CacheException refusal(ReserveTerms terms, CacheException failure) {
        return failure.code() == CacheErrorCode.ORIGIN_LIMIT ? refused(terms, failure.detail(), failure) : failure;
    }

    private CacheException refused(ReserveTerms terms, String why, @Nullable CacheException cause) {
        return terms.refusal(read.key(), context.zone.unreachableReason(), why, cause);
    }
}
