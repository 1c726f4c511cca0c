package io.zonecache.client.internal.read;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeTracker.Choice;
import io.zonecache.client.internal.read.ChunkAssembler.Verdict;
import io.zonecache.client.internal.read.ReadState.Place;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One read of the zone, from its place in the queue to hit, miss or failure. {@link ReadState} says what to do, this does it, and a
 * {@link ReadScope} holds what it owns.
 *
 * <pre>
 *   queue --slot, memory--&gt; round: ask nodes --&gt; decode --&gt; hit
 *     ^                       |      |
 *     |                       |      +-- too few stripes --&gt; miss
 *     +--- pause, retry ------+-- undecided, or more memory needed: slot and memory go back first
 * </pre>
 *
 * Replies come on any thread; the lock is the scope's. Decoding and hashing happen outside of it, while nothing else
 * touches the stripes held: replies that come then pass their stripes over. What a collaborator throws ends the read.
 */
final class ChunkReadOperation {

    /** Rounds that headers may cost for want of memory: one for each layout that a round keeps apart. */
    private static final int MAX_REQUEUES = 4;

    private final OverRequestReader reader;
    private final ChunkRead read;
    private final ReadScope scope;
    private final RoundRetries retries;
    private int requeues;

    ChunkReadOperation(OverRequestReader reader, ChunkRead read) {
        this.reader = reader;
        this.read = read;
        this.scope = new ReadScope(reader.gate());
        this.retries = new RoundRetries(reader);
    }

    ChunkRead read() {
        return read;
    }

    /** To be called once. */
    CompletableFuture<ZoneRead> start() {
        CompletableFuture<ZoneRead> result = Objects.requireNonNull(scope.result());
        Futures.thenRun(read.cancelled(), () -> fail(reader.closed(read)));
        guarded(this::enter);
        return result;
    }

    // 1 queue

    private void enter() {
        KnownView view = reader.view();
        CacheException refusal = reader.refusal(read, view);
        if (refusal != null) {
            fail(refusal);
        } else if (view == null || reader.nodeTracker().isZoneSilent()) {
            List<ZoneNode> placement =
                    view == null ? List.of() : view.placement().nodesFor(read.key());
            reader.probeZone(read, placement);
            complete(new ZoneRead.Miss(placement, reader.nanoTime(), 0, Basis.ZONE_UNREACHABLE));
        } else {
            scope.own(reader.gate().enter(this::admitted));
        }
    }

    /** @param memory of a round, with its slot */
    private void admitted(RoundMemory memory) {
        ReadRound begun;
        try {
            begun = reader.beginRound(this, memory);
        } catch (RuntimeException | Error e) {
            reader.gate().leave(memory);
            fail(Futures.asCacheException(e));
            return;
        }
        if (scope.own(begun)) {
            guarded(() -> ask(begun));
        }
    }

    // 2 nodes

    private void ask(ReadRound begun) {
        CacheException refusal = reader.refusal(read, reader.view());
        if (refusal != null) {
            fail(refusal);
            return;
        }
        List<Integer> places;
        synchronized (scope) {
            places = begun.state.all(Place.ASKED);
        }
        ask(begun, places, true);
        hedgeLater(begun);
    }

    /** @param isFirst whether nodes that are to be avoided may be left out once more */
    private void ask(ReadRound current, List<Integer> places, boolean isFirst) {
        List<ZoneNode> nodes;
        int spare;
        synchronized (scope) {
            nodes = current.nodes(places);
            spare = current.state.sparePlaces();
        }
        Choice[] choices = isFirst
                ? reader.nodeTracker().choose(nodes, spare)
                : reader.nodeTracker().chooseAmongRest(nodes);
        List<NodeRequest> toSend;
        synchronized (scope) {
            if (!current.isOpen()) {
                return;
            }
            toSend = current.choose(this, places, choices);
        }
        toSend.forEach(request -> reader.send(read, request, reply -> guarded(() -> replied(request, reply))));
        advance();
    }

    /** Memory for a stripe that a reply brings; null if it is not wanted, or there is none. */
    @Nullable
    PayloadTarget accept(NodeRequest request, StripeHeader header) {
        try {
            PayloadTarget target;
            synchronized (scope) {
                target = request.round().accept(request, header);
            }
            request.round().memory.trim();
            return target;
        } catch (RuntimeException | Error e) {
            fail(Futures.asCacheException(e));
            return null;
        }
    }

    private void replied(NodeRequest request, GetReply reply) {
        boolean isCorrupt;
        boolean isOpen;
        synchronized (scope) {
            request.round().absorb(request, reply);
            isCorrupt = request.state == NodeFinding.State.CORRUPT;
            isOpen = request.round().isOpen();
        }
        if (isCorrupt) {
            reader.report(read, request.node());
        }
        if (isOpen) {
            advance();
        }
        offerRepair(request.round());
    }

    /** Does what the state says, until it says to wait or the round is over. */
    private void advance() {
        while (true) {
            ReadRound current;
            ReadRound.Next next;
            synchronized (scope) {
                current = scope.round();
                if (current == null) {
                    return;
                }
                next = current.next(requeues < MAX_REQUEUES);
            }
            if (next.lackingBytes() > 0) {
                requeue(current, next.lackingBytes());
                return;
            }
            switch (next.step()) {
                case WAIT -> {
                    return;
                }
                case DECODE -> decode(current);
                case ASK_REST -> ask(current, next.rest(), false);
                case MISS -> complete(miss(current, Basis.PROVEN));
                case SILENT_MISS -> complete(miss(current, Basis.SILENT_NODES));
                case PURGED -> fail(new CacheException(CacheErrorCode.PURGED, "chunk " + read.key() + ": purged"));
                case UNDECIDED -> undecided(current);
            }
        }
    }

    private ZoneRead.Miss miss(ReadRound current, Basis basis) {
        synchronized (scope) {
            return new ZoneRead.Miss(current.nodes(), current.startNanos, current.state.maxHeld(), basis);
        }
    }

    // 3 late answers

    private void hedgeLater(ReadRound current) {
        synchronized (scope) {
            if (current.isOpen() && !current.state.hedges().isEmpty()) {
                current.hedge = reader.hedgeLater(() -> guarded(() -> hedge(current)));
            }
        }
    }

    /** The read is late: asks the places left out if the budget allows, or if a node asked is known not to answer by now. */
    private void hedge(ReadRound current) {
        boolean isInVain = !NodeRequest.filter(awaited(current), reader.nodeTracker()::isSkipped)
                .isEmpty();
        if (isInVain || reader.tryHedge()) {
            List<Integer> rest;
            synchronized (scope) {
                rest = current.takeHedges();
            }
            ask(current, rest, false);
        }
        hedgeLater(current);
    }

    /** Nodes that have fallen silent are no longer waited for. */
    void recheckSilence() {
        ReadRound current = scope.round();
        if (current == null) {
            return;
        }
        guarded(() -> {
            List<NodeRequest> silent = NodeRequest.filter(awaited(current), reader.nodeTracker()::isSilent);
            synchronized (scope) {
                silent.forEach(current::suspect);
            }
            if (!silent.isEmpty()) {
                advance();
            }
        });
    }

    private List<NodeRequest> awaited(ReadRound current) {
        synchronized (scope) {
            return current.isOpen() ? current.awaited() : List.of();
        }
    }

    // 4 retries

    private void undecided(ReadRound current) {
        long impossibleBytes;
        synchronized (scope) {
            impossibleBytes = current.impossibleBytes();
        }
        if (impossibleBytes > 0) {
            fail(current.memory.tooLarge(read.key(), impossibleBytes));
        } else if (scope.leave(current)) {
            retryLater(current);
        }
    }

    /** Ends a round that lacks memory, to be had again once there is enough. */
    private void requeue(ReadRound current, long needBytes) {
        synchronized (scope) {
            requeues++;
        }
        scope.requeue(current, needBytes, this::admitted);
    }

    /**
     * Within the deadline, as {@link RoundRetries} allows. No retry is needed once the nodes that were undecided have been silent for seconds.
     */
    private void retryLater(ReadRound undecided) {
        if (reader.nodeTracker().isZoneSilent()) {
            enter();
            return;
        }
        List<NodeRequest> silent = NodeRequest.filter(undecided.undecided(), reader.nodeTracker()::isUnresponsive);
        boolean isMiss;
        synchronized (scope) {
            isMiss = undecided.isMissIfSilent(silent);
        }
        if (isMiss) {
            complete(miss(undecided, Basis.SILENT_NODES));
            return;
        }
        long pauseNanos = retries.nextPauseNanos();
        if (pauseNanos < read.deadlineNanos() - reader.nanoTime()) {
            scope.own(reader.schedule(pauseNanos, () -> guarded(() -> retry(undecided))));
        } else {
            fail(OverRequestReader.uncertain(read, retries.made()));
        }
    }

    private void retry(ReadRound undecided) {
        if (scope.isClosed()) {
            return;
        }
        if (retries.tryRetry(undecided, isHeardAgain(undecided))) {
            enter();
        } else {
            retryLater(undecided);
        }
    }

    private boolean isHeardAgain(ReadRound undecided) {
        List<NodeRequest> suspects;
        synchronized (scope) {
            suspects = undecided.suspects();
        }
        return !suspects.isEmpty()
                && suspects.stream().noneMatch(request -> reader.nodeTracker().isSilent(request.node()));
    }

    // 5 decoding

    private void decode(ReadRound current) {
        RoundDecoder decoder = RoundDecoder.begin(scope, current);
        decoder.guard(() -> {
            if (decoder.lacksData()) {
                reader.reconstructed();
            }
            Verdict verdict = decoder.decode();
            if (verdict != null) {
                hit(current, decoder, verdict);
            } else {
                search(current, decoder);
            }
        });
    }

    /** Looks for the corrupt stripe, off the event loop; where there is no memory for that, the round comes again once there is. */
    private void search(ReadRound current, RoundDecoder decoder) {
        long lackingBytes = decoder.takeMemoryForSearch();
        if (lackingBytes == 0) {
            reader.runSearch(() -> guarded(() -> decoder.guard(() -> searchNow(current, decoder))));
        } else if (decoder.end()) {
            if (current.memory.isPossible(lackingBytes)) {
                scope.requeue(current, lackingBytes, this::admitted);
            } else {
                fail(current.memory.tooLarge(read.key(), lackingBytes));
            }
        }
    }

    private void searchNow(ReadRound current, RoundDecoder decoder) {
        Verdict verdict = decoder.search();
        if (verdict != null) {
            hit(current, decoder, verdict);
        } else if (decoder.endInVain()) {
            advance();
        }
    }

    private void hit(ReadRound current, RoundDecoder decoder, Verdict verdict) {
        StripeCollector.Senders senders = decoder.endWithHit(verdict);
        if (senders == null) {
            return;
        }
        senders.ofValid().forEach(reader.nodeTracker()::validStripe);
        senders.ofCorrupt().forEach(node -> reader.report(read, node));
        complete(new ZoneRead.Hit(verdict.chunk()));
        reader.hit(read, reader.nanoTime() - current.startNanos);
        offerRepair(current);
    }

    /** Tells what may be repaired once all nodes have answered. */
    private void offerRepair(ReadRound ended) {
        Repairable hit;
        synchronized (scope) {
            hit = ended.takeRepairable();
        }
        if (hit != null) {
            reader.offerRepair(read, hit);
        }
    }

    // 6 ends

    private void complete(ZoneRead found) {
        scope.close(() -> reader.ended(this), result -> result.complete(found));
    }

    /** Ends the read without an answer, unless it has one. */
    void fail(CacheException failure) {
        scope.close(() -> reader.ended(this), result -> result.completeExceptionally(failure));
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            fail(Futures.asCacheException(e));
        }
    }
}
