package io.zonecache.client.internal.fill;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.testkit.network.EndpointState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One client of a {@link SimZone}: the real filler over a reader and a transport in virtual time. */
final class SimClient implements StripeTransport, ZoneReader, ZoneKnowledge {

    private static final long SILENCE_NANOS = MILLISECONDS.toNanos(500);

    /** After so long a silence a node counts as gone for leases too. */
    private static final long UNRESPONSIVE_NANOS = MILLISECONDS.toNanos(2_000);

    /** By node. */
    final Map<String, Integer> getsSent = new HashMap<>();

    final List<String> leaseRequests = new ArrayList<>();
    final List<LeaseOutcome> leaseEnds = new ArrayList<>();
    final LeasedFiller filler;
    int zoneReads;
    int refreshes;

    /** From here on nothing that the client sends arrives: its process is frozen. */
    boolean frozen;

    boolean hasView = true;

    /** What its misses rest on. */
    ZoneRead.Basis basis = ZoneRead.Basis.PROVEN;

    /** Its reads ask no node and miss at once, as where no node of the zone has been heard for seconds: until one answers a probe. */
    boolean isZoneSilent;

    /** Its reads ask no node that has refused them before, until it answers a probe. */
    boolean givesUpRefusingNodes;

    /** No question for a lease arrives, whatever else does. */
    boolean areLeasesUnreachable;

    /** All requests to nodes, whether they arrive or not. */
    int requests;

    int probes;

    /** What a call of another part throws, or brings in its future, instead of doing anything; null for nothing. */
    Function<Part, @Nullable Throwable> fault = part -> null;

    boolean isFaultInFuture;

    /** Hashes and encodes what is primed. */
    Executor encoder = Runnable::run;

    /** So many questions wait at each node at once; the transport sends no more. */
    int maxWaitingQuestions = Integer.MAX_VALUE;

    /** Each PUT takes so long over a narrow link, and is never silent. */
    long putMillis;

    /** So many more writes, and ends of leases, find no place in the client's own transport. */
    int writesNotSent;

    int leaseEndsNotSent;

    /** With which nodes refuse to be told of a denial; null if they do not. */
    @Nullable
    CacheErrorCode outcomeRefusal;

    /** The next lease granted is so long on its way. */
    long nextLeaseDelayMillis;

    /** Dropped for that reason. */
    int notSent;

    private final Map<String, Integer> waitingQuestions = new HashMap<>();
    private final Map<String, Long> silentSinceNanos = new HashMap<>();
    private final SimZone zone;
    private final String name;
    private final Set<String> skipped = new HashSet<>();
    private final Set<String> down = new HashSet<>();

    SimClient(
            SimZone zone,
            String name,
            FillConfig config,
            ZoneAssumptions assumptions,
            MemoryBudget memory,
            ClientTimer timer) {
        this.zone = zone;
        this.name = name;
        zone.network.attach(name, () -> frozen ? EndpointState.BLACK_HOLE : EndpointState.UP);
        this.filler = new LeasedFiller(
                config,
                assumptions,
                this,
                this,
                this,
                zone.origin,
                memory.fills(),
                ChunkCodec.DEFAULT,
                timer,
                zone.random,
                task -> encoder.execute(task));
    }

    /** What ZoneCache does for a caller, without local cache and flights. */
    CompletableFuture<FilledChunk> get(ChunkKey key, long deadlineMillis) {
        return get(ChunkName.of(key), deadlineMillis);
    }

    CompletableFuture<FilledChunk> get(ObjectRange range, long deadlineMillis) {
        return get(ChunkName.of(range), deadlineMillis);
    }

    private CompletableFuture<FilledChunk> get(ChunkName name, long deadlineMillis) {
        ChunkRead read = begin(name, null, zone.timer.nanoTime() + MILLISECONDS.toNanos(deadlineMillis));
        return read(read)
                .thenCompose(found -> found instanceof ZoneRead.Miss miss
                        ? filler.fill(read, miss)
                        : CompletableFuture.completedFuture(
                                new FilledChunk(((ZoneRead.Hit) found).chunk(), FilledChunk.Source.ZONE)));
    }

    /** What filling calls of the client's other parts. */
    enum Part {
        READ,
        PROBE,
        CURRENT_VIEW,
        REFRESH,
        IS_SKIPPED,
        IS_SILENT
    }

    /** Null unless the call's future is to fail. */
    <T> @Nullable CompletableFuture<T> failed(Part part) {
        Throwable thrown = fault.apply(part);
        if (thrown == null) {
            return null;
        }
        if (isFaultInFuture) {
            return CompletableFuture.failedFuture(thrown);
        }
        throwIt(thrown);
        return null;
    }

    void check(Part part) {
        Throwable thrown = fault.apply(part);
        if (thrown != null) {
            throwIt(thrown);
        }
    }

    private static void throwIt(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @Override
    public @Nullable String unreachableReason() {
        return null;
    }

    // ZoneReader

    @Override
    public ChunkRead begin(ChunkName name, @Nullable String traceparent, long deadlineNanos) {
        return new ChunkRead(name, traceparent, zone.random.nextInt(128), deadlineNanos);
    }

    @Override
    public CompletableFuture<ZoneRead> read(ChunkRead read) {
        zoneReads++;
        CompletableFuture<ZoneRead> failed = failed(Part.READ);
        if (failed != null) {
            return failed;
        }
        CompletableFuture<ZoneRead> result = new CompletableFuture<>();
        List<ZoneNode> placement = zone.placement.nodesFor(read.key());
        if (isZoneSilent) {
            result.complete(new ZoneRead.Miss(placement, zone.timer.nanoTime(), 0, ZoneRead.Basis.ZONE_UNREACHABLE));
            return result;
        }
        Tally tally = new Tally(placement, zone.view.settings().code().data(), read.name(), result);
        for (ZoneNode node : placement) {
            SimNode asked = zone.node(node);
            if (skipped.contains(node.id())) {
                tally.lost();
                continue;
            }
            requests++;
            if (givesUpRefusingNodes && asked.mode == SimNode.Mode.DOWN) {
                skipped.add(node.id());
            }
            if (asked.mode == SimNode.Mode.FROZEN) {
                silentSinceNanos.putIfAbsent(node.id(), zone.timer.nanoTime());
                zone.timer.schedule(MILLISECONDS.toNanos(500), () -> {
                    skipped.add(node.id());
                    tally.lost();
                });
            } else {
                tally.ask(asked);
            }
        }
        return result;
    }

    @Override
    public CompletableFuture<List<ZoneNode>> probe(ChunkRead read, List<ZoneNode> nodes) {
        CompletableFuture<List<ZoneNode>> failed = failed(Part.PROBE);
        if (failed != null) {
            return failed;
        }
        List<ZoneNode> heard = new ArrayList<>();
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (ZoneNode node : nodes) {
            probes++;
            CompletableFuture<Boolean> answer =
                    send(node, 1_000, false, false, (Consumer<Boolean> told) -> told.accept(true));
            answers.add(answer.thenApply(isHeard -> {
                if (isHeard) {
                    heard.add(node);
                    skipped.remove(node.id());
                    silentSinceNanos.remove(node.id());
                    isZoneSilent = false;
                }
                return isHeard;
            }));
        }
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> heard);
    }

    private final class Tally {
        private final List<ZoneNode> placement;
        private final int needed;
        private final ChunkName name;
        private final CompletableFuture<ZoneRead> result;
        private final Set<Integer> held = new HashSet<>();
        private final long askedNanos = zone.timer.nanoTime();
        private boolean hasSkippedStripe;
        private int unknown;

        Tally(List<ZoneNode> placement, int needed, ChunkName name, CompletableFuture<ZoneRead> result) {
            this.placement = placement;
            this.needed = needed;
            this.name = name;
            this.result = result;
            this.unknown = placement.size();
        }

        /** One node whose process stalls is passed over after a while, as the real reader does; the others are waited for. */
        void ask(SimNode node) {
            long stalledNanos = node.stalledNanos();
            if (stalledNanos >= SILENCE_NANOS && !hasSkippedStripe) {
                hasSkippedStripe = true;
                zone.timer.schedule(SILENCE_NANOS, this::lost);
            } else {
                zone.timer.schedule(stalledNanos + zone.delayNanos(), () -> answer(node));
            }
        }

        void answer(SimNode node) {
            if (node.mode == SimNode.Mode.UP) {
                for (StripeRecord record : node.stripes.getOrDefault(name.key(), List.of())) {
                    held.add(record.header().index());
                }
            }
            lost();
        }

        void lost() {
            unknown--;
            if (held.size() >= needed) {
                result.complete(new ZoneRead.Hit(ByteBuffer.wrap(zone.origin.bytes(name))));
            } else if (unknown == 0) {
                result.complete(new ZoneRead.Miss(placement, askedNanos, held.size(), basis));
            }
        }
    }

    // ZoneKnowledge

    @Override
    public @Nullable KnownView current() {
        check(Part.CURRENT_VIEW);
        if (!hasView) {
            return null;
        }
        if (down.isEmpty()) {
            return zone.known;
        }
        List<ZoneNode> known = zone.view.nodes().stream()
                .map(node -> down.contains(node.id())
                        ? new ZoneNode(node.id(), node.address(), node.domain(), node.weight(), NodeState.DOWN)
                        : node)
                .toList();
        ZoneView view = new ZoneView(zone.view.settings(), zone.view.epoch() + 1, known);
        return new KnownView(ViewJson.encode(view), new Placement(view));
    }

    /** What its next view says of these nodes. */
    void markDown(List<String> nodes) {
        down.addAll(nodes);
    }

    @Override
    public CompletableFuture<Void> known() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> refresh() {
        refreshes++;
        CompletableFuture<Void> failed = failed(Part.REFRESH);
        return failed != null ? failed : CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isSkipped(ZoneNode node) {
        check(Part.IS_SKIPPED);
        return down.contains(node.id()) || isGone(node);
    }

    @Override
    public boolean isSilent(ZoneNode node) {
        check(Part.IS_SILENT);
        return isGone(node);
    }

    private boolean isGone(ZoneNode node) {
        Long silentSince = silentSinceNanos.get(node.id());
        return silentSince != null && zone.timer.nanoTime() - silentSince >= UNRESPONSIVE_NANOS;
    }

    /** Requests that its reads have sent to the node have been unanswered for so long. */
    void silentFor(String node, long millis) {
        silentSinceNanos.put(node, zone.timer.nanoTime() - MILLISECONDS.toNanos(millis));
    }

    void forgetSkipped() {
        skipped.clear();
        silentSinceNanos.clear();
    }

    // StripeTransport

    private <T> CompletableFuture<T> send(
            ZoneNode node, long timeoutMillis, T onTimeout, T onRefused, Consumer<Consumer<T>> request) {
        requests++;
        CompletableFuture<T> result = new CompletableFuture<>();
        if (frozen) {
            return result;
        }
        zone.timer.schedule(
                MILLISECONDS.toNanos(timeoutMillis + nextLeaseDelayMillis), () -> result.complete(onTimeout));
        if (zone.node(node).mode == SimNode.Mode.FROZEN) {
            silentSinceNanos.putIfAbsent(node.id(), zone.timer.nanoTime());
        }
        Consumer<T> answered = reply -> {
            silentSinceNanos.remove(node.id());
            result.complete(reply);
        };
        zone.network.call(name, node.id(), request, answered, () -> result.complete(onRefused));
        return result;
    }

    @Override
    public CompletableFuture<PutReply> put(
            ZoneNode node, ChunkKey key, RequestContext context, List<StripeRecord> records) {
        if (writesNotSent > 0) {
            writesNotSent--;
            return CompletableFuture.completedFuture(new PutReply.NotSent("no connection"));
        }
        PutReply lost = new PutReply.Unknown("no answer");
        if (putMillis > 0) {
            requests++;
            CompletableFuture<PutReply> result = new CompletableFuture<>();
            boolean isTooLong = putMillis > context.timeoutMillis();
            zone.timer.schedule(
                    MILLISECONDS.toNanos(Math.min(putMillis, context.timeoutMillis())),
                    () -> result.complete(isTooLong ? lost : zone.node(node).put(key, records)));
            return result;
        }
        return send(
                node,
                context.silenceMillis(),
                lost,
                lost,
                answer -> answer.accept(zone.node(node).put(key, records)));
    }

    @Override
    public CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseRequest question) {
        leaseRequests.add(node.id() + " " + question.waitMillis() + (question.seenFilled() ? " seen" : ""));
        if (areLeasesUnreachable) {
            return CompletableFuture.completedFuture(new LeaseReply.Unreachable("no answer"));
        }
        if (question.waitMillis() == 0) {
            return ask(node, key, context, question);
        }
        if (waitingQuestions.getOrDefault(node.id(), 0) >= maxWaitingQuestions) {
            notSent++;
            return CompletableFuture.completedFuture(new LeaseReply.NotSent("too many questions wait"));
        }
        waitingQuestions.merge(node.id(), 1, Integer::sum);
        return ask(node, key, context, question)
                .whenComplete((reply, failure) -> waitingQuestions.merge(node.id(), -1, Integer::sum));
    }

    private CompletableFuture<LeaseReply> ask(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseRequest question) {
        return send(
                node,
                context.timeoutMillis(),
                new LeaseReply.Unreachable("no answer"),
                new LeaseReply.Unreachable("refused"),
                answer -> zone.node(node).acquire(key, name, question, reply -> {
                    long delayMillis = reply instanceof LeaseReply.Granted ? nextLeaseDelayMillis : 0;
                    nextLeaseDelayMillis -= delayMillis;
                    zone.timer.schedule(MILLISECONDS.toNanos(delayMillis), () -> answer.accept(reply));
                }));
    }

    @Override
    public CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        if (leaseEndsNotSent > 0) {
            leaseEndsNotSent--;
            return CompletableFuture.completedFuture(new PutReply.NotSent("no stream"));
        }
        leaseEnds.add(outcome);
        if (outcomeRefusal != null && outcome == LeaseOutcome.DENIED) {
            return CompletableFuture.completedFuture(new PutReply.Refused(outcomeRefusal, "outcome: " + outcome, 0));
        }
        PutReply lost = new PutReply.Unknown("no answer");
        return send(node, context.timeoutMillis(), lost, lost, answer -> {
            zone.node(node).end(key, lease, outcome);
            answer.accept(new PutReply.Acknowledged());
        });
    }

    @Override
    public CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink) {
        getsSent.merge(node.id(), 1, Integer::sum);
        return send(
                node,
                context.silenceMillis(),
                new GetReply.Unknown(GetReply.Cause.TIMEOUT, "no answer"),
                new GetReply.Lost("refused"),
                answer -> answer.accept(zone.node(node).get(key, sink)));
    }

    @Override
    public CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context) {
        throw new UnsupportedOperationException("the reader is simulated whole");
    }

    @Override
    public CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis) {
        throw new CacheException(CacheErrorCode.INTERNAL, "views are simulated whole");
    }

    @Override
    public CompletableFuture<PurgePage> purges(String address, String since, long timeoutMillis) {
        throw new CacheException(CacheErrorCode.INTERNAL, "views are simulated whole");
    }

    @Override
    public void onPurges(PurgeTokenListener listener) {}

    @Override
    public void announceEpoch(long epoch) {}

    @Override
    public void onEpoch(EpochListener listener) {}

    @Override
    public void close() {}
}
