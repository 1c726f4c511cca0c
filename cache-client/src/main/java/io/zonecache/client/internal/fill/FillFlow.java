package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.internal.fill.ZoneKnowledge.PlacedView;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.transport.StripeTransport.LeaseOutcome;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.ZoneSettings;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One read's way through the fill.
 *
 * <pre>
 *   permit --&gt; ask, no wait --granted--------------------------------------&gt; origin --&gt; caller, then write-back
 *     ^            |                                                            ^
 *     |            +--filling, no slot--&gt; permit back --&gt; ask, wait --granted--&gt; permit, at the head of the line
 *     |                                                  ^    |
 *     |                                                  +----+  until the read's deadline
 *     +--still missing-- read the zone again &lt;-- filled, not coordinator
 * </pre>
 *
 * A permit is held while the answer is immediate and while the origin is asked, never while somebody else is waited for: else a
 * slow coordinator would keep this client from filling anything. Questions for the lease are {@link LeaseRounds}', the zone is read
 * again by {@link MissRecheck}. Steps follow each other, so fields need no lock; each step's future hands them over.
 */
final class FillFlow implements LeaseRounds.Listener {

    /** For how long nodes leave a chunk alone after its first failed fill. */
    private static final long FAILED_PAUSE_MILLIS = 1_000;

    /** With less of a lease left, the origin may well be asked in vain. */
    private static final double MIN_PART_OF_ATTEMPT = 0.5;

    private final FillContext context;
    private final Origin origin;
    private final ChunkRead read;
    private final CompletableFuture<FilledChunk> result = new CompletableFuture<>();
    private final FillTime time;
    private final MissRecheck zone;
    private final LeaseRounds rounds;
    private boolean fetching;
    private ResourceQueue.@Nullable Held permit;
    private @Nullable FillLease lease;

    FillFlow(FillContext context, Origin origin, ChunkRead read, ZoneRead.Miss miss) {
        this.context = context;
        this.origin = origin;
        this.read = read;
        this.time = new FillTime(context, read, this::fail);
        this.zone = new MissRecheck(context, time, read, miss, this::onHit);
        this.rounds = new LeaseRounds(context, time, zone, read, this);
    }

    CompletableFuture<FilledChunk> start() {
        context.activity.begin();
        Futures.thenRun(result, context.activity::end);
        time.guarded(() -> {
            if (context.absent.knows(read.key())) {
                failAbsent();
            } else {
                startOver();
            }
        });
        return result;
    }

    // 1 permit, 2 lease

    @Override
    public void startOver() {
        long left = time.leftNanos();
        long untilTooLate = left - nanos(context.config.totalMillis());
        long waitNanos = Math.min(left, Math.max(untilTooLate, nanos(context.config.queueWaitMillis())));
        Futures.then(
                context.limit.acquire(waitNanos, false),
                held -> {
                    permit = held;
                    zone.ifStillMissing(rounds::ask);
                },
                this::fail);
    }

    @Override
    public void releasePermit() {
        ResourceQueue.Held held = permit;
        permit = null;
        if (held != null) {
            held.release();
        }
    }

    @Override
    public void absent() {
        context.absent.remember(read.key());
        failAbsent();
    }

    @Override
    public void granted(FillLease granted) {
        lease = granted;
        if (permit != null) {
            zone.ifStillMissing(() -> fetch(granted));
            return;
        }
        long waitNanos = granted.fetchDeadlineNanos() - context.nanoTime() - nanos(context.config.attemptMillis());
        Futures.then(
                context.limit.acquire(Math.max(waitNanos, nanos(LeaseRounds.PAUSE_MILLIS)), true),
                held -> {
                    permit = held;
                    zone.ifStillMissing(() -> fetch(granted));
                },
                noPermit -> returnLease());
    }

    /** A lease that can't be used now must not keep others from theirs. */
    private void returnLease() {
        releasePermit();
        context.counters.leasesUnused.increment();
        endLease(LeaseOutcome.UNUSED);
        time.pause(LeaseRounds.PAUSE_MILLIS, this::startOver);
    }

    // 3 origin, 4 caller, 5 write-back

    private void fetch(FillLease granted) {
        long usableNanos = granted.fetchDeadlineNanos() - context.nanoTime();
        if (context.limit.pausedNanos() > 0
                || usableNanos < MIN_PART_OF_ATTEMPT * nanos(context.config.attemptMillis())) {
            returnLease();
            return;
        }
        beginFetch();
        PlacedView view = context.zone.current();
        if (view == null) {
            fail(new CacheException(CacheErrorCode.ZONE_UNCERTAIN, "view: none (expected: the one just read by)"));
            return;
        }
        ZoneSettings settings = view.view().settings();
        Futures.then(
                context.fetcher.fetch(
                        origin,
                        settings.keyScheme(),
                        read,
                        fetchDeadlineNanos(granted),
                        chunkBytes -> chunkBytes + StripeWriter.encodedBytes(settings.code(), chunkBytes)),
                fetched -> onFetched(view, granted, fetched),
                this::onFetchFailed);
    }

    /** A first fetch goes on when its callers have given up: it fills the zone. A second one is for its callers. */
    private long fetchDeadlineNanos(FillLease granted) {
        long deadlineNanos = granted.fetchDeadlineNanos();
        return time.hasFailed() ? Math.min(deadlineNanos, context.nanoTime() + time.leftNanos()) : deadlineNanos;
    }

    private void beginFetch() {
        fetching = true;
        rounds.beginFetch();
    }

    private void onFetched(PlacedView view, FillLease granted, Fetched fetched) {
        ResourceQueue.Held held = permit;
        permit = null;
        lease = null; // the write-back's from here
        ByteBuffer bytes = fetched.chunk();
        result.complete(new FilledChunk(bytes, Source.ORIGIN));
        new WriteBack(context, granted, read.rank(), fetched.memory()).start(newest(view), bytes.duplicate(), () -> {
            if (held != null) {
                held.release();
            }
        });
    }

    /** Not one of another code: its stripes might need more memory than there is for them. */
    private PlacedView newest(PlacedView fetchedUnder) {
        PlacedView newest = context.zone.current();
        CodeSpec code = fetchedUnder.view().settings().code();
        return newest != null && newest.view().settings().code().equals(code) ? newest : fetchedUnder;
    }

    /**
     * A failure that may pass is no reason to fail a read that has time left. All its tries are paid out of one budget, so that a
     * failing origin sees no more than a fixed share of extra load.
     */
    private void onFetchFailed(CacheException failure) {
        releasePermit();
        if (failure.code() == CacheErrorCode.ABSENT) {
            endLease(LeaseOutcome.ABSENT);
            context.absent.remember(read.key());
        }
        endLease(LeaseOutcome.FAILED);
        boolean wasAsked = fetching;
        fetching = false;
        time.failed(failure);
        boolean tryAgain = wasAsked
                && OriginFetcher.mayBeTriedAgain(failure)
                && nanos(FAILED_PAUSE_MILLIS) < time.leftNanos()
                && rounds.payRetry();
        if (tryAgain) {
            context.counters.originRetries.increment();
            time.pause(FAILED_PAUSE_MILLIS, this::startOver);
        } else {
            fail(failure);
        }
    }

    @Override
    public void noCoordinatorReachable() {
        releasePermit();
        Futures.then(
                new UncoordinatedFetch(context, origin, read).start(this::beginFetch),
                fetched -> {
                    fetched.memory().release();
                    result.complete(new FilledChunk(fetched.chunk(), Source.ORIGIN));
                },
                this::onFetchFailed);
    }

    private void onHit(ZoneRead.Hit hit) {
        context.counters.filledByOthers.increment();
        if (lease != null) {
            context.counters.leasesUnused.increment();
            endLease(LeaseOutcome.FILLED); // it is: k stripes of it have just been read
        }
        releasePermit();
        result.complete(new FilledChunk(hit.chunk(), Source.ZONE));
    }

    // Ends

    private void endLease(LeaseOutcome outcome) {
        FillLease held = lease;
        lease = null;
        if (held != null) {
            held.end(outcome);
        }
    }

    private void failAbsent() {
        fail(new CacheException(
                CacheErrorCode.ABSENT, "chunk " + read.key() + ": not in " + origin.describe() + " a moment ago"));
    }

    private void fail(CacheException failure) {
        releasePermit();
        endLease(fetching ? LeaseOutcome.FAILED : LeaseOutcome.UNUSED);
        CacheException told = failure.code() == CacheErrorCode.FILLING
                ? new CacheException(CacheErrorCode.DEADLINE_EXCEEDED, failure.detail(), failure)
                : failure;
        if (told.code() == CacheErrorCode.ABSENT) {
            context.counters.absent.increment();
        } else if (told.code() == CacheErrorCode.ORIGIN_LIMIT) {
            context.counters.refused.increment();
        }
        result.completeExceptionally(told);
    }
}
