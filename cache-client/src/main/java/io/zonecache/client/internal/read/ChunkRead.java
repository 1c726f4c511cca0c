package io.zonecache.client.internal.read;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One load's chunk, rank, deadline and cancellation, which all of its steps share. Holds no memory, slot or permit. Safe for
 * concurrent use.
 */
public final class ChunkRead {

    private final ChunkName name;
    private final @Nullable String traceparent;
    private final int rank;
    private final AtomicLong deadlineNanos;
    private final AtomicBoolean hasBegunRound = new AtomicBoolean();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private volatile @Nullable CacheException originFailure;
    private volatile @Nullable Supplier<@Nullable CacheException> zoneDelay;

    /**
     * @param traceparent sent to nodes, if any
     * @param rank 0..127, one for the whole read
     * @param deadlineNanos on the client's clock
     */
    public ChunkRead(ChunkName name, @Nullable String traceparent, int rank, long deadlineNanos) {
        this.name = name;
        this.traceparent = traceparent;
        this.rank = rank;
        this.deadlineNanos = new AtomicLong(deadlineNanos);
    }

    public ChunkName name() {
        return name;
    }

    public ChunkKey key() {
        return name.key();
    }

    public @Nullable ObjectRange range() {
        return name.range();
    }

    public @Nullable String traceparent() {
        return traceparent;
    }

    public int rank() {
        return rank;
    }

    /** The latest deadline of the requests that wait, on the client's clock. It may move while the read is running: ask each time. */
    public long deadlineNanos() {
        return deadlineNanos.get();
    }

    /** A request waits until then; an earlier deadline changes nothing. */
    public void extendDeadline(long untilNanos) {
        deadlineNanos.accumulateAndGet(untilNanos, (known, asked) -> asked - known > 0 ? asked : known);
    }

    /** @return whether it is the first one: later ones ask all nodes at once */
    boolean beginRound() {
        return hasBegunRound.compareAndSet(false, true);
    }

    /** The origin has failed an attempt, which may not be the last one. */
    public void originFailed(CacheException failure) {
        originFailure = failure;
    }

    /**
     * What of the zone keeps the read from its end: a round that is undecided, nodes that have not answered, a lease that was refused.
     *
     * @param delay called only if somebody asks for it, on any thread: undecided rounds are many where nodes shed load. Its answer may be null
     */
    public void delayedBy(Supplier<@Nullable CacheException> delay) {
        zoneDelay = delay;
    }

    /** What has kept the read from its end so far: the origin's last failure or, without one, what of the zone it waits for; null if neither is known. */
    public @Nullable CacheException lastFailure() {
        CacheException ofOrigin = originFailure;
        Supplier<@Nullable CacheException> ofZone = zoneDelay;
        return ofOrigin != null || ofZone == null ? ofOrigin : ofZone.get();
    }

    /** A failure of waiting in which the reader finds {@link #lastFailure}. */
    public CacheException explain(CacheException failure) {
        return explain(failure, lastFailure());
    }

    /**
     * A failure whose text has another one, unless that is part of it.
     *
     * @param last null if nothing is known
     */
    public static CacheException explain(CacheException failure, @Nullable CacheException last) {
        Throwable part = failure;
        while (part != null && part != last) {
            part = part.getCause();
        }
        return last == null || part == last
                ? failure
                : new CacheException(
                        failure.code(),
                        failure.detail() + "; last failure: " + last.code() + ": " + last.detail(),
                        failure);
    }

    /** No request waits any more: running steps end with {@code CLOSED} or continue only for what they leave behind, and no other begins. */
    public void cancel() {
        cancelled.complete(null);
    }

    public boolean isCancelled() {
        return cancelled.isDone();
    }

    /** Completes when the read is cancelled; never otherwise. */
    public CompletableFuture<Void> cancelled() {
        return cancelled;
    }
}
