package io.zonecache.client.internal.read;

import io.zonecache.client.ReaderStats;
import io.zonecache.client.Verification;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.node.NodeHealth;
import io.zonecache.client.internal.node.NodeHealth.Outcome;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.Protocol;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the nodes of a placement, all n or k first; the first k distinct, verified stripes win (docs/decisions/0008-read-path.md). Safe for
 * concurrent use; futures complete on the transport's threads.
 */
public final class OverRequestReader implements ZoneReader, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OverRequestReader.class);
    private static final CodeSpec BEFORE_ANY_VIEW = new CodeSpec(CodeName.XOR, 1, 0);
    private static final long FIRST_RETRY_MILLIS = 10;
    private static final long MAX_RETRY_MILLIS = 500;

    /** A timer is no finer. */
    private static final long MIN_HEDGE_NANOS = 1_000_000L;

    private final StripeTransport transport;
    private final Supplier<@Nullable KnownView> views;
    private final NodeHealth health;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ReadOptions options;
    private final ReadListener listener;
    private final Hedging hedging;
    private final ReadGate gate;
    private final RoundMemory noMemory;
    private final Set<OneChunkRead> underWay = ConcurrentHashMap.newKeySet();
    private final RetryBudget retryBudget;
    private final LongAdder stripeRequests = new LongAdder();
    private final LongAdder hedges = new LongAdder();
    private final LongAdder zoneRetries = new LongAdder();
    private final LongAdder reconstructed = new LongAdder();
    private final LongAdder badStripes = new LongAdder();
    private volatile boolean isClosed;

    /**
     * @param views the newest view known, or null before the first
     * @param random draws ranks and jitter; must be safe for concurrent use
     * @param memory of chunks that come in
     */
    public OverRequestReader(
            StripeTransport transport,
            Supplier<@Nullable KnownView> views,
            NodeHealth health,
            ClientTimer timer,
            RandomGenerator random,
            ReadOptions options,
            MemoryBudget.Share memory,
            ReadListener listener) {
        this.transport = transport;
        this.views = views;
        this.health = health;
        this.timer = timer;
        this.random = random;
        this.options = options;
        this.listener = listener;
        this.hedging = new Hedging(options.policy());
        this.gate = new ReadGate(options.maxRounds(), options.queueLength(), memory);
        this.noMemory = new RoundMemory(gate, memory, 0, false);
        noMemory.release();
        this.retryBudget = new RetryBudget(options.retryRatio(), timer.nanoTime());
    }

    @Override
    public ChunkRead begin(
            ChunkKey key, @Nullable ObjectRange range, @Nullable String traceparent, long deadlineNanos) {
        return new ChunkRead(key, range, traceparent, random.nextInt(Protocol.RANKS), deadlineNanos);
    }

    public ReaderStats stats() {
        return new ReaderStats(
                stripeRequests.sum(), hedges.sum(), zoneRetries.sum(), reconstructed.sum(), badStripes.sum());
    }

    @Override
    public CompletableFuture<ZoneRead> read(ChunkRead read) {
        OneChunkRead one = new OneChunkRead(this, read);
        CompletableFuture<ZoneRead> result = new CompletableFuture<>();
        try {
            gate.enter(memory -> enter(one, memory, result));
        } catch (CacheException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private void enter(OneChunkRead read, RoundMemory memory, CompletableFuture<ZoneRead> result) {
        KnownView view = views.get();
        CacheException refusal = refusal(read, view);
        if (refusal != null) {
            memory.release();
            result.completeExceptionally(refusal);
            gate.leave(memory);
        } else if (view == null) {
            memory.release();
            result.complete(new ZoneRead.Miss(List.of(), timer.nanoTime(), 0, ZoneRead.Basis.ZONE_UNREACHABLE));
            gate.leave(memory);
        } else {
            underWay.add(read);
            Futures.forward(read.start(view, memory), result);
            if (isClosed) {
                read.giveUp(closed(read));
            }
        }
    }

    private @Nullable CacheException refusal(OneChunkRead read, @Nullable KnownView view) {
        if (isClosed) {
            return closed(read);
        }
        if (remainingMillis(read) < 1) {
            return new CacheException(
                    CacheErrorCode.DEADLINE_EXCEEDED, "chunk " + read.key() + ": no time left to ask the zone");
        }
        if (view != null && read.request().range() != null && hashIsKey(view)) {
            return new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    read.request().range() + ": zone " + view.view().settings().zone()
                            + " has the key scheme sha256 (expected: opaque, where ranges of objects can be named)");
        }
        return null;
    }

    /** Rounds under way fail with {@code CLOSED}; close the transport after this. */
    @Override
    public void close() {
        isClosed = true;
        underWay.forEach(read -> read.giveUp(closed(read)));
    }

    /** What a read holds before its first round. */
    RoundMemory noMemory() {
        return noMemory;
    }

    NodeHealth health() {
        return health;
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    /** Places to leave out at first, among so many. */
    BitSet leaveOut(int places, int needed) {
        return hedging.leftOut(places, needed, random);
    }

    /** Lets a read that has left places out think again once it is late. */
    ClientTimer.Scheduled hedgeLater(Runnable hedge) {
        return timer.schedule(Math.max(MIN_HEDGE_NANOS, hedging.delayNanos()), hedge);
    }

    boolean tryHedge() {
        boolean mayHedge = hedging.tryHedge();
        if (mayHedge) {
            hedges.increment();
        }
        return mayHedge;
    }

    void reconstructed() {
        reconstructed.increment();
    }

    Verification verification() {
        return options.verification();
    }

    CodeSpec codeForPlanning() {
        KnownView view = views.get();
        return view == null ? BEFORE_ANY_VIEW : view.view().settings().code();
    }

    void send(OneChunkRead read, NodeAsk ask, Consumer<GetReply> onReply) {
        long sentNanos = timer.nanoTime();
        long timeoutMillis = Math.max(1, Math.min(options.attemptMillis(), remainingMillis(read)));
        RequestContext context = new RequestContext(
                timeoutMillis,
                timeoutMillis,
                read.request().rank(),
                null,
                read.request().traceparent());
        stripeRequests.increment();
        Futures.whenDone(transport.get(ask.node(), read.key(), context, ask), (reply, failure) -> {
            GetReply known = reply != null
                    ? reply
                    : new GetReply.Unknown(GetReply.Cause.NOT_SENT, "the transport failed: " + failure);
            health.tell(ask.node(), outcome(known), timer.nanoTime() - sentNanos);
            onReply.accept(known);
        });
    }

    /** A node has sent a bad stripe: it is to check what it holds, and to be doubted. */
    void report(OneChunkRead read, ZoneNode node) {
        health.corrupt(node);
        badStripes.increment();
        RequestContext context =
                new RequestContext(options.attemptMillis(), read.request().rank(), null);
        Futures.whenDone(transport.reportCorrupt(node, read.key(), context), (reply, failure) -> {
            if (reply instanceof PutReply.Refused refused) {
                LOG.debug("node {} refused the report of a bad stripe: {}", node.id(), refused.detail());
            }
        });
    }

    void hit(OneChunkRead read, long nanos) {
        hedging.hit(nanos);
        retryBudget.succeeded();
        listener.hit(read.key());
    }

    void repairable(OneChunkRead read, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        listener.repairable(read.key(), chunk, code, findings);
    }

    void leave(OneChunkRead read, RoundMemory memory) {
        underWay.remove(read);
        gate.leave(memory);
    }

    /** The round begins anew, before others' first, once so much is free. */
    void requeue(OneChunkRead read, RoundMemory held, long needBytes, CompletableFuture<ZoneRead> result) {
        underWay.remove(read);
        gate.requeue(held, needBytes, memory -> enter(read, memory, result));
    }

    /** Retries within the deadline as soon as the budget allows: after 10 ms, doubling to 500 ms, half of it random. */
    void retryLater(OneChunkRead read, int retries, Runnable retry) {
        if (isClosed) {
            read.giveUp(closed(read));
            return;
        }
        long pauseMillis = Math.min(MAX_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(retries, 16));
        pauseMillis = pauseMillis / 2 + random.nextLong(pauseMillis / 2 + 1);
        if (pauseMillis >= remainingMillis(read)) {
            read.giveUp(new CacheException(
                    CacheErrorCode.ZONE_UNCERTAIN,
                    "chunk " + read.key() + ": too few nodes answered in time, after " + retries + " retries"));
            return;
        }
        timer.schedule(TimeUnit.MILLISECONDS.toNanos(pauseMillis), () -> {
            if (!isClosed && retryBudget.tryTake(timer.nanoTime())) {
                zoneRetries.increment();
                retry.run();
            } else {
                retryLater(read, retries + 1, retry);
            }
        });
    }

    static boolean hashIsKey(KnownView view) {
        return view.view().settings().keyScheme() == KeyScheme.SHA256;
    }

    private long remainingMillis(OneChunkRead read) {
        return TimeUnit.NANOSECONDS.toMillis(read.request().deadlineNanos() - timer.nanoTime());
    }

    private static Outcome outcome(GetReply reply) {
        if (reply instanceof GetReply.Lost) {
            return Outcome.FAILED;
        }
        if (reply instanceof GetReply.Unknown unknown) {
            return switch (unknown.cause()) {
                case TIMEOUT -> Outcome.TIMED_OUT;
                case REFUSED -> Outcome.ANSWERED;
                case CUT_OFF -> Outcome.FAILED;
                case NOT_SENT -> Outcome.NOT_SENT;
            };
        }
        return Outcome.ANSWERED;
    }

    private static CacheException closed(OneChunkRead read) {
        return new CacheException(CacheErrorCode.CLOSED, "chunk " + read.key() + ": the client was closed");
    }
}
