package io.zonecache.client.internal.flight;

import io.zonecache.client.Chunk;
import io.zonecache.client.ReadStats;
import io.zonecache.client.internal.CompletionExecutor;
import io.zonecache.client.internal.fill.ZoneFiller;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.observe.Observers;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** All requests of a cache's callers, and what they share. Safe for concurrent use, never blocks. */
public final class ChunkRequests implements AutoCloseable {

    final int maxRequests;
    final BiFunction<ChunkKey, ByteBuffer, Chunk> chunks;
    final LocalCache local;
    final Observers observers;
    final CompletionExecutor completions;
    final ClientTimer timer;
    final Flights flights;
    final ReadCounters counters = new ReadCounters();

    private final AtomicInteger slotsTaken = new AtomicInteger();
    private final Set<ChunkRequest> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    /**
     * Does not close any of its parameters.
     *
     * @param maxRequests maximum number of requests that wait at once; more are refused
     * @param chunks makes a chunk from its key and its verified, read-only bytes
     * @param random must be safe for concurrent use
     */
    public ChunkRequests(
            int maxRequests,
            BiFunction<ChunkKey, ByteBuffer, Chunk> chunks,
            LocalCache local,
            ZoneKnowledge zone,
            ZoneReader reader,
            ZoneFiller filler,
            Observers observers,
            CompletionExecutor completions,
            ClientTimer timer,
            RandomGenerator random) {
        this.maxRequests = maxRequests;
        this.chunks = chunks;
        this.local = local;
        this.observers = observers;
        this.completions = completions;
        this.timer = timer;
        this.flights = new Flights(new ChunkLoader(zone, reader, filler, local), timer, random);
    }

    /**
     * The chunk, verified. The future fails with a {@link CacheException}; cancelling it ends the request.
     *
     * @param timeoutNanos at most {@link io.zonecache.client.internal.time.Timeouts#MAX_NANOS}; with 0 or less, only a chunk of the
     *     local cache is served
     */
    public CompletableFuture<Chunk> get(ChunkName name, long timeoutNanos) {
        if (isClosed) {
            return CompletableFuture.failedFuture(closed());
        }
        return new ChunkRequest(this, name, timeoutNanos).start();
    }

    public ReadStats stats() {
        return counters.stats(slotsTaken.get());
    }

    /** Requests in flight and later ones fail with {@code CLOSED}; loads are cancelled. Idempotent. */
    @Override
    public void close() {
        isClosed = true;
        inFlight.forEach(request -> request.fail(closed()));
    }

    boolean isClosed() {
        return isClosed;
    }

    /** The failure of calls that come after the cache was closed. */
    public static CacheException closed() {
        return new CacheException(CacheErrorCode.CLOSED, "cache: closed");
    }

    /** Takes a slot; false if all are taken. */
    boolean takeSlot(ChunkRequest request) {
        if (slotsTaken.incrementAndGet() > maxRequests) {
            slotsTaken.decrementAndGet();
            return false;
        }
        try {
            inFlight.add(request);
        } catch (RuntimeException | Error e) {
            slotsTaken.decrementAndGet();
            throw e;
        }
        return true;
    }

    void releaseSlot(ChunkRequest request) {
        inFlight.remove(request);
        slotsTaken.decrementAndGet();
    }
}
