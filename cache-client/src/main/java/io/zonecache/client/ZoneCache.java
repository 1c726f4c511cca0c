package io.zonecache.client;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.client.internal.CompletionExecutor;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FillStats;
import io.zonecache.client.internal.flight.ChunkRequests;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.observe.Observers;
import io.zonecache.client.internal.time.Timeouts;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneView;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks through a zone, with an origin behind it. A worker process needs one; it is safe for concurrent use.
 *
 * <pre>{@code
 * try (ZoneCache cache = ZoneCache.builder()
 *         .config(ClientConfig.builder().nodes(List.of("10.0.0.7:7400", "10.0.0.8:7400")).build())
 *         .origin(Origins.parse("s3://bucket/prefix"))
 *         .build()) {
 *     Chunk chunk = cache.read(key);
 * }
 * }</pre>
 *
 * <p><b>Blocking.</b> Only {@code read}, {@link Builder#build} and {@link #close} block.
 *
 * <p><b>Futures</b> fail with {@link CacheException}, whose code indicates what can be done about it. They complete on threads that the cache needs
 * for network and timers, so dependent stages must be quick. If they are not, use the {@code Async} variants of {@link CompletableFuture}, or let
 * the cache complete its futures elsewhere ({@link Builder#completionExecutor}, with an example).
 *
 * <p><b>Arguments</b> are checked before anything else: null, unless it is allowed, throws {@link NullPointerException} with the argument's name. A
 * timeout may be of any length; with zero or less, a read is served from the worker's own memory or fails with {@code DEADLINE_EXCEEDED}.
 *
 * <p><b>Threads</b> of the cache are daemons: a program whose main method returns ends, even if it has not closed the cache. Stripes being sent to
 * nodes may be lost then; {@link #close} waits for them.
 *
 * <p>For files that span many chunks, see {@link io.zonecache.client.file.ChunkFile}.
 */
public final class ZoneCache implements AutoCloseable {

    private final ClientConfig config;
    private final @Nullable Origin origin;
    private final Observers observers;
    private final CompletionExecutor completions;
    final ClientParts parts;
    private volatile boolean isClosed;

    private ZoneCache(
            ClientConfig config,
            @Nullable Origin origin,
            Observers observers,
            CompletionExecutor completions,
            ClientPlatform platform) {
        this.config = config;
        this.origin = origin;
        this.observers = observers;
        this.completions = completions;
        this.parts = new ClientParts(config, origin, observers, completions, platform);
    }

    /** A builder without a configuration or an origin. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Gets a chunk within the configured {@link ClientConfig#readDeadline}.
     *
     * @param key the chunk's key
     * @return as {@link #get(ChunkKey, Duration)} does
     */
    public CompletableFuture<Chunk> get(ChunkKey key) {
        return get(key, config.readDeadline());
    }

    /**
     * Gets a chunk: from the worker's own memory, from the zone, or from the origin, in this order. Callers that want the same chunk at the same
     * time share the work, which ends when the last of them has cancelled its future or run out of time; only an origin fetch under a lease
     * continues, and fills the zone.
     *
     * <p>The future fails with {@code NOT_FOUND} (a miss, and there is no origin), {@code ABSENT} (the origin has no such chunk either),
     * {@code PURGED}, {@code ZONE_UNCERTAIN}, {@code DEADLINE_EXCEEDED}, {@code BUSY}, {@code ORIGIN_LIMIT}, {@code ORIGIN_FAILED},
     * {@code KEY_MISMATCH} (the key scheme is unknown, and the bytes are not the key's), {@code TOO_LARGE} (for the client's memory), {@code CLOSED},
     * {@code INTERNAL}, or the code with which nodes refused a fill lease until the deadline, such as {@code NOT_COORDINATOR} or {@code DRAINING}.
     *
     * @param key the chunk's key
     * @param timeout how long the caller waits
     * @return completes with the chunk, verified; cancelling it ends the caller's part of the work
     */
    public CompletableFuture<Chunk> get(ChunkKey key, Duration timeout) {
        requireNonNull(key, "key");
        return parts.requests.get(ChunkName.of(key), Timeouts.saturatedNanos(requireNonNull(timeout, "timeout")));
    }

    /**
     * Gets a range of an object within the configured {@link ClientConfig#readDeadline}.
     *
     * @param range the range
     * @return as {@link #get(ObjectRange, Duration)} does
     */
    public CompletableFuture<Chunk> get(ObjectRange range) {
        return get(range, config.readDeadline());
    }

    /**
     * Gets a range of an object that the origin already stores, through a zone of either key scheme: that says only what the keys of {@link
     * #get(ChunkKey)} mean. No hash names the range's bytes, so {@link Verification} says less of them than of a chunk whose key is its SHA-256.
     *
     * <p>The future fails as that of {@link #get(ChunkKey, Duration)} does: {@code ABSENT} if the object is gone or has another ETag by now, which
     * the next {@link #stat(String)} asks the origin for; and with {@code BAD_REQUEST} if the origin does not support such ranges.
     *
     * @param range the range, which is one chunk
     * @param timeout how long the caller waits
     * @return completes with the range's bytes; cancelling it ends the caller's part of the work
     */
    public CompletableFuture<Chunk> get(ObjectRange range, Duration timeout) {
        requireNonNull(range, "range");
        long timeoutNanos = Timeouts.saturatedNanos(requireNonNull(timeout, "timeout"));
        return parts.requests.get(ChunkName.of(range), timeoutNanos);
    }

    /**
     * Reads a chunk within the configured {@link ClientConfig#readDeadline}.
     *
     * @param key the chunk's key
     * @return the chunk, verified
     * @throws CacheException as {@link #get(ChunkKey, Duration)} fails
     * @throws InterruptedException if the thread is interrupted, which ends the read
     * @throws IllegalStateException on one of the cache's own threads
     */
    public Chunk read(ChunkKey key) throws InterruptedException {
        return read(key, config.readDeadline());
    }

    /**
     * Reads a chunk and blocks until it is there. Virtual threads may call this too, as no lock is held meanwhile.
     *
     * @param key the chunk's key
     * @param timeout how long the caller waits
     * @return the chunk, verified
     * @throws CacheException as {@link #get(ChunkKey, Duration)} fails
     * @throws InterruptedException if the thread is interrupted, which ends the read
     * @throws IllegalStateException on one of the cache's own threads, which would wait for itself
     */
    public Chunk read(ChunkKey key, Duration timeout) throws InterruptedException {
        return ClientParts.await(() -> get(key, timeout));
    }

    /**
     * Reads a range of an object and blocks until it is there.
     *
     * @param range the range, which is one chunk
     * @param timeout how long the caller waits
     * @return the range's bytes
     * @throws CacheException as {@link #get(ObjectRange, Duration)} fails
     * @throws InterruptedException if the thread is interrupted, which ends the read
     * @throws IllegalStateException on one of the cache's own threads, which would wait for itself
     */
    public Chunk read(ObjectRange range, Duration timeout) throws InterruptedException {
        return ClientParts.await(() -> get(range, timeout));
    }

    /**
     * Reads a chunk into the caller's buffer, as {@link #read(ChunkKey)} does.
     *
     * @param key the chunk's key
     * @param target receives the chunk from its position on
     * @return the chunk's length in bytes, by which the buffer's position has advanced
     * @throws BufferOverflowException if fewer bytes remain in the buffer; nothing is written then
     * @throws CacheException as {@link #get(ChunkKey, Duration)} fails
     * @throws InterruptedException if the thread is interrupted, which ends the read
     * @throws IllegalStateException on one of the cache's own threads
     */
    public int read(ChunkKey key, ByteBuffer target) throws InterruptedException {
        requireNonNull(target, "target");
        Chunk chunk = read(key);
        if (chunk.length() > target.remaining()) {
            throw new BufferOverflowException();
        }
        return chunk.copyTo(0, target);
    }

    /**
     * Asks for the current state of an object: its ETag and length, which are needed for ranges of it. See {@link #stat(String, String)}.
     *
     * @param uri the object's name at its origin, such as {@code s3://BUCKET/KEY}, the key as it is, not escaped
     * @return completes with the object; cancelling it ends the caller's part of the request
     */
    public CompletableFuture<StoredObject> stat(String uri) {
        return stat(uri, null);
    }

    /**
     * Asks for the state of an object within the configured {@link ClientConfig#readDeadline}. Callers that ask for the same at the same time share
     * one request to the origin, under the same limits as fetches, and the answer is remembered for {@link FillConfig#statMillis}; less if a read of
     * a range shows that the object has changed. Each process asks for itself: if there are many, one of them should ask and pass the result to the
     * others.
     *
     * <p>The future fails with {@code ABSENT}, {@code BAD_REQUEST} (not the URI of an object, or the origin has no objects), {@code ORIGIN_FAILED},
     * {@code ORIGIN_LIMIT}, {@code BUSY}, {@code DEADLINE_EXCEEDED} or {@code CLOSED}.
     *
     * @param uri the object's name at its origin, such as {@code s3://BUCKET/KEY}, the key as it is, not escaped
     * @param versionId of a version that the store keeps; null for the current one
     * @return completes with the object; cancelling it ends the caller's part of the request
     */
    public CompletableFuture<StoredObject> stat(String uri, @Nullable String versionId) {
        requireNonNull(uri, "uri");
        if (isClosed) {
            return CompletableFuture.failedFuture(ChunkRequests.closed());
        }
        long deadlineNanos = parts.timer.nanoTime() + Timeouts.saturatedNanos(config.readDeadline());
        return completions.forCaller(Futures.call(() -> parts.filler.stat(uri, versionId, deadlineNanos)));
    }

    /**
     * Stores a chunk's stripes in the zone, without the origin, within the configured {@link ClientConfig#readDeadline}.
     *
     * <p>The future fails with {@code KEY_MISMATCH}, {@code BAD_REQUEST} (an empty chunk, or an origin of which the zone must keep nothing), {@code
     * TOO_LARGE}, {@code ZONE_UNCERTAIN} (no view of the zone), {@code BUSY} (1,024 calls are in flight already, or there was no memory or write
     * capacity in time) or {@code CLOSED}. Cancelling it stops a call that still waits for one of these; stripes already being sent are still sent.
     *
     * @param key the chunk's key
     * @param chunk its remaining bytes, which must not change until the future completes, and not even then if it was cancelled; its position does
     *     not change
     * @return completes with what nodes have acknowledged
     */
    public CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk) {
        requireNonNull(key, "key");
        ByteBuffer bytes = requireNonNull(chunk, "chunk").duplicate();
        if (isClosed) {
            return CompletableFuture.failedFuture(ChunkRequests.closed());
        }
        long deadlineNanos = parts.timer.nanoTime() + Timeouts.saturatedNanos(config.readDeadline());
        return completions.forCaller(Futures.call(() -> parts.filler.prime(key, bytes, deadlineNanos)));
    }

    /**
     * Stores a chunk's stripes in the zone, as {@link #prime(ChunkKey, ByteBuffer)} does.
     *
     * @param key the chunk's key
     * @param chunk its bytes, which must not change until the future completes
     * @return completes with what nodes have acknowledged
     */
    public CompletableFuture<PrimeResult> prime(ChunkKey key, byte[] chunk) {
        return prime(key, ByteBuffer.wrap(requireNonNull(chunk, "chunk")));
    }

    /** A future that completes, never exceptionally, once the zone's view is known or every configured node has failed to provide it. */
    public CompletableFuture<Void> whenReady() {
        return completions.forCaller(parts.views.firstAttempt().thenApply(any -> null));
    }

    /** A future that completes, never exceptionally, when no origin fetch and no write to the zone is in flight. */
    public CompletableFuture<Void> whenIdle() {
        return completions.forCaller(parts.filler.whenIdle());
    }

    /** The zone as this client knows it; empty until a node has sent it. */
    public Optional<ZoneView> view() {
        return Optional.ofNullable(parts.views.current()).map(KnownView::view);
    }

    /** The cache's current figures, available even after it was closed. */
    public ZoneCacheStats stats() {
        FillStats fill = parts.filler.stats();
        return new ZoneCacheStats(
                parts.requests.stats(),
                new MemoryStats(parts.local.bytes(), parts.memory.inFlightBytes(), parts.memory.peakBytes()),
                parts.reader.stats(),
                fill.origin(),
                fill.leases(),
                fill.writes(),
                parts.nodesSkipped(),
                observers.failures());
    }

    /**
     * Fails reads in flight and later calls with {@code CLOSED}; waits up to 5 s for stripes being sent to nodes; then ends all threads and
     * connections, for which it waits up to 5 s again, removes the cache's meters, and closes the origin. On one of the cache's own threads, or
     * once the thread is interrupted, it does the same without waiting. Idempotent.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        try {
            parts.close();
        } finally {
            observers.close();
            if (origin != null) {
                origin.close();
            }
        }
    }

    /** Builds a {@link ZoneCache}. Only the configuration is required. Not thread-safe. */
    public static final class Builder {

        private @Nullable ClientConfig config;
        private @Nullable Origin origin;
        private @Nullable ZoneCacheListener listener;
        private @Nullable ReadTracer tracer;
        private @Nullable MeterRegistry registry;
        private @Nullable Executor completionExecutor;
        private String name = "default";

        private Builder() {}

        /**
         * How the zone is used.
         *
         * @param value the configuration
         * @return this
         */
        public Builder config(ClientConfig value) {
            this.config = requireNonNull(value, "config");
            return this;
        }

        /**
         * The store from which chunks that the zone lacks are fetched. The cache closes it.
         *
         * @param value null for none: chunks that the zone lacks are {@code NOT_FOUND} then
         * @return this
         */
        public Builder origin(@Nullable Origin value) {
            this.origin = value;
            return this;
        }

        /**
         * A listener for the cache's events.
         *
         * @param value null for none
         * @return this
         */
        public Builder listener(@Nullable ZoneCacheListener value) {
            this.listener = value;
            return this;
        }

        /**
         * A tracer, which makes reads part of traces.
         *
         * @param value null for none
         * @return this
         */
        public Builder tracer(@Nullable ReadTracer value) {
            this.tracer = value;
            return this;
        }

        /**
         * The registry for the cache's meters, which docs/operations.md lists. They are removed when the cache is closed.
         *
         * @param value null for no meters
         * @return this
         */
        public Builder meterRegistry(@Nullable MeterRegistry value) {
            this.registry = value;
            return this;
        }

        /**
         * The value of the tag {@code cache} of this cache's meters, {@code default} if none is set. If another cache has the same name in the same
         * registry, {@code -2}, {@code -3} and so on is appended.
         *
         * @param value a name
         * @return this
         * @throws IllegalArgumentException if the name is empty
         */
        public Builder name(String value) {
            if (requireNonNull(value, "name").isEmpty()) {
                throw new IllegalArgumentException("name: empty (expected: a name)");
            }
            this.name = value;
            return this;
        }

        /**
         * The executor on which callers' futures complete, and with them their dependent stages. Use it if those take longer than a few
         * microseconds: without an executor they run on the cache's own threads, where they would delay other reads. If the executor rejects a
         * task, or throws, the task runs on the cache's thread instead. A read served from the worker's own memory is complete when {@code get}
         * returns.
         *
         * <pre>{@code
         * ExecutorService unpackers = Executors.newFixedThreadPool(4);
         * ZoneCache cache = ZoneCache.builder().config(config).completionExecutor(unpackers).build();
         * cache.get(key).thenAccept(chunk -> unpack(chunk)); // takes milliseconds: worth an executor
         * }</pre>
         *
         * @param value stays open when the cache is closed; null for the cache's own threads
         * @return this
         */
        public Builder completionExecutor(@Nullable Executor value) {
            this.completionExecutor = value;
            return this;
        }

        /**
         * Starts the cache, whether or not the zone answers. If that fails, its threads and connections are closed, and the origin stays open.
         *
         * @return to be closed when it is no longer needed
         * @throws IllegalArgumentException if there is no configuration
         * @throws IllegalStateException on a Vert.x event loop or one of a cache's own threads, which must not wait for the new threads
         */
        public ZoneCache build() {
            if (config == null) {
                throw new IllegalArgumentException("config: none (expected: ClientConfig.builder()...build())");
            }
            return build(config, ClientPlatform.start(config));
        }

        /** Closes the platform if it throws. */
        ZoneCache build(ClientConfig used, ClientPlatform platform) {
            Observers observers = new Observers(listener, tracer);
            ZoneCache cache =
                    new ZoneCache(used, origin, observers, new CompletionExecutor(completionExecutor), platform);
            if (registry != null) {
                observers.bind(
                        registry,
                        name,
                        cache::stats,
                        () -> cache.view().map(ZoneView::epoch).orElse(0L));
            }
            return cache;
        }
    }
}
