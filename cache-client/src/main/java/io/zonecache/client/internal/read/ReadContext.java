package io.zonecache.client.internal.read;

import io.zonecache.client.Verification;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.limit.TokenBucket;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all reads of one client share. Knows no individual read; safe for concurrent use. */
final class ReadContext {

    /** Retries that time alone earns: a failing zone yields no hits. */
    private static final double RETRIES_PER_SECOND = 1;

    private static final double MAX_SAVED_RETRIES = 10;

    final StripeTransport transport;
    final Supplier<@Nullable KnownView> views;
    final NodeTracker nodeTracker;
    final ClientTimer timer;
    final RandomGenerator random;
    final ReadOptions options;
    final ReadListener listener;
    final ChunkCodec codec;
    final PayloadArrays payloads;
    private final DecodingThreads threads;

    final Hedging hedging;
    final ReadGate gate;
    final TokenBucket retryBudget;
    final SilenceChecks silenceChecks;
    final ReaderCounters counters = new ReaderCounters();

    private volatile boolean isClosed;

    ReadContext(
            StripeTransport transport,
            Supplier<@Nullable KnownView> views,
            NodeTracker nodeTracker,
            ClientTimer timer,
            RandomGenerator random,
            ReadOptions options,
            MemoryBudget.Share memory,
            ReadListener listener,
            DecodingThreads threads,
            ChunkCodec codec) {
        this.transport = transport;
        this.views = views;
        this.nodeTracker = nodeTracker;
        this.timer = timer;
        this.random = random;
        this.options = options;
        this.listener = listener;
        this.threads = threads;
        this.codec = codec;
        this.payloads = new PayloadArrays(codec);
        this.hedging = new Hedging(options.policy());
        this.gate = new ReadGate(options.maxRounds(), options.queueLength(), memory);
        this.retryBudget =
                new TokenBucket(options.retryRatio(), RETRIES_PER_SECOND, MAX_SAVED_RETRIES, 1, timer::nanoTime);
        this.silenceChecks = new SilenceChecks(timer);
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    private long remainingMillis(ChunkRead read) {
        return TimeUnit.NANOSECONDS.toMillis(read.deadlineNanos() - timer.nanoTime());
    }

    /** For a GET within the read's deadline, and no longer than {@code maxMillis}. */
    RequestContext requestContext(ChunkRead read, long maxMillis) {
        long timeoutMillis = Math.max(1, Math.min(maxMillis, remainingMillis(read)));
        return new RequestContext(
                timeoutMillis, Math.min(options.attemptMillis(), timeoutMillis), read.rank(), null, read.traceparent());
    }

    /** Why no round of a read can begin now; null if one can. */
    @Nullable
    CacheException refusal(ChunkRead read) {
        if (isClosed || read.isCancelled()) {
            return closed(read);
        }
        if (remainingMillis(read) < 1) {
            return read.explain(new CacheException(
                    CacheErrorCode.DEADLINE_EXCEEDED, read.name().describe() + ": no time left to ask the zone"));
        }
        return null;
    }

    CacheException closed(ChunkRead read) {
        return new CacheException(
                CacheErrorCode.CLOSED,
                read.name().describe() + (isClosed ? ": the client was closed" : ": nobody waits for it"));
    }

    /**
     * Runs the decoding of a round. Hashing takes far longer than anything else that an event loop does for a chunk, so other rounds' stripes would
     * wait for it; a round that is alone is hashed at once, since a change of threads costs a tenth of its time.
     */
    void runDecoding(Runnable decoding) {
        if (options.verification() != Verification.FULL || gate.inFlight() <= 1) {
            decoding.run();
            return;
        }
        try {
            threads.hashing().execute(decoding);
        } catch (RejectedExecutionException e) {
            decoding.run();
        }
    }

    /** @throws CacheException {@code BUSY} if too many wait already */
    void runSearch(Runnable search) {
        try {
            threads.searches().execute(search);
        } catch (RejectedExecutionException e) {
            throw new CacheException(
                    CacheErrorCode.BUSY, "searches for corrupt stripes: too many wait (expected: a free place)", e);
        }
    }

    /** Whether the budget allows a late read to ask the places left out; if so, the read is charged. */
    boolean tryHedge() {
        boolean mayHedge = hedging.tryHedge();
        if (mayHedge) {
            counters.hedges.increment();
        }
        return mayHedge;
    }

    /** From here on no round begins. */
    void close() {
        isClosed = true;
    }
}
