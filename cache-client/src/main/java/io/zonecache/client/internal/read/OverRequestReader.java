package io.zonecache.client.internal.read;

import io.zonecache.client.ReaderStats;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.node.NodeTracker.Outcome;
import io.zonecache.client.internal.read.ReadState.Place;
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
import io.zonecache.model.KeyScheme;
import io.zonecache.model.Protocol;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.limit.TokenBucket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the nodes of a placement, all n or k first; the first k distinct, verified stripes win (docs/decisions/0008-read-path.md). What
 * one read does is in {@link ChunkReadOperation}; this is what all of them share. Safe for concurrent use; futures complete on the
 * transport's threads.
 */
public final class OverRequestReader implements ZoneReader, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OverRequestReader.class);
    private static final long FIRST_RETRY_MILLIS = 10;
    private static final long MAX_RETRY_MILLIS = 500;

    /** Retries that time alone earns: a zone in trouble yields no hits. */
    private static final double RETRIES_PER_SECOND = 1;

    private static final double MAX_SAVED_RETRIES = 10;

    /** Of one request to a node, however patient its caller: as long as the longest deadline that can be configured. */
    private static final long MAX_REQUEST_MILLIS = 600_000;

    /** Of one request that only finds out whether a node answers, with an answer that is long on its way. */
    private static final long MAX_PROBE_MILLIS = 5_000;

    /** A timer is no finer. */
    private static final long MIN_HEDGE_NANOS = 1_000_000L;

    /** How often reads under way look whether they wait for a node that has fallen silent: half of the time that makes it so. */
    private static final long SILENCE_CHECK_NANOS = 250_000_000L;

    private final StripeTransport transport;
    private final Supplier<@Nullable KnownView> views;
    private final NodeTracker nodeTracker;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ReadOptions options;
    private final ReadListener listener;
    private final Executor searches;
    private final ChunkCodec codec;
    private final Hedging hedging;
    private final ReadGate gate;
    private final Set<ChunkReadOperation> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isSilenceCheckDue = new AtomicBoolean();
    private final TokenBucket retryBudget;
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
     * @param searches where corrupt stripes are searched for, which takes as long as decoding and hashing a chunk many times
     */
    public OverRequestReader(
            StripeTransport transport,
            Supplier<@Nullable KnownView> views,
            NodeTracker nodeTracker,
            ClientTimer timer,
            RandomGenerator random,
            ReadOptions options,
            MemoryBudget.Share memory,
            ReadListener listener,
            Executor searches,
            ChunkCodec codec) {
        this.transport = transport;
        this.views = views;
        this.nodeTracker = nodeTracker;
        this.timer = timer;
        this.random = random;
        this.options = options;
        this.listener = listener;
        this.searches = searches;
        this.codec = codec;
        this.hedging = new Hedging(options.policy());
        this.gate = new ReadGate(options.maxRounds(), options.queueLength(), memory);
        this.retryBudget =
                new TokenBucket(options.retryRatio(), RETRIES_PER_SECOND, MAX_SAVED_RETRIES, 1, timer::nanoTime);
    }

    @Override
    public ChunkRead begin(
            ChunkKey key, @Nullable ObjectRange range, @Nullable String traceparent, long deadlineNanos) {
        return new ChunkRead(key, range, traceparent, random.nextInt(Protocol.RANKS), deadlineNanos);
    }

    @Override
    public CompletableFuture<ZoneRead> read(ChunkRead read) {
        ChunkReadOperation operation = new ChunkReadOperation(this, read);
        underWay.add(operation);
        return operation.start();
    }

    @Override
    public CompletableFuture<List<ZoneNode>> probe(ChunkRead read, List<ZoneNode> nodes) {
        List<CompletableFuture<Boolean>> probes =
                nodes.stream().map(node -> probe(read, node)).toList();
        return CompletableFuture.allOf(probes.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> IntStream.range(0, nodes.size())
                        .filter(i -> probes.get(i).join())
                        .mapToObj(nodes::get)
                        .toList());
    }

    public ReaderStats stats() {
        return new ReaderStats(
                stripeRequests.sum(), hedges.sum(), zoneRetries.sum(), reconstructed.sum(), badStripes.sum());
    }

    /** Rounds that hold a slot and memory now. */
    public int roundsUnderWay() {
        return gate.underWay();
    }

    /** Rounds that wait for a slot or memory now. */
    public int roundsWaiting() {
        return gate.waiting();
    }

    /** Reads under way fail with {@code CLOSED}; close the transport after this. */
    @Override
    public void close() {
        isClosed = true;
        underWay.forEach(operation -> operation.fail(closed(operation.read())));
    }

    // For operations

    @Nullable
    KnownView view() {
        return views.get();
    }

    /** Why no round can begin now; null if one can. */
    @Nullable
    CacheException refusal(ChunkRead read, @Nullable KnownView view) {
        if (isClosed || read.isCancelled()) {
            return closed(read);
        }
        if (remainingMillis(read) < 1) {
            return new CacheException(
                    CacheErrorCode.DEADLINE_EXCEEDED, "chunk " + read.key() + ": no time left to ask the zone");
        }
        if (view != null && read.range() != null && hashIsKey(view)) {
            return new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    read.range() + ": zone " + view.view().settings().zone()
                            + " has the key scheme sha256 (expected: opaque, where ranges of objects can be named)");
        }
        return null;
    }

    CacheException closed(ChunkRead read) {
        return new CacheException(
                CacheErrorCode.CLOSED,
                "chunk " + read.key() + (isClosed ? ": the client was closed" : ": nobody waits for it"));
    }

    static CacheException uncertain(ChunkRead read, int retries) {
        return new CacheException(
                CacheErrorCode.ZONE_UNCERTAIN,
                "chunk " + read.key() + ": too few nodes answered in time, after " + retries + " retries");
    }

    void ended(ChunkReadOperation operation) {
        underWay.remove(operation);
    }

    /** @param memory becomes the round's */
    ReadRound beginRound(ChunkReadOperation operation, RoundMemory memory) {
        KnownView view = Objects.requireNonNull(view());
        ChunkRead read = operation.read();
        KeyCheck check = new KeyCheck(read.key(), hashIsKey(view), options.verification(), codec);
        ReadRound round = new ReadRound(operation, view, check, memory, nanoTime());
        if (read.beginRound()) {
            hedging.leftOut(round.places(), round.state.placesNeeded(), random).stream()
                    .forEach(place -> round.state.set(place, Place.LEFT_OUT));
        }
        return round;
    }

    ReadGate gate() {
        return gate;
    }

    NodeTracker nodeTracker() {
        return nodeTracker;
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    ClientTimer.Scheduled schedule(long delayNanos, Runnable task) {
        return timer.schedule(delayNanos, task);
    }

    /** @throws CacheException {@code BUSY} if too many wait already */
    void runSearch(Runnable search) {
        try {
            searches.execute(search);
        } catch (RejectedExecutionException e) {
            throw new CacheException(
                    CacheErrorCode.BUSY, "searches for corrupt stripes: too many wait (expected: a free place)", e);
        }
    }

    /** Schedules the hedge of a read that has left places out. */
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

    /** 10 ms, doubling to 500 ms; half of it random. */
    long retryPauseNanos(int retries) {
        long maxMillis = Math.min(MAX_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(retries, 16));
        long maxNanos = TimeUnit.MILLISECONDS.toNanos(maxMillis);
        return maxNanos / 2 + random.nextLong(maxNanos / 2 + 1);
    }

    /** Whether the budget allows a retry now, which it then pays. */
    boolean trySpendRetry() {
        return retryBudget.trySpend(1);
    }

    void countRetry() {
        zoneRetries.increment();
    }

    void reconstructed() {
        reconstructed.increment();
    }

    /** @param onReply called once, whatever the transport does */
    void send(ChunkRead read, NodeRequest request, Consumer<GetReply> onReply) {
        long sentNanos = timer.nanoTime();
        RequestContext context = context(read, MAX_REQUEST_MILLIS);
        stripeRequests.increment();
        CompletableFuture<GetReply> answer =
                Futures.call(() -> transport.get(request.node(), read.key(), context, request));
        Futures.whenDone(answer, (reply, failure) -> {
            GetReply known = reply != null
                    ? reply
                    : new GetReply.Unknown(GetReply.Cause.NOT_SENT, "the transport failed: " + failure);
            long nanos = timer.nanoTime() - sentNanos;
            if (outcome(known) == Outcome.TIMED_OUT && !request.isWritten()) {
                nodeTracker.connectionUnanswered(request.node(), nanos);
            }
            nodeTracker.requestEnded(request.node(), outcome(known), nanos);
            onReply.accept(known);
        });
        checkSilenceLater();
    }

    private RequestContext context(ChunkRead read, long maxMillis) {
        long timeoutMillis = Math.max(1, Math.min(maxMillis, remainingMillis(read)));
        return new RequestContext(
                timeoutMillis, Math.min(options.attemptMillis(), timeoutMillis), read.rank(), null, read.traceparent());
    }

    /** Lets one read a second ask one of its nodes whether the zone is back, without waiting for the answer. */
    void probeZone(ChunkRead read, List<ZoneNode> placement) {
        if (placement.isEmpty() || !nodeTracker.takeZoneProbe()) {
            return;
        }
        Futures.whenDone(probe(read, placement.get(random.nextInt(placement.size()))), (isHeard, failure) -> {});
    }

    private CompletableFuture<Boolean> probe(ChunkRead read, ZoneNode node) {
        return new NodeProbe(nodeTracker, node).send(transport, read.key(), context(read, MAX_PROBE_MILLIS), timer);
    }

    /** One timer for all reads: most end long before it matters. */
    private void checkSilenceLater() {
        if (isSilenceCheckDue.get() || !isSilenceCheckDue.compareAndSet(false, true)) {
            return;
        }
        try {
            timer.schedule(SILENCE_CHECK_NANOS, this::checkSilence);
        } catch (RuntimeException | Error e) {
            isSilenceCheckDue.set(false);
            throw e;
        }
    }

    private void checkSilence() {
        isSilenceCheckDue.set(false);
        underWay.forEach(ChunkReadOperation::recheckSilence);
        if (!underWay.isEmpty() && !isClosed) {
            checkSilenceLater();
        }
    }

    /** Records a corrupt stripe against its node, and reports it so that the node checks its copy. */
    void report(ChunkRead read, ZoneNode node) {
        nodeTracker.corruptStripe(node);
        badStripes.increment();
        RequestContext context = new RequestContext(options.attemptMillis(), read.rank(), null);
        Futures.whenDone(Futures.call(() -> transport.reportCorrupt(node, read.key(), context)), (reply, failure) -> {
            if (reply instanceof PutReply.Refused refused) {
                LOG.debug("node {} refused the report of a corrupt stripe: {}", node.id(), refused.detail());
            }
        });
    }

    void hit(ChunkRead read, long nanos) {
        hedging.hit(nanos);
        retryBudget.earn();
        listener.hit(read.key());
    }

    /** Tells the listener, if a node needs what was read. */
    void offerRepair(ChunkRead read, Repairable hit) {
        ByteBuffer chunk = hit.neededChunk();
        if (chunk != null) {
            listener.repairable(read.key(), chunk, hit.code(), hit.findings());
        }
    }

    private static boolean hashIsKey(KnownView view) {
        return view.view().settings().keyScheme() == KeyScheme.SHA256;
    }

    private long remainingMillis(ChunkRead read) {
        return TimeUnit.NANOSECONDS.toMillis(read.deadlineNanos() - timer.nanoTime());
    }

    static Outcome outcome(GetReply reply) {
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
}
