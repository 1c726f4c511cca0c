package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.millis;
import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.lease.LeaseSearch;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.LeaseQuestion;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one fill, and what to do next: each event is told by a method, which returns the next {@link FillStep}.
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
 * The zone is read again before a lease is asked for or used where the miss is not new: what was missing a while ago may have been filled
 * and forgotten since, and then a lease would buy a second fetch. A chunk of which some stripes are there, and which somebody was
 * filling a moment ago, is most likely on its way: a node that is slow keeps its stripe back, or the fill outlived its lease. So it is
 * looked for a few times more, for less than a second in all. What is left of a chunk that nobody fills is not waited for.
 *
 * <p>Pure: holds no lock, no resource and no clock. Not thread-safe.
 */
final class FillState {

    /** Before a question that has just been answered is asked again. */
    private static final long PAUSE_MILLIS = 20;

    /** At a node, however slow the origin is. */
    private static final long MIN_WAIT_MILLIS = 500;

    /** Of pauses that grow: while the client's own transport is full, and while a node does not know the view. */
    private static final long MAX_NOT_SENT_PAUSE_MILLIS = 320;

    private static final long MAX_REDIRECT_PAUSE_MILLIS = 1_000;

    /** For how long nodes leave a chunk alone after its first failed fill. */
    private static final long FAILED_PAUSE_MILLIS = 1_000;

    /** After a failure, what is tried again ends so long before the deadline: the caller shall hear what failed. */
    private static final long TELL_MILLIS = 100;

    /** Nodes remember for 2 s that a chunk was filled: within this time of an answer, the next one would tell. */
    private static final long FILLED_KNOWN_MILLIS = 1_500;

    /** Before the second, third, ... look at a chunk that is partly there. */
    private static final long[] LOOK_PAUSES_MILLIS = {50, 100, 200, 400};

    /**
     * When an event is told, and what holds then.
     *
     * @param deadlineNanos of the read, as of now
     * @param hasSlot whether the read holds a slot still
     * @param fetchNanos what a fetch takes, most likely
     * @param isOriginPaused whether nobody may ask the origin, since it has asked to slow down
     */
    record Moment(long nanos, long deadlineNanos, boolean hasSlot, long fetchNanos, boolean isOriginPaused) {}

    /** What comes after a look at the zone that has missed again, or after a pause. */
    private enum Next {
        ASK,
        ASK_WAITING,
        /** As {@link #ASK}, of a chunk that a node calls filled. */
        ASK_AGAIN_FILLED,
        USE_LEASE,
        LOOK,
        REFRESH_VIEW
    }

    private final FillConfig config;
    private final ChunkKey key;
    private final Predicate<ZoneNode> isSkipped;
    private final BooleanSupplier retryBudget;
    private final RandomGenerator random;
    private final Set<String> unreachable = new HashSet<>();

    private ZoneRead.Miss miss;

    /** As of when the zone is known to miss the chunk, by a read of it; and by that or a node's answer. */
    private long readMissingNanos;

    private long toldMissingNanos;

    private @Nullable LeaseSearch search;
    private LeaseQuestion question;
    private long nonce;
    private long askedNanos;
    private long leaseEndNanos;
    private long leaseUsableNanos;
    private boolean hasLease;
    private boolean isFilledByOthers;
    private boolean hasSeenFilled;
    private int redirects;
    private int notSent;
    private int looks;
    private Next afterLook = Next.ASK;
    private Next afterPause = Next.ASK;
    private CacheException lastRefusal;
    private boolean hasFailed;

    /** Since the last fetch of this read, its own or one that it waited for. */
    private boolean isRetryPaid;

    /**
     * @param isSkipped whether there is a reason not to ask a node
     * @param retryBudget takes one retry out of the client's budget, if there is one
     */
    FillState(
            FillConfig config,
            ChunkKey key,
            ZoneRead.Miss miss,
            Predicate<ZoneNode> isSkipped,
            BooleanSupplier retryBudget,
            RandomGenerator random) {
        this.config = config;
        this.key = key;
        this.miss = miss;
        this.isSkipped = isSkipped;
        this.retryBudget = retryBudget;
        this.random = random;
        this.readMissingNanos = miss.askedNanos();
        this.toldMissingNanos = miss.askedNanos();
        this.nonce = random.nextLong();
        this.question = new LeaseQuestion(0, false, nonce);
        this.lastRefusal = new CacheException(
                CacheErrorCode.ORIGIN_LIMIT, "chunk " + key + ": no lease within the read's deadline (expected: one)");
    }

    // Events

    FillStep begin(Moment now) {
        return ask(now, false);
    }

    FillStep slotTaken(Moment now) {
        return hasLease ? useLease(now, false) : ask(now, false);
    }

    /** With a lease, others may use it; else this read's wait was in vain. */
    FillStep noSlot(CacheException refusal, Moment now) {
        return hasLease ? returnLease(now) : new FillStep.Fail(refusal);
    }

    /** A node's answer to the last question; a lease is told by {@link #granted}. */
    FillStep answered(LeaseReply reply, Moment now) {
        if (reply instanceof LeaseReply.NotSent own) {
            return onNotSent(own, now);
        }
        notSent = 0;
        LeaseSearch walk = search;
        if (walk != null && walk.goesOn(reply)) {
            return askNode(now);
        }
        if (reply instanceof LeaseReply.Filled) {
            isFilledByOthers = true;
            return look(Next.ASK_AGAIN_FILLED);
        }
        if (walk != null && walk.node() != null && reply instanceof LeaseReply.Refused refused) {
            return onRefused(walk.node(), refused, now);
        }
        return new FillStep.Fail(
                new CacheException(CacheErrorCode.INTERNAL, "lease of chunk " + key + ": answer " + reply));
    }

    /**
     * A lease is held from now on.
     *
     * @param endNanos when a fetch under it must have ended
     * @param usableNanos for how long one may take that begins at once
     */
    FillStep granted(long endNanos, long usableNanos, Moment now) {
        notSent = 0;
        hasLease = true;
        leaseEndNanos = endNanos;
        leaseUsableNanos = usableNanos;
        nonce = random.nextLong();
        return useLease(now, false);
    }

    /** The zone has been read again, and misses the chunk still, whatever that rests on. */
    FillStep missed(ZoneRead.Miss newer, Moment now) {
        miss = newer;
        boolean isRecent = now.nanos() - newer.askedNanos() <= nanos(FILLED_KNOWN_MILLIS);
        readMissingNanos = isRecent ? now.nanos() : newer.askedNanos();
        toldMissingNanos = readMissingNanos;
        // Once in any case: a miss may be certain before the nodes that hold stripes have answered.
        boolean isOnItsWay = isFilledByOthers && (newer.stripesHeld() > 0 || looks == 0);
        if (isOnItsWay && looks < LOOK_PAUSES_MILLIS.length && 2 * nanos(LOOK_PAUSES_MILLIS[looks]) < leftNanos(now)) {
            return pause(LOOK_PAUSES_MILLIS[looks++], Next.LOOK, now);
        }
        looks = 0;
        return go(afterLook, now, true);
    }

    FillStep pauseEnded(Moment now) {
        return go(afterPause, now, false);
    }

    /** A newer view was asked for. */
    FillStep viewRefreshed(Moment now) {
        return leftNanos(now) <= 0 ? giveUp() : look(Next.ASK);
    }

    /**
     * A fetch has failed, or its turn has not come. A failure that may pass is no reason to fail a read that has time left. All its
     * tries are paid out of one budget, so that a failing origin sees no more than a fixed share of extra load.
     *
     * @param wasAsked whether the origin was asked
     */
    FillStep fetchFailed(CacheException failure, boolean wasAsked, Moment now) {
        hasLease = false;
        hasFailed = true;
        lastRefusal = failure;
        boolean mayTryAgain = wasAsked
                && OriginFetcher.mayBeTriedAgain(failure)
                && nanos(FAILED_PAUSE_MILLIS) < leftNanos(now)
                && payRetry();
        return mayTryAgain ? pause(FAILED_PAUSE_MILLIS, Next.ASK, now) : new FillStep.Fail(failure);
    }

    /** The origin is asked now: another try will have to be paid for. */
    void fetchBegins() {
        isRetryPaid = false;
    }

    /** Whether the origin has been asked before in vain: what is asked again is for the callers alone. */
    boolean hasFailed() {
        return hasFailed;
    }

    /**
     * Whether a node is known not to take its stripes. What only this client finds silent does not count, for it may be slow itself, unless
     * the miss rests on that: then the zone can't hold the chunk as far as this client can tell, and who waits for it shall not wait for PUTs.
     */
    boolean isAway(ZoneNode node) {
        return miss.basis() == Basis.SILENT_NODES && isSkipped.test(node);
    }

    // Decisions

    private FillStep go(Next next, Moment now, boolean isFresh) {
        return switch (next) {
            case ASK -> ask(now, isFresh);
            case ASK_WAITING -> askAndWait(now, isFresh);
            case ASK_AGAIN_FILLED -> {
                boolean isAgain = hasSeenFilled;
                hasSeenFilled = true;
                yield isAgain ? pause(PAUSE_MILLIS, Next.ASK, now) : ask(now, isFresh);
            }
            case USE_LEASE -> useLease(now, isFresh);
            case LOOK -> leftNanos(now) <= 0 ? giveUp() : new FillStep.ReadZone();
            case REFRESH_VIEW -> new FillStep.RefreshView();
        };
    }

    /**
     * Asks for an answer at once.
     *
     * @param isFresh whether the zone has just been read
     */
    private FillStep ask(Moment now, boolean isFresh) {
        if (miss.basis() == Basis.ZONE_UNREACHABLE) {
            return new FillStep.FetchUncoordinated();
        }
        if (leftNanos(now) <= 0) {
            return giveUp();
        }
        if (!isFresh && now.nanos() - toldMissingNanos > nanos(config.staleMissMillis())) {
            return look(Next.ASK);
        }
        return now.hasSlot() ? askFirst(0, now) : new FillStep.AwaitSlot(false);
    }

    /** Asks without a slot, and waits at the node. */
    private FillStep askAndWait(Moment now, boolean isFresh) {
        if (miss.basis() == Basis.ZONE_UNREACHABLE) {
            return new FillStep.FetchUncoordinated();
        }
        long leftNanos = leftNanos(now);
        if (leftNanos <= 0) {
            return giveUp();
        }
        if (!isFresh && now.nanos() - toldMissingNanos > nanos(FILLED_KNOWN_MILLIS)) {
            return look(Next.ASK_WAITING);
        }
        return askFirst(Math.max(1, Math.min(waitMillis(now), millis(leftNanos))), now);
    }

    /** A lease counts from before its question, so one that has waited for long leaves a slow origin too little time. */
    private long waitMillis(Moment now) {
        long leavingAFetchMillis = config.totalMillis() - millis(now.fetchNanos());
        return Math.min(config.leaseWaitMillis(), Math.max(MIN_WAIT_MILLIS, leavingAFetchMillis));
    }

    private FillStep askFirst(long waitMillis, Moment now) {
        search = new LeaseSearch(miss.placement(), isSkipped, unreachable);
        question = new LeaseQuestion(waitMillis, hasSeenFilled, nonce);
        return askNode(now);
    }

    private FillStep askNode(Moment now) {
        LeaseSearch walk = search;
        ZoneNode node = walk == null ? null : walk.node();
        if (node != null) {
            askedNanos = now.nanos();
            return new FillStep.Ask(node, question);
        }
        LeaseSearch.Refusal refusal = walk == null ? null : walk.refusal();
        return refusal == null ? new FillStep.FetchUncoordinated() : onRefused(refusal.node(), refusal.reply(), now);
    }

    private FillStep onNotSent(LeaseReply.NotSent own, Moment now) {
        lastRefusal = new CacheException(
                CacheErrorCode.BUSY, "lease of chunk " + key + ": not asked for by this client: " + own.reason());
        long pauseMillis = Math.min(MAX_NOT_SENT_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(notSent++, 10));
        return pause(pauseMillis, question.waitMillis() == 0 ? Next.ASK : Next.ASK_WAITING, now);
    }

    private FillStep onRefused(ZoneNode node, LeaseReply.Refused refused, Moment now) {
        lastRefusal = new CacheException(
                refused.code(), "lease of chunk " + key + ": refused by node " + node.id() + ": " + refused.detail());
        return switch (refused.code()) {
            case FILLING -> {
                isFilledByOthers = true;
                toldMissingNanos = now.nanos();
                yield waitAndAsk(refused, true, now);
            }
            case ORIGIN_LIMIT -> {
                toldMissingNanos = now.nanos();
                yield waitAndAsk(refused, true, now);
            }
            case NOT_COORDINATOR -> onRedirect(now);
            case ORIGIN_FAILED -> onOthersFailure(refused, now);
            default -> refused.code().retry().mayRepeat() ? waitAndAsk(refused, false, now) : giveUp();
        };
    }

    /** The node's own queue is the place to wait; only where it turned us away before our time do we wait here, as told. */
    private FillStep waitAndAsk(LeaseReply.Refused refused, boolean mayQueue, Moment now) {
        long waitMillis = question.waitMillis();
        if (waitMillis == 0 && mayQueue) {
            return askAndWait(now, false);
        }
        boolean isServedInFull = mayQueue && millis(now.nanos() - askedNanos) >= waitMillis - PAUSE_MILLIS;
        long toldMillis = isServedInFull ? 0 : refused.retryAfterMillis();
        return pause(toldMillis + PAUSE_MILLIS, Next.ASK_WAITING, now);
    }

    /** Either this client or the node has not heard of the newest view yet. */
    private FillStep onRedirect(Moment now) {
        int before = redirects++;
        return before == 0
                ? new FillStep.RefreshView()
                : pause(
                        Math.min(MAX_REDIRECT_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(before, 10)),
                        Next.REFRESH_VIEW,
                        now);
    }

    private FillStep onOthersFailure(LeaseReply.Refused refused, Moment now) {
        isFilledByOthers = false;
        long pauseMillis = refused.retryAfterMillis() + PAUSE_MILLIS;
        boolean mayWait = nanos(pauseMillis) < leftNanos(now) && payRetry();
        return mayWait ? pause(pauseMillis, Next.ASK, now) : giveUp();
    }

    private FillStep useLease(Moment now, boolean isFresh) {
        if (hasFailed && leftNanos(now) < now.fetchNanos()) {
            return giveUp();
        }
        // Where the origin takes longer than any lease, half of one is worth a try.
        long neededNanos = Math.min(now.fetchNanos(), leaseUsableNanos / 2);
        if (now.isOriginPaused() || leaseEndNanos - now.nanos() < neededNanos) {
            return returnLease(now);
        }
        if (!now.hasSlot()) {
            return new FillStep.AwaitSlot(true);
        }
        if (!isFresh && now.nanos() - readMissingNanos > nanos(config.staleMissMillis())) {
            return look(Next.USE_LEASE);
        }
        return new FillStep.Fetch();
    }

    /** A lease that can't be used now must not keep others from theirs. */
    private FillStep returnLease(Moment now) {
        hasLease = false;
        return pause(PAUSE_MILLIS, Next.ASK, now);
    }

    private FillStep look(Next next) {
        afterLook = next;
        return new FillStep.ReadZone();
    }

    /** For so long and up to a quarter more; fails the read at once if it has less time. */
    private FillStep pause(long pauseMillis, Next next, Moment now) {
        long pauseNanos = (long) (nanos(pauseMillis) * (1 + random.nextDouble() / 4));
        if (pauseNanos >= leftNanos(now)) {
            return giveUp();
        }
        afterPause = next;
        return new FillStep.Pause(pauseNanos, hasLease);
    }

    private FillStep giveUp() {
        return new FillStep.Fail(lastRefusal);
    }

    private boolean payRetry() {
        isRetryPaid = isRetryPaid || retryBudget.getAsBoolean();
        return isRetryPaid;
    }

    private long leftNanos(Moment now) {
        return now.deadlineNanos() - now.nanos() - (hasFailed ? nanos(TELL_MILLIS) : 0);
    }
}
