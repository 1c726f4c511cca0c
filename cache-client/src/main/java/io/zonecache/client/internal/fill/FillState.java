package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.millis;
import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.CoordinatorSearch;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is known of one fill, and decides what to do next: each event is reported through a method, which returns the next {@link FillStep}.
 *
 * <pre>
 *   slot --&gt; ask, no wait --granted--------------------------------------&gt; fetch
 *     ^            |                                                         ^
 *     |            +--filling, no lease free--&gt; ask, wait --granted--&gt; slot, before all others
 *     |                                           ^   |
 *     |                                           +---+  until the read's deadline
 *     +--still missing-- read the zone again &lt;-- filled, not coordinator
 * </pre>
 *
 * The zone is read again before a lease is requested or used if the miss is not new: a chunk that was missing a while ago may have been filled
 * since and the record of that fill dropped, and then a lease would buy a second fetch. {@link MissEvidence} holds what is known of the miss,
 * {@link LeaseRequests} decides which node to ask for the lease, and {@link FillRetries} what is fetched again.
 *
 * <p>Pure: holds no lock, no resource and no clock. Not thread-safe.
 */
final class FillState {

    /** The pause before a request that has just been answered is repeated. */
    private static final long PAUSE_MILLIS = 20;

    /** Minimum wait at a node, however slow the origin is. */
    private static final long MIN_WAIT_MILLIS = 500;

    /** Bounds of growing pauses: this one while the client's own transport is full, the next while nodes don't know the view or can't be reached. */
    private static final long MAX_NOT_SENT_PAUSE_MILLIS = 320;

    private static final long MAX_PAUSE_MILLIS = 1_000;

    /** What any pause leaves at least, for a last read of the zone or request. */
    private static final long LAST_TRY_MILLIS = 10;

    /** What to do after a read of the zone that has missed again, or after a pause. */
    private enum Next {
        ASK,
        ASK_WAITING,
        /** As {@link #ASK}, for a chunk that a node reports as filled. */
        ASK_AGAIN_FILLED,
        USE_LEASE,
        REREAD,
        REFRESH_VIEW
    }

    private final FillConfig config;
    private final ChunkKey key;
    private final Predicate<ZoneNode> isSkipped;
    private final FillRetries retries;
    private final RandomGenerator random;
    private final LeaseRequests questions;
    private final MissEvidence known;
    private long leaseEndNanos;
    private long leaseUsableNanos;
    private boolean hasLease;
    private boolean hasSeenFilled;
    private int redirects;
    private int notSent;
    private int timesUnreachable;
    private Next afterReread = Next.ASK;
    private Next afterPause = Next.ASK;
    private @Nullable CacheException lastRefusal;

    /**
     * @param isSkipped whether there is a reason not to ask a node
     * @param retryBudget takes one retry out of the client's budget, if there is one
     */
    FillState(
            FillConfig config,
            ChunkName name,
            ZoneRead.Miss miss,
            Predicate<ZoneNode> isSkipped,
            BooleanSupplier retryBudget,
            RandomGenerator random) {
        this.config = config;
        this.key = name.key();
        this.known = new MissEvidence(miss);
        this.isSkipped = isSkipped;
        this.retries = new FillRetries(retryBudget);
        this.random = random;
        this.questions = new LeaseRequests(name.kind(), isSkipped, random);
    }

    // Events

    FillStep begin(FillSnapshot now) {
        return ask(now, false);
    }

    FillStep slotTaken(FillSnapshot now) {
        return hasLease ? useLease(now, false) : ask(now, false);
    }

    /** No slot was granted. A lease, if there is one, is left to others; without one, the read's wait has failed. */
    FillStep noSlot(CacheException refusal, FillSnapshot now) {
        return hasLease ? returnLease(now) : new FillStep.Fail(refusal);
    }

    /** A node's answer to the last lease request; a granted lease is reported through {@link #granted}. */
    FillStep answered(LeaseReply reply, FillSnapshot now) {
        if (reply instanceof LeaseReply.NotSent own) {
            return onNotSent(own, now);
        }
        notSent = 0;
        if (questions.onReply(reply)) {
            return askNode(now);
        }
        if (reply instanceof LeaseReply.Filled) {
            known.setFilledByOthers(true);
            return rereadZone(Next.ASK_AGAIN_FILLED);
        }
        ZoneNode node = questions.node();
        if (node != null && reply instanceof LeaseReply.Refused refused) {
            return onRefused(node, refused, now);
        }
        return new FillStep.Fail(noLease(CacheErrorCode.INTERNAL, "answer " + reply));
    }

    /**
     * The node that was asked last is silent: others are asked without waiting for its answer, and a lease that it still grants will be returned.
     */
    FillStep abandoned(FillSnapshot now) {
        questions.abandon();
        return askNode(now);
    }

    /**
     * A lease is held from now on.
     *
     * @param endNanos the time by which a fetch under it must have ended
     * @param usableNanos how long a fetch that begins at once may take
     */
    FillStep granted(long endNanos, long usableNanos, FillSnapshot now) {
        notSent = 0;
        hasLease = true;
        leaseEndNanos = endNanos;
        leaseUsableNanos = usableNanos;
        questions.granted();
        return useLease(now, false);
    }

    /** The zone has been read again and still misses the chunk, on whatever basis. */
    FillStep missed(ZoneRead.Miss newer, FillSnapshot now) {
        known.readAgain(newer, now.nanos());
        long lookMillis = known.nextRereadPauseMillis(leftNanos(now));
        if (lookMillis > 0) {
            return pause(lookMillis, Next.REREAD, now);
        }
        return go(afterReread, now, true);
    }

    FillStep pauseEnded(FillSnapshot now) {
        return go(afterPause, now, false);
    }

    /** The request for a newer view has ended, with or without one. */
    FillStep viewRefreshed(FillSnapshot now) {
        return rereadOrGiveUp(now);
    }

    /** A node of the chunk's placement has answered while the read waited for the reserve; the read has left that queue. */
    FillStep zoneHeard(FillSnapshot now) {
        return rereadOrGiveUp(now);
    }

    /**
     * A fetch has failed, or its permit was not granted. A transient failure is no reason to fail a read that has time left.
     *
     * @param wasAsked whether the origin was asked
     */
    FillStep fetchFailed(CacheException failure, boolean wasAsked, FillSnapshot now) {
        hasLease = false;
        lastRefusal = failure;
        retries.fetchFailed();
        return retries.tryFetchAgain(failure, wasAsked, leftNanos(now))
                ? pauseAsTold(FillRetries.FAILED_PAUSE_MILLIS, Next.ASK, now)
                : new FillStep.Fail(failure);
    }

    /** The origin is asked now: another attempt will have to be paid for. */
    void fetchBegins() {
        retries.fetchBegins();
    }

    /** Why the read goes on: the last answer that was not the one it needs; null if there was none. */
    @Nullable
    CacheException lastRefusal() {
        return lastRefusal;
    }

    /** Whether a fetch has failed before: a repeated one serves the callers only. */
    boolean hasFailed() {
        return retries.hasFailed();
    }

    /**
     * Whether a node is known not to take its stripes. A node that only this client finds silent does not count, because the client may be slow
     * itself, unless the miss rests on that: then the zone can't hold the chunk as far as this client can tell, and requests that wait for the
     * chunk must not wait for PUTs.
     */
    boolean isUnreachable(ZoneNode node) {
        return known.restsOn(Basis.SILENT_NODES) && isSkipped.test(node);
    }

    // Decisions

    private FillStep go(Next next, FillSnapshot now, boolean isFresh) {
        return switch (next) {
            case ASK -> ask(now, isFresh);
            case ASK_WAITING -> askAndWait(now, isFresh);
            case ASK_AGAIN_FILLED -> {
                boolean isAgain = hasSeenFilled;
                hasSeenFilled = true;
                yield isAgain ? pause(PAUSE_MILLIS, Next.ASK, now) : ask(now, isFresh);
            }
            case USE_LEASE -> useLease(now, isFresh);
            case REREAD -> leftNanos(now) <= 0 ? giveUp() : new FillStep.ReadZone();
            case REFRESH_VIEW -> new FillStep.RefreshView();
        };
    }

    /**
     * Requests a lease without waiting at the node.
     *
     * @param isFresh whether the zone has just been read
     */
    private FillStep ask(FillSnapshot now, boolean isFresh) {
        if (known.restsOn(Basis.ZONE_UNREACHABLE)) {
            return new FillStep.FetchUncoordinated();
        }
        if (leftNanos(now) <= 0) {
            return giveUp();
        }
        if (!isFresh && known.isOlderThan(config.staleMissMillis(), now.nanos())) {
            return rereadZone(Next.ASK);
        }
        return now.hasSlot() ? askFirst(0, now) : new FillStep.AwaitSlot(false);
    }

    /** Requests a lease without a slot, and waits at the node. */
    private FillStep askAndWait(FillSnapshot now, boolean isFresh) {
        if (known.restsOn(Basis.ZONE_UNREACHABLE)) {
            return new FillStep.FetchUncoordinated();
        }
        long leftNanos = leftNanos(now);
        if (leftNanos <= 0) {
            return giveUp();
        }
        if (!isFresh && known.isOlderThan(MissEvidence.FILL_RECORD_MILLIS, now.nanos())) {
            return rereadZone(Next.ASK_WAITING);
        }
        return askFirst(Math.max(1, Math.min(waitMillis(now), millis(leftNanos))), now);
    }

    /** A lease counts from before its request, so one that was waited for too long leaves a slow origin too little time. */
    private long waitMillis(FillSnapshot now) {
        long leavingAFetchMillis = config.totalMillis() - millis(now.fetchNanos());
        return Math.min(config.leaseWaitMillis(), Math.max(MIN_WAIT_MILLIS, leavingAFetchMillis));
    }

    private FillStep askFirst(long waitMillis, FillSnapshot now) {
        questions.begin(known.placement(), waitMillis, hasSeenFilled);
        return askNode(now);
    }

    private FillStep askNode(FillSnapshot now) {
        FillStep.Ask ask = questions.ask(now.nanos());
        if (ask != null) {
            return ask;
        }
        CoordinatorSearch.Refusal refusal = questions.refusal();
        if (refusal != null) {
            return onRefused(refusal.node(), refusal.reply(), now);
        }
        return known.restsOn(Basis.SILENT_NODES) ? onNoCoordinator(now) : new FillStep.FetchUncoordinated();
    }

    /**
     * Silent nodes may hold the chunk, so it may be fetched under a lease only: the read waits until one is granted, or the whole zone counts as
     * gone.
     */
    private FillStep onNoCoordinator(FillSnapshot now) {
        lastRefusal = noLease(CacheErrorCode.ZONE_UNCERTAIN, "no node grants a lease, and silent ones may hold it");
        afterReread = Next.ASK;
        return pause(growingMillis(timesUnreachable++), Next.REREAD, now);
    }

    private static long growingMillis(int before) {
        return Math.min(MAX_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(before, 10));
    }

    private FillStep onNotSent(LeaseReply.NotSent own, FillSnapshot now) {
        lastRefusal = noLease(CacheErrorCode.BUSY, "not asked for by this client: " + own.reason());
        long pauseMillis = Math.min(MAX_NOT_SENT_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(notSent++, 10));
        return pause(pauseMillis, questions.waitMillis() == 0 ? Next.ASK : Next.ASK_WAITING, now);
    }

    private FillStep onRefused(ZoneNode node, LeaseReply.Refused refused, FillSnapshot now) {
        lastRefusal = noLease(refused.code(), "refused by node " + node.id() + ": " + refused.detail());
        return switch (refused.code()) {
            case FILLING -> {
                known.setFilledByOthers(true);
                known.nodeReportedMissing(now.nanos());
                yield waitAndAsk(refused, true, now);
            }
            case ORIGIN_LIMIT -> {
                known.nodeReportedMissing(now.nanos());
                yield waitAndAsk(refused, true, now);
            }
            case NOT_COORDINATOR -> onRedirect(now);
            case ORIGIN_FAILED -> onOthersFailure(refused, now);
            default -> refused.code().retry().mayRepeat() ? waitAndAsk(refused, false, now) : giveUp();
        };
    }

    /** Waits in the node's own queue; pauses here, for as long as the node advises, only if it refused before the wait was over. */
    private FillStep waitAndAsk(LeaseReply.Refused refused, boolean mayQueue, FillSnapshot now) {
        long waitMillis = questions.waitMillis();
        if (waitMillis == 0 && mayQueue) {
            return askAndWait(now, false);
        }
        boolean isServedInFull = mayQueue && millis(now.nanos() - questions.askedNanos()) >= waitMillis - PAUSE_MILLIS;
        long toldMillis = isServedInFull ? 0 : refused.retryAfterMillis();
        return toldMillis > 0
                ? pauseAsTold(toldMillis + PAUSE_MILLIS, Next.ASK_WAITING, now)
                : pause(PAUSE_MILLIS, Next.ASK_WAITING, now);
    }

    /** Either this client or the node does not know the newest view yet. */
    private FillStep onRedirect(FillSnapshot now) {
        int before = redirects++;
        return before == 0 ? new FillStep.RefreshView() : pause(growingMillis(before), Next.REFRESH_VIEW, now);
    }

    private FillStep onOthersFailure(LeaseReply.Refused refused, FillSnapshot now) {
        known.setFilledByOthers(false);
        long pauseMillis = refused.retryAfterMillis() + PAUSE_MILLIS;
        return retries.tryWait(pauseMillis, leftNanos(now)) ? pauseAsTold(pauseMillis, Next.ASK, now) : giveUp();
    }

    private FillStep useLease(FillSnapshot now, boolean isFresh) {
        if (retries.hasFailed() && leftNanos(now) < now.fetchNanos()) {
            return giveUp();
        }
        // If the origin takes longer than any lease, half of one is worth a try.
        long neededNanos = Math.min(now.fetchNanos(), leaseUsableNanos / 2);
        if (now.isOriginPaused() || leaseEndNanos - now.nanos() < neededNanos) {
            return returnLease(now);
        }
        if (!now.hasSlot()) {
            return new FillStep.AwaitSlot(true);
        }
        if (!isFresh && known.isReadOlderThan(config.staleMissMillis(), now.nanos())) {
            return rereadZone(Next.USE_LEASE);
        }
        return new FillStep.Fetch();
    }

    /** A lease that can't be used now is returned, so that it does not keep others from theirs. */
    private FillStep returnLease(FillSnapshot now) {
        hasLease = false;
        return pause(PAUSE_MILLIS, Next.ASK, now);
    }

    private FillStep rereadOrGiveUp(FillSnapshot now) {
        return leftNanos(now) <= 0 ? giveUp() : rereadZone(Next.ASK);
    }

    private FillStep rereadZone(Next next) {
        afterReread = next;
        return new FillStep.ReadZone();
    }

    /**
     * Pauses for this time and up to a quarter more. If that leaves too little time for what follows, the pause is the longest that does not, less up
     * to half of it: reads with one deadline do not all try again at the last moment. Fails the read at once if there is no time for any.
     */
    private FillStep pause(long pauseMillis, Next next, FillSnapshot now) {
        long longestNanos = longestPauseNanos(now);
        if (longestNanos < nanos(PAUSE_MILLIS)) {
            return giveUp();
        }
        double drawn = random.nextDouble();
        long pauseNanos = (long) (nanos(pauseMillis) * (1 + drawn / 4));
        return pauseFor(pauseNanos <= longestNanos ? pauseNanos : (long) (longestNanos * (1 - drawn / 2)), next);
    }

    /** Leaves time for a fetch besides or, if there is not that much, for a last try alone: another client may have filled the zone. */
    private long longestPauseNanos(FillSnapshot now) {
        long beforeTryNanos = leftNanos(now) - nanos(LAST_TRY_MILLIS);
        long beforeFetchNanos = beforeTryNanos - now.fetchNanos();
        return beforeFetchNanos >= nanos(PAUSE_MILLIS) ? beforeFetchNanos : beforeTryNanos;
    }

    /** A pause that nodes ask for, and up to a quarter more: to try again earlier would be in vain, so the read fails at once if it has less time. */
    private FillStep pauseAsTold(long pauseMillis, Next next, FillSnapshot now) {
        long pauseNanos = (long) (nanos(pauseMillis) * (1 + random.nextDouble() / 4));
        return pauseNanos < leftNanos(now) ? pauseFor(pauseNanos, next) : giveUp();
    }

    private FillStep pauseFor(long pauseNanos, Next next) {
        afterPause = next;
        return new FillStep.Pause(pauseNanos, hasLease);
    }

    private CacheException noLease(CacheErrorCode code, String why) {
        return new CacheException(code, "lease of chunk " + key + ": " + why);
    }

    private FillStep giveUp() {
        CacheException reason = lastRefusal;
        return new FillStep.Fail(
                reason != null
                        ? reason
                        : new CacheException(
                                CacheErrorCode.ORIGIN_LIMIT,
                                "chunk " + key + ": no lease within the read's deadline (expected: one)"));
    }

    private long leftNanos(FillSnapshot now) {
        return now.deadlineNanos() - now.nanos() - retries.reportNanos();
    }
}
