package io.zonecache.client.internal.flight;

import io.zonecache.client.Chunk;
import io.zonecache.client.ReadOutcome;
import io.zonecache.client.ReadTracer;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One caller's request for a chunk, from the call to the end of its future. It takes these steps:
 *
 * <ol>
 *   <li>The local cache: a chunk held there is the result, and nothing else is taken.
 *   <li>A slot among those of all requests, or the request is refused with {@code BUSY}.
 *   <li>A timer, which ends the request at its deadline.
 *   <li>It joins the {@link Flight} of its chunk, which loads the chunk for all requests that want it.
 *   <li>It ends once: with the chunk, a failure, its deadline, its caller's cancellation, or the cache's close. {@link #end} is the only way out,
 *       and releases slot, timer, place in the flight and span before the caller's future completes.
 * </ol>
 *
 * Anything thrown on the way, even an {@link Error}, ends the request with {@code INTERNAL}. Safe for concurrent use.
 */
final class ChunkRequest implements Flight.Waiter {

    private final ChunkRequests all;
    private final ChunkName target;
    private final long timeoutNanos;
    private final long startNanos;
    private final CompletableFuture<Chunk> caller = new CompletableFuture<>();
    private final AtomicBoolean hasSlot = new AtomicBoolean();
    private final AtomicBoolean isEnded = new AtomicBoolean();

    private ReadTracer.@Nullable Span span;
    private @Nullable String traceparent;
    private volatile ClientTimer.@Nullable Scheduled alarm;
    private volatile boolean isWaiting;

    /** @param timeoutNanos at most {@link io.zonecache.client.internal.time.Timeouts#MAX_NANOS} */
    ChunkRequest(ChunkRequests all, ChunkName target, long timeoutNanos) {
        this.all = all;
        this.target = target;
        this.timeoutNanos = timeoutNanos;
        this.startNanos = all.timer.nanoTime();
    }

    /** To be called once. The future may be done already; throws nothing. */
    CompletableFuture<Chunk> start() {
        try {
            span = all.observers.begin(target.key());
            ByteBuffer held = all.local.get(target);
            if (held != null) {
                end(ReadOutcome.LOCAL, held, null);
            } else if (timeoutNanos <= 0) {
                fail(deadlineExceeded());
            } else if (!all.takeSlot(this)) {
                fail(new CacheException(
                        CacheErrorCode.BUSY,
                        "reads in flight: " + all.maxRequests + " (expected: fewer than " + all.maxRequests + ")"));
            } else {
                hasSlot.set(true);
                await();
            }
        } catch (RuntimeException | Error e) {
            fail(Futures.asCacheException(e));
        }
        if (isEnded.get()) {
            // It may have ended on another thread before it held all that it has to release.
            release();
        }
        return caller;
    }

    private void await() {
        traceparent = all.observers.traceparent(span);
        isWaiting = true;
        Futures.whenDone(caller, (chunk, failure) -> {
            if (!isEnded.get()) {
                fail(new CancellationException());
            }
        });
        alarm = all.timer.schedule(timeoutNanos, () -> fail(deadlineExceeded()));
        all.flights.join(target, this);
        if (all.isClosed()) {
            fail(ChunkRequests.closed());
        }
    }

    @Override
    public long deadlineNanos() {
        return startNanos + timeoutNanos;
    }

    @Override
    public @Nullable String traceparent() {
        return traceparent;
    }

    @Override
    public void loaded(FilledChunk filled) {
        boolean isFromOrigin = filled.source() == FilledChunk.Source.ORIGIN;
        end(isFromOrigin ? ReadOutcome.ORIGIN : ReadOutcome.ZONE, filled.chunk(), null);
    }

    @Override
    public void failed(CacheException failure) {
        fail(named(failure));
    }

    /** Steps that know a range by its key alone name that; its reader knows the object. */
    private CacheException named(CacheException failure) {
        ObjectRange range = target.range();
        boolean isNamed = range == null
                || failure instanceof OriginRefusedException
                || failure.detail().contains(range.uri());
        return isNamed
                ? failure
                : new CacheException(failure.code(), target.describe() + ": " + failure.detail(), failure);
    }

    /** Ends the request with a {@link CacheException} or a cancellation, unless it has ended. */
    void fail(Throwable failure) {
        end(outcomeOf(failure), null, failure);
    }

    private void end(ReadOutcome outcome, @Nullable ByteBuffer chunk, @Nullable Throwable failure) {
        if (!isEnded.compareAndSet(false, true)) {
            return;
        }
        try {
            release();
            long nanos = all.observers.needsTiming() ? all.timer.nanoTime() - startNanos : 0;
            all.counters.count(outcome);
            all.observers.ended(target.key(), outcome, nanos, failure, span);
        } finally {
            // Last, so that a caller that has waited for a read finds it in the counts.
            if (isWaiting && !caller.isDone()) {
                all.completions.complete(() -> complete(chunk, failure));
            } else {
                complete(chunk, failure);
            }
        }
    }

    private void complete(@Nullable ByteBuffer chunk, @Nullable Throwable failure) {
        if (chunk == null) {
            caller.completeExceptionally(failure == null ? Futures.closed(null) : failure);
            return;
        }
        try {
            caller.complete(all.chunks.apply(target.key(), chunk));
        } catch (RuntimeException | Error e) {
            caller.completeExceptionally(Futures.asCacheException(e));
        }
    }

    /** Releases what it holds; what has been released already is left alone. */
    private void release() {
        if (hasSlot.getAndSet(false)) {
            all.releaseSlot(this);
        }
        ClientTimer.Scheduled scheduled = alarm;
        if (scheduled != null) {
            scheduled.cancel();
        }
        if (isWaiting) {
            all.flights.leave(target, this);
        }
    }

    private CacheException deadlineExceeded() {
        CacheException late = new CacheException(
                CacheErrorCode.DEADLINE_EXCEEDED,
                target.describe() + ": not read within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
        return ChunkRead.explain(late, all.flights.lastFailure(target));
    }

    private static ReadOutcome outcomeOf(Throwable failure) {
        if (failure instanceof CancellationException) {
            return ReadOutcome.CANCELLED;
        }
        return switch (Futures.asCacheException(failure).code()) {
            case NOT_FOUND, ABSENT, PURGED -> ReadOutcome.ABSENT;
            case ORIGIN_LIMIT, RATE_LIMITED, BUSY -> ReadOutcome.REFUSED;
            default -> ReadOutcome.FAILED;
        };
    }
}
