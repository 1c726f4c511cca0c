package io.zonecache.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk;
import io.zonecache.client.internal.flight.Flights;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneView;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks through the zone, with the origin behind it. One for each worker process; safe for concurrent use.
 *
 * <pre>{@code
 * try (ZoneCache cache = ZoneCache.builder()
 *         .config(ClientConfig.builder().nodes(List.of("10.0.0.7:7400", "10.0.0.8:7400")).build())
 *         .origin(Origins.parse("s3://bucket/prefix", OriginOptions.defaults()))
 *         .build()) {
 *     Chunk chunk = cache.get(key).join();
 * }
 * }</pre>
 *
 * No method blocks but {@code read}, {@link Builder#build} and {@link #close}. Files over many chunks are
 * {@code io.zonecache.client.file}'s. Futures fail with {@link CacheException}, whose code says what may be
 * done about it, and complete on threads of the cache's own: dependents must not block, or use the {@code Async} variants.
 */
public final class ZoneCache implements AutoCloseable {

    private final ClientConfig config;
    private final @Nullable Origin origin;
    private final MemoryBudget memory;
    private final ClientParts parts;
    private final LocalCache local;
    private final Flights<ChunkKey, FilledChunk> flights = new Flights<>();
    private final Observers observers;
    private final ReadCounters counters = new ReadCounters();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Set<CompletableFuture<Chunk>> reads = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    private ZoneCache(ClientConfig config, @Nullable Origin origin, Observers observers) {
        this.config = config;
        this.origin = origin;
        this.memory = new MemoryBudget(config.memoryBytes(), config.fill().maxChunkBytes());
        this.local = new LocalCache(config.localCacheBytes(), memory);
        this.observers = observers;
        this.parts = new ClientParts(config, origin, memory, observers);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The chunk, within the configured deadline. */
    public CompletableFuture<Chunk> get(ChunkKey key) {
        return get(key, config.readDeadline());
    }

    /**
     * The chunk, verified. Cancelling the future ends the wait; what is under way for it may go on for others.
     *
     * <p>Fails with {@code NOT_FOUND} (a miss, and there is no origin), {@code ABSENT} (the origin has none either), {@code PURGED},
     * {@code ZONE_UNCERTAIN}, {@code DEADLINE_EXCEEDED}, {@code BUSY}, {@code ORIGIN_LIMIT}, {@code ORIGIN_FAILED}, {@code TOO_LARGE} (for the
     * client's memory) or {@code CLOSED}.
     */
    public CompletableFuture<Chunk> get(ChunkKey key, Duration timeout) {
        return get(key, null, timeout);
    }

    /** As {@link #get(ObjectRange, Duration)}, within the configured deadline. */
    public CompletableFuture<Chunk> get(ObjectRange range) {
        return get(range, config.readDeadline());
    }

    /**
     * A range of an object that lies at the origin already, through a zone whose key scheme is {@code opaque}.
     *
     * <p>Fails as {@link #get(ChunkKey, Duration)} does: {@code ABSENT} if the object is gone or has another ETag by now; and with
     * {@code BAD_REQUEST} if the zone's key scheme or the origin knows no such ranges.
     */
    public CompletableFuture<Chunk> get(ObjectRange range, Duration timeout) {
        return get(range.key(), range, timeout);
    }

    /** As {@link #read(ChunkKey, Duration)}, within the configured deadline. */
    public Chunk read(ChunkKey key) throws InterruptedException {
        return read(key, config.readDeadline());
    }

    /**
     * The chunk, for threads that may block; those may be virtual ones, as nothing is locked meanwhile. An interrupt ends the wait.
     *
     * @throws CacheException as {@link #get(ChunkKey, Duration)} fails
     * @throws IllegalStateException on a thread of the cache's own: it would wait for itself
     */
    public Chunk read(ChunkKey key, Duration timeout) throws InterruptedException {
        return ClientParts.await(() -> get(key, timeout));
    }

    /** As {@link #read(ChunkKey, Duration)}, for {@link #get(ObjectRange, Duration)}. */
    public Chunk read(ObjectRange range, Duration timeout) throws InterruptedException {
        return ClientParts.await(() -> get(range, timeout));
    }

    /**
     * Reads a chunk into the caller's buffer, as {@link #read(ChunkKey)} does.
     *
     * @return its length in bytes, by which the buffer's position has moved
     * @throws BufferOverflowException if the buffer has less room; nothing is written then
     */
    public int read(ChunkKey key, ByteBuffer target) throws InterruptedException {
        Chunk chunk = read(key);
        if (chunk.length() > target.remaining()) {
            throw new BufferOverflowException();
        }
        return chunk.copyTo(0, target);
    }

    /**
     * An object as the origin tells it now: its ETag and length, which ranges of it need. One request to the origin, under no limit but the
     * origin's own threads; workers that are many should rather be handed what one of them has learnt.
     *
     * <p>Fails with {@code ABSENT}, {@code BAD_REQUEST} (no object's URI, or the origin has no objects), {@code ORIGIN_FAILED},
     * {@code ORIGIN_LIMIT} or {@code CLOSED}.
     */
    public CompletableFuture<StoredObject> stat(String uri) {
        if (isClosed) {
            return CompletableFuture.failedFuture(closed());
        }
        return origin == null
                ? CompletableFuture.failedFuture(new CacheException(
                        CacheErrorCode.BAD_REQUEST, "object: \"" + uri + "\" without an origin (expected: one)"))
                : origin.stat(uri, config.readDeadline().toMillis());
    }

    @SuppressWarnings("CollectionUndefinedEquality") // a future equals itself only, which is what is meant
    private CompletableFuture<Chunk> get(ChunkKey key, @Nullable ObjectRange range, Duration timeout) {
        if (isClosed) {
            return CompletableFuture.failedFuture(closed());
        }
        long startNanos = observers.wantTime() ? parts.timer.nanoTime() : 0;
        ReadTracer.Span span = observers.begin(key);
        ByteBuffer here = local.get(key);
        if (here != null) {
            ended(key, ReadOutcome.LOCAL, startNanos, null, span);
            return CompletableFuture.completedFuture(new Chunk(key, here));
        }
        CompletableFuture<Chunk> read = new CompletableFuture<>();
        AtomicBoolean isFromOrigin = new AtomicBoolean();
        if (underWay.incrementAndGet() > config.maxReads()) {
            underWay.decrementAndGet();
            CacheException busy = new CacheException(
                    CacheErrorCode.BUSY, "reads under way: " + config.maxReads() + " (expected: fewer)");
            ended(key, ReadOutcome.REFUSED, startNanos, busy, span);
            return CompletableFuture.failedFuture(busy);
        }
        long deadlineNanos = parts.timer.nanoTime() + timeout.toNanos();
        ClientTimer.Scheduled alarm = parts.timer.schedule(
                timeout.toNanos(),
                () -> read.completeExceptionally(new CacheException(
                        CacheErrorCode.DEADLINE_EXCEEDED,
                        "chunk " + key + ": not read within " + timeout.toMillis() + " ms")));
        reads.add(read);
        CompletableFuture<Chunk> caller = new CompletableFuture<>();
        Futures.whenDone(read, (chunk, failure) -> {
            reads.remove(read);
            alarm.cancel();
            underWay.decrementAndGet();
            ended(key, outcome(failure, isFromOrigin.get()), startNanos, failure, span);
            // Last: who has waited for a read finds it in the counts.
            if (failure == null) {
                caller.complete(chunk);
            } else {
                caller.completeExceptionally(failure);
            }
        });
        Futures.whenDone(caller, (chunk, failure) -> read.cancel(false));
        board(new Wish(key, range, span == null ? null : span.traceparent(), deadlineNanos), read, isFromOrigin);
        if (isClosed) {
            read.completeExceptionally(closed());
        }
        return caller;
    }

    /**
     * Stores a chunk's stripes in the zone, without the origin. Completes with what was acknowledged; fails with {@code KEY_MISMATCH},
     * {@code TOO_LARGE}, {@code ZONE_UNCERTAIN} (no view of the zone) or {@code CLOSED}.
     *
     * @param chunk its remaining bytes, which must not change until the future completes
     */
    public CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk) {
        if (isClosed) {
            return CompletableFuture.failedFuture(closed());
        }
        long deadlineNanos = parts.timer.nanoTime() + config.readDeadline().toNanos();
        CompletableFuture<PrimeResult> result = new CompletableFuture<>();
        Futures.whenDone(
                parts.views.firstAttempt(),
                (any, never) -> Futures.forward(parts.filler.prime(key, chunk.duplicate(), deadlineNanos), result));
        return result;
    }

    /** As {@link #prime(ChunkKey, ByteBuffer)}. */
    public CompletableFuture<PrimeResult> prime(ChunkKey key, byte[] chunk) {
        return prime(key, ByteBuffer.wrap(chunk));
    }

    /** Completes, never exceptionally, once the zone's view is known or every node named has failed to tell it. */
    public CompletableFuture<Void> whenReady() {
        return parts.views.firstAttempt().thenApply(any -> null);
    }

    /** Completes when no origin fetch and no write to the zone is under way. */
    public CompletableFuture<Void> whenIdle() {
        return parts.filler.whenIdle();
    }

    /** The zone as this client knows it; empty until a node has told it. */
    public Optional<ZoneView> view() {
        return Optional.ofNullable(parts.views.current()).map(KnownView::view);
    }

    public ZoneCacheStats stats() {
        return counters.stats(
                underWay.get(),
                local.bytes(),
                memory,
                parts.nodesSkipped(),
                parts.reader.stats(),
                parts.filler.stats());
    }

    /** Fails reads under way with {@code CLOSED}, ends all threads and connections, and closes the origin. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        reads.forEach(read -> read.completeExceptionally(closed()));
        parts.close();
        if (origin != null) {
            origin.close();
        }
    }

    /** Waits for the key's flight. One that ran out of its own time is no answer to a caller who has time left. */
    private void board(Wish wish, CompletableFuture<Chunk> read, AtomicBoolean isFromOrigin) {
        AtomicBoolean isOwn = new AtomicBoolean();
        CompletableFuture<FilledChunk> flight = flights.join(wish.key(), () -> {
            isOwn.set(true);
            return fly(wish);
        });
        Futures.whenDone(flight, (filled, failure) -> {
            if (filled != null) {
                isFromOrigin.set(filled.source() == FilledChunk.Source.ORIGIN);
                read.complete(new Chunk(wish.key(), filled.chunk()));
            } else if (failure != null) {
                CacheException cause = Futures.asCacheException(failure);
                if (isOwn.get() || read.isDone() || !isOutOfTime(cause)) {
                    read.completeExceptionally(cause);
                } else {
                    board(wish, read, isFromOrigin);
                }
            }
        });
    }

    /** What one caller wants. */
    private record Wish(
            ChunkKey key,
            @Nullable ObjectRange range,
            @Nullable String traceparent,
            long deadlineNanos) {}

    private void ended(
            ChunkKey key,
            ReadOutcome outcome,
            long startNanos,
            @Nullable Throwable failure,
            ReadTracer.@Nullable Span span) {
        counters.count(outcome);
        long nanos = observers.wantTime() ? parts.timer.nanoTime() - startNanos : 0;
        observers.ended(key, outcome, nanos, failure, span);
    }

    private static ReadOutcome outcome(@Nullable Throwable failure, boolean isFromOrigin) {
        if (failure != null) {
            return ReadOutcome.of(failure);
        }
        return isFromOrigin ? ReadOutcome.ORIGIN : ReadOutcome.ZONE;
    }

    private static boolean isOutOfTime(CacheException cause) {
        return switch (cause.code()) {
            case DEADLINE_EXCEEDED, ZONE_UNCERTAIN, ORIGIN_LIMIT -> true;
            default -> false;
        };
    }

    private CompletableFuture<FilledChunk> fly(Wish wish) {
        ChunkRead read = parts.reader.begin(wish.key(), wish.range(), wish.traceparent(), wish.deadlineNanos());
        CompletableFuture<Void> ready = parts.views.firstAttempt();
        CompletableFuture<ZoneRead> zoneRead =
                ready.isDone() ? parts.reader.read(read) : ready.thenCompose(any -> parts.reader.read(read));
        return zoneRead.thenCompose(found -> {
                    if (found instanceof ZoneRead.Hit hit) {
                        return CompletableFuture.completedFuture(new FilledChunk(hit.chunk(), FilledChunk.Source.ZONE));
                    }
                    return parts.filler.fill(read, (ZoneRead.Miss) found);
                })
                .whenComplete((filled, failure) -> {
                    if (filled != null) {
                        local.put(wish.key(), filled.chunk());
                    }
                });
    }

    private static CacheException closed() {
        return new CacheException(CacheErrorCode.CLOSED, "cache: closed");
    }

    /** Takes a configuration and an origin. */
    public static final class Builder {

        private @Nullable ClientConfig config;
        private @Nullable Origin origin;
        private @Nullable ZoneCacheListener listener;
        private @Nullable ReadTracer tracer;
        private @Nullable MeterRegistry registry;

        private Builder() {}

        public Builder config(ClientConfig value) {
            this.config = value;
            return this;
        }

        /** What is asked for chunks that the zone lacks; the cache closes it. None: then such chunks are {@code NOT_FOUND}. */
        public Builder origin(@Nullable Origin value) {
            this.origin = value;
            return this;
        }

        /** Hears what happens. */
        public Builder listener(@Nullable ZoneCacheListener value) {
            this.listener = value;
            return this;
        }

        /** Makes reads part of traces. */
        public Builder tracer(@Nullable ReadTracer value) {
            this.tracer = value;
            return this;
        }

        /** Where the cache's meters go, which docs/operations.md lists; none: then there are none. */
        public Builder meterRegistry(@Nullable MeterRegistry value) {
            this.registry = value;
            return this;
        }

        /** Starts the client, whether the zone answers or not. Must not be called on a thread of Vert.x. */
        public ZoneCache build() {
            if (config == null) {
                throw new IllegalArgumentException("config: none (expected: ClientConfig.builder()...build())");
            }
            Observers observers = new Observers(listener, tracer, registry);
            ZoneCache cache = new ZoneCache(config, origin, observers);
            observers.bind(cache);
            return cache;
        }
    }
}
