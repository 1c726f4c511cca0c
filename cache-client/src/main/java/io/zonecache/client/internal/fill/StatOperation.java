package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.millis;
import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.internal.EventQueue;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FillScope.Resource;
import io.zonecache.client.internal.fill.RememberedObjects.Name;
import io.zonecache.client.internal.limit.OriginLimit.Slot;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request for the state of an object, and the callers that wait for it. It takes a slot of the client's origin limit, so it waits while the
 * origin has asked to slow down; it is repeated out of the client's retry budget until the latest deadline of its callers. Thread-safe.
 */
final class StatOperation {

    private static final long FIRST_RETRY_PAUSE_MILLIS = 50;
    private static final int MAX_DOUBLINGS = 4;

    private final FillContext context;
    private final Origin origin;
    private final Name name;
    private final Consumer<StatOperation> onEnded;
    private final FillScope scope;
    private final EventQueue events = new EventQueue(thrown -> fail(Futures.asCacheException(thrown)));
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private final Set<Caller> callers = new LinkedHashSet<>();
    private boolean isEnded;
    private volatile long deadlineNanos;
    private volatile @Nullable CacheException lastFailure;
    private int failures;

    /** One caller; equal to itself alone. */
    static final class Caller {

        final CompletableFuture<StoredObject> future = new CompletableFuture<>();
        private final long deadlineNanos;

        Caller(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** @param onEnded called once, when no caller can join any more, before any is told */
    StatOperation(FillContext context, Origin origin, Name name, Consumer<StatOperation> onEnded) {
        this.context = context;
        this.origin = origin;
        this.name = name;
        this.onEnded = onEnded;
        this.scope = new FillScope(context.activity);
    }

    /** False if it has ended. A caller that has joined is then to {@link #start}. */
    synchronized boolean join(Caller caller) {
        if (isEnded) {
            return false;
        }
        boolean isLatest = callers.isEmpty() || caller.deadlineNanos - deadlineNanos > 0;
        deadlineNanos = isLatest ? caller.deadlineNanos : deadlineNanos;
        callers.add(caller);
        return true;
    }

    /** Completes the caller's future by its deadline, and begins with the first caller. Throws nothing. */
    void start(Caller caller) {
        Futures.thenRun(caller.future, () -> leave(caller));
        try {
            Scheduled alarm = context.timer.schedule(
                    caller.deadlineNanos - context.nanoTime(),
                    () -> caller.future.completeExceptionally(explained(tooLate())));
            Futures.thenRun(caller.future, alarm::cancel);
        } catch (RuntimeException | Error e) {
            caller.future.completeExceptionally(Futures.asCacheException(e));
        }
        if (isStarted.compareAndSet(false, true)) {
            events.post(this::awaitSlot);
        }
    }

    private void leave(Caller caller) {
        boolean isLast;
        synchronized (this) {
            isLast = callers.remove(caller) && callers.isEmpty() && !isEnded;
        }
        if (isLast) {
            end();
        }
    }

    private <T> void await(CompletableFuture<T> future, Consumer<T> onValue, Consumer<CacheException> onFailure) {
        scope.own(Resource.PENDING, () -> future.cancel(true));
        Futures.then(
                future,
                value -> events.post(() -> onValue.accept(value)),
                failure -> events.post(() -> onFailure.accept(failure)));
    }

    private synchronized boolean hasEnded() {
        return isEnded;
    }

    private void awaitSlot() {
        if (hasEnded()) {
            return;
        }
        await(context.limit.acquire(() -> deadlineNanos, false), this::ask, this::fail);
    }

    private void ask(Slot slot) {
        scope.own(Resource.SLOT, slot::release);
        if (hasEnded()) {
            return;
        }
        long startNanos = context.nanoTime();
        long leftMillis = millis(deadlineNanos - startNanos);
        if (leftMillis < 1) {
            fail(tooLate());
            return;
        }
        slot.beginFetch();
        context.counters.stats.increment();
        StatRequest request = new StatRequest(
                name.uri(), name.versionId(), Math.min(leftMillis, OriginFetcher.attemptMillis(context)));
        await(
                Futures.call(() -> origin.stat(request)),
                object -> succeed(object, startNanos),
                failure -> failed(failure, startNanos));
    }

    private void failed(CacheException failure, long startNanos) {
        scope.release(Resource.SLOT);
        lastFailure = failure;
        boolean isSlowDown = failure.code() == CacheErrorCode.ORIGIN_LIMIT;
        if (isSlowDown) {
            context.limit.onSlowDown(startNanos);
        }
        long pauseNanos = nanos(FIRST_RETRY_PAUSE_MILLIS << Math.min(failures++, MAX_DOUBLINGS));
        if (!OriginFetcher.isRetryable(failure)
                || deadlineNanos - context.nanoTime() <= pauseNanos
                || !(isSlowDown || context.retries.trySpend(1))) {
            fail(failure);
        } else if (isSlowDown) {
            awaitSlot(); // there is none as long as the origin is left alone
        } else {
            scope.own(Resource.TIMER, context.timer.schedule(pauseNanos, () -> events.post(this::awaitSlot))::cancel);
        }
    }

    private void succeed(StoredObject object, long startNanos) {
        context.retries.earn();
        context.limit.answered(startNanos);
        context.objects.put(name, object);
        end().forEach(caller -> caller.future.complete(object));
    }

    /** No effect if it has ended. */
    void fail(CacheException failure) {
        CacheException explained = explained(failure);
        end().forEach(caller -> caller.future.completeExceptionally(explained));
    }

    private CacheException explained(CacheException failure) {
        return ChunkRead.explain(failure, lastFailure);
    }

    /** @return who waits */
    private List<Caller> end() {
        List<Caller> waiting;
        synchronized (this) {
            if (isEnded) {
                return List.of();
            }
            isEnded = true;
            waiting = new ArrayList<>(callers);
            callers.clear();
        }
        try {
            onEnded.accept(this);
        } finally {
            scope.close();
        }
        return waiting;
    }

    private CacheException tooLate() {
        return new CacheException(
                CacheErrorCode.DEADLINE_EXCEEDED, "object " + name.uri() + ": no answer of the origin by the deadline");
    }
}
