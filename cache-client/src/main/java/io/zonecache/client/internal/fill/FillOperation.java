package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.internal.EventQueue;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FillScope.Resource;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.internal.fill.OriginFetcher.Fetched;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.FillLease;
import io.zonecache.client.internal.limit.OriginLimit.Slot;
import io.zonecache.client.internal.limit.ReserveLimit.Permit;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.time.Timeouts;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.write.ChunkWriter;
import io.zonecache.client.internal.write.FetchedChunk;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.ZoneSettings;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One read's fill: performs the steps that {@link FillState} decides, and owns everything that it takes in one {@link FillScope}.
 *
 * <p>Events, such as an answer or the end of a pause, come on any thread and are handled one at a time, so fields need no lock but the
 * {@link EventQueue}'s. Anything that a collaborator throws meanwhile, even an {@link Error}, ends the fill.
 */
final class FillOperation {

    /** A fill releases its slot if a lease request or a read of the zone takes longer than this, and continues without it. */
    private static final long SLOT_MILLIS = 50;

    private final FillContext context;
    private final OriginFetcher fetcher;
    private final Consumer<FillOperation> onEnded;
    private final Origin origin;
    private final ChunkRead read;
    private final boolean allowsWriteBack;
    private final FillState state;
    private final FillScope scope;
    private final CompletableFuture<FilledChunk> result = new CompletableFuture<>();

    private final EventQueue events = new EventQueue(thrown -> fail(Futures.asCacheException(thrown)));
    private @Nullable Slot slot;
    private @Nullable FillLease lease;
    private boolean isFetching;

    /** How often a node has answered again while this read waited for the reserve. */
    private int zoneAnswers;

    private boolean isEnded;

    /** @param onEnded called once, when the operation has ended */
    FillOperation(
            FillContext context,
            OriginFetcher fetcher,
            Origin origin,
            ChunkRead read,
            ZoneRead.Miss miss,
            Consumer<FillOperation> onEnded) {
        this.context = context;
        this.fetcher = fetcher;
        this.onEnded = onEnded;
        this.origin = origin;
        this.allowsWriteBack = origin.allowsWriteBack();
        this.read = read;
        this.state = new FillState(
                context.config,
                read.name(),
                miss,
                context.zone::isSkipped,
                () -> context.retries.trySpend(1),
                context.random);
        this.scope = new FillScope(context.activity);
    }

    CompletableFuture<FilledChunk> start() {
        Futures.thenRun(read.cancelled(), () -> events.post(this::onCancelled));
        events.post(() -> {
            if (context.absent.knows(read.name())) {
                failAbsent();
            } else if (context.tooLarge.knows(read.name())) {
                fail(new CacheException(
                        CacheErrorCode.TOO_LARGE,
                        "chunk " + read.key()
                                + ": too large a moment ago for the memory that fills have (expected: room"
                                + " for it and its stripes)"));
            } else {
                perform(state.begin(now()));
            }
        });
        return result;
    }

    /** Called when the client closes: fails the fill with {@code CLOSED}, unless it has ended. */
    void close() {
        events.post(() -> fail(Futures.closed(null)));
    }

    // Events

    private <T> void await(CompletableFuture<T> future, Consumer<T> onValue, Consumer<CacheException> onFailure) {
        Futures.then(
                future,
                value -> events.post(() -> onValue.accept(value)),
                failure -> events.post(() -> onFailure.accept(failure)));
    }

    private FillSnapshot now() {
        return new FillSnapshot(
                context.nanoTime(),
                read.deadlineNanos(),
                scope.has(Resource.SLOT),
                context.fetchTimes.fetchNanos(),
                context.limit.pausedNanos() > 0);
    }

    private void onCancelled() {
        if (!isFetching || lease == null || isForReadersAlone()) {
            fail(new CacheException(CacheErrorCode.CLOSED, "chunk " + read.key() + ": nobody waits for it any more"));
        }
    }

    /** A first fetch under a lease continues even if no caller waits, since it fills the zone; a later one serves the callers only. */
    private boolean isForReadersAlone() {
        return state.hasFailed() || !allowsWriteBack;
    }

    // Steps

    private void perform(FillStep step) {
        if (isEnded) {
            return;
        }
        if (!step.mayHoldSlot()) {
            releaseSlot();
        }
        if (!step.mayHoldLease()) {
            endLease(LeaseOutcome.UNUSED);
        }
        noteDelay(step);
        if (step instanceof FillStep.AwaitSlot) {
            awaitSlot();
        } else if (step instanceof FillStep.Ask ask) {
            ask(ask);
        } else if (step instanceof FillStep.ReadZone) {
            await(context.reader.read(read), this::onRead, this::fail);
        } else if (step instanceof FillStep.RefreshView) {
            await(
                    context.zone.refresh(),
                    done -> perform(state.viewRefreshed(now())),
                    failure -> perform(state.viewRefreshed(now())));
        } else if (step instanceof FillStep.Pause pause) {
            scope.own(
                    Resource.TIMER,
                    context.timer.schedule(pause.nanos(), () -> events.post(() -> perform(state.pauseEnded(now()))))
                            ::cancel);
        } else if (step instanceof FillStep.Fetch) {
            fetch();
        } else if (step instanceof FillStep.FetchUncoordinated) {
            awaitReserve();
        } else if (step instanceof FillStep.Fail failed) {
            fail(failed.failure());
        }
    }

    /** Tells the read what it waits for from now on: a caller whose time is over meanwhile is told. Keeps nothing but words. */
    private void noteDelay(FillStep step) {
        CacheException refusal = state.lastRefusal();
        String awaited = awaited(step);
        if (refusal != null && lease == null && !(step instanceof FillStep.FetchUncoordinated)) {
            read.delayedBy(() -> refusal);
        } else if (awaited != null) {
            ChunkName name = read.name();
            read.delayedBy(
                    () -> new CacheException(CacheErrorCode.FILLING, name.describe() + ": still waits for " + awaited));
        }
    }

    /** Null for steps that are short, or that tell by themselves. */
    private @Nullable String awaited(FillStep step) {
        if (step instanceof FillStep.AwaitSlot) {
            return "one of this client's " + context.limit.limit() + " origin slots";
        } else if (step instanceof FillStep.Ask ask) {
            return "a lease of node " + ask.node().id();
        } else if (step instanceof FillStep.Fetch) {
            return "an answer of " + source();
        }
        return step instanceof FillStep.FetchUncoordinated
                ? "a permit of the origin reserve, or for an answer of " + source()
                : null;
    }

    /** Ranges may be of any object that the origin reaches. */
    private String source() {
        ObjectRange range = read.range();
        return range == null ? origin.describe() : "the origin of " + range.uri();
    }

    private void awaitSlot() {
        FillLease held = lease;
        LongSupplier deadlineNanos = held == null
                ? () -> context.fetchTimes.latestWaitNanos(read.deadlineNanos())
                : () -> held.fetchDeadlineNanos() - Math.min(context.fetchTimes.fetchNanos(), held.usableNanos() / 2);
        CompletableFuture<Slot> slot = context.limit.acquire(deadlineNanos, held != null);
        scope.own(Resource.PENDING, () -> slot.cancel(false));
        await(slot, this::onSlot, failure -> perform(state.noSlot(failure, now())));
    }

    private void onSlot(Slot taken) {
        scope.own(Resource.SLOT, taken::release);
        if (isEnded) {
            return;
        }
        slot = taken;
        scope.own(
                Resource.SLOT_TIMER,
                context.timer.schedule(nanos(SLOT_MILLIS), () -> events.post(this::onSlotOverdue))::cancel);
        perform(state.slotTaken(now()));
    }

    private void onSlotOverdue() {
        if (!isFetching && !isEnded) {
            releaseSlot();
        }
    }

    private void releaseSlot() {
        slot = null;
        scope.release(Resource.SLOT_TIMER);
        scope.release(Resource.SLOT);
    }

    private void ask(FillStep.Ask ask) {
        await(new LeaseCall(context, scope, read, ask).start(), this::onAnswer, this::fail);
    }

    private void onAnswer(LeaseCall.Answer answer) {
        scope.release(Resource.TIMER);
        scope.release(Resource.WAITER);
        FillLease granted = answer.lease();
        LeaseReply reply = answer.reply();
        if (granted != null) {
            lease = granted;
            // A fill that ends without a word of the origin ends for its own reasons.
            scope.own(Resource.LEASE, () -> endLease(LeaseOutcome.UNUSED));
            perform(state.granted(granted.fetchDeadlineNanos(), granted.usableNanos(), now()));
        } else if (reply == null) {
            perform(state.abandoned(now()));
        } else if (reply instanceof LeaseReply.Absent) {
            context.absent.remember(read.name());
            failAbsent();
        } else {
            perform(state.answered(reply, now()));
        }
    }

    /** The first outcome counts. A lease that was not used for a fetch counts as unused. */
    private void endLease(LeaseOutcome outcome) {
        FillLease held = lease;
        if (held != null) {
            lease = null;
            context.counters.leasesUnused.add(isFetching ? 0 : 1);
            held.end(outcome);
            scope.release(Resource.LEASE);
        }
    }

    private void onRead(ZoneRead found) {
        if (found instanceof ZoneRead.Miss newer) {
            perform(state.missed(newer, now()));
        } else if (found instanceof ZoneRead.Hit hit && !isEnded) {
            context.counters.filledByOthers.increment();
            endLease(LeaseOutcome.FILLED); // k stripes of it have just been read
            succeed(new FilledChunk(hit.chunk(), Source.ZONE));
        }
    }

    // The origin

    private void fetch() {
        KnownView view = context.zone.current();
        FillLease held = lease;
        Slot taken = slot;
        if (view == null || held == null || taken == null) {
            fail(new CacheException(
                    CacheErrorCode.ZONE_UNCERTAIN, "view: none (expected: the one that the lease was asked for by)"));
            return;
        }
        beginFetch();
        taken.beginFetch();
        scope.release(Resource.SLOT_TIMER);
        ZoneSettings settings = view.view().settings();
        boolean isForReadersAlone = isForReadersAlone();
        long deadlineNanos = isForReadersAlone
                ? Timeouts.earlier(held.fetchDeadlineNanos(), read.deadlineNanos())
                : held.fetchDeadlineNanos();
        CompletableFuture<Fetched> fetch = fetcher.fetch(
                origin,
                settings.keyScheme(),
                read,
                deadlineNanos,
                chunkBytes -> allowsWriteBack
                        ? chunkBytes + ChunkWriter.encodedBytes(settings.code(), chunkBytes)
                        : chunkBytes,
                isForReadersAlone);
        scope.own(Resource.PENDING, () -> fetch.cancel(false));
        await(fetch, fetched -> onFetched(view, held, taken, fetched), this::onFetchFailed);
    }

    private void beginFetch() {
        isFetching = true;
        state.fetchBegins();
    }

    private void onFetched(KnownView view, FillLease held, Slot taken, Fetched fetched) {
        scope.own(Resource.MEMORY, fetched.memory()::release);
        if (isEnded) {
            return;
        }
        taken.endFetch();
        if (!allowsWriteBack) {
            endLease(LeaseOutcome.UNUSED); // others fetch it for themselves, one after the other
            succeed(new FilledChunk(fetched.chunk(), Source.ORIGIN));
            return;
        }
        end();
        try {
            // Before the caller gets its chunk, since the caller may keep this thread.
            context.writer.writeBack(
                    newest(view),
                    fetched.chunk().duplicate(),
                    new FetchedChunk(
                            read.name(),
                            held,
                            read.rank(),
                            state::isUnreachable,
                            fetched.memory(),
                            () -> scope.release(Resource.SLOT),
                            scope::close));
        } catch (RuntimeException | Error e) {
            // This is not a failure of the read.
            context.writer.countFailedWriteBack();
            scope.close();
        } finally {
            result.complete(new FilledChunk(fetched.chunk(), Source.ORIGIN));
        }
    }

    /** The newest view, unless it has another code, whose stripes might need more memory than has been reserved. */
    private KnownView newest(KnownView fetchedUnder) {
        KnownView newest = context.zone.current();
        CodeSpec code = fetchedUnder.view().settings().code();
        return newest != null && newest.view().settings().code().equals(code) ? newest : fetchedUnder;
    }

    private void onFetchFailed(CacheException failure) {
        if (isEnded) {
            return;
        }
        endLease(context.fetchFailed(read, failure));
        boolean wasAsked = isFetching;
        isFetching = false;
        scope.release(Resource.RESERVE_PERMIT);
        releaseSlot();
        if (read.isCancelled()) {
            fail(failure);
            return;
        }
        FillStep next = state.fetchFailed(failure, wasAsked, now());
        context.counters.originRetries.add(next instanceof FillStep.Pause ? 1 : 0);
        perform(next);
    }

    private void awaitReserve() {
        await(new ReserveWait(context, scope, read).start(zoneAnswers), this::onReserve, this::onFetchFailed);
    }

    private void onReserve(ReserveWait.Outcome outcome) {
        Permit permit = outcome.permit();
        if (permit != null) {
            onReservePermit(permit, outcome.keyScheme());
        } else if (!isEnded) {
            zoneAnswers++;
            perform(state.zoneHeard(now()));
        }
    }

    private void onReservePermit(Permit permit, @Nullable KeyScheme scheme) {
        scope.own(Resource.RESERVE_PERMIT, permit::end);
        if (isEnded) {
            return;
        }
        beginFetch();
        context.counters.uncoordinatedFetches.increment();
        CompletableFuture<Fetched> fetch =
                fetcher.fetch(origin, scheme, read, read.deadlineNanos(), chunkBytes -> chunkBytes, true);
        scope.own(Resource.PENDING, () -> fetch.cancel(false));
        await(fetch, this::onFetchedUncoordinated, this::onFetchFailed);
    }

    private void onFetchedUncoordinated(Fetched fetched) {
        scope.own(Resource.MEMORY, fetched.memory()::release);
        if (!isEnded) {
            succeed(new FilledChunk(fetched.chunk(), Source.ORIGIN));
        }
    }

    // Ends

    private void end() {
        isEnded = true;
        onEnded.accept(this);
    }

    private void succeed(FilledChunk chunk) {
        end();
        try {
            scope.close();
        } finally {
            result.complete(chunk);
        }
    }

    private void failAbsent() {
        String found = read.range() == null ? "not in " + origin.describe() : "not there, or with another ETag,";
        fail(new CacheException(CacheErrorCode.ABSENT, read.name().describe() + ": " + found + " a moment ago"));
    }

    /** A failure of waiting says what the read has waited for. */
    private CacheException explained(CacheException failure) {
        if (failure.code() == CacheErrorCode.FILLING) {
            return read.explain(new CacheException(CacheErrorCode.DEADLINE_EXCEEDED, failure.detail(), failure));
        }
        boolean isFinal = failure instanceof OriginRefusedException
                || !failure.code().retry().mayRepeat();
        return isFinal ? failure : read.explain(failure);
    }

    private void fail(CacheException failure) {
        if (isEnded) {
            return;
        }
        end();
        CacheException reported = explained(failure);
        if (reported.code() == CacheErrorCode.ABSENT) {
            context.counters.absent.increment();
            if (read.range() != null) {
                context.objects.forget(read.range());
            }
        } else if (reported.code() == CacheErrorCode.ORIGIN_LIMIT) {
            context.counters.refused.increment();
        }
        try {
            scope.close();
        } finally {
            result.completeExceptionally(reported);
        }
    }
}
