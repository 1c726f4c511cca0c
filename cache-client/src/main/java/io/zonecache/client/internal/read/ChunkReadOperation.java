package io.zonecache.client.internal.read;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeTracker.Choice;
import io.zonecache.client.internal.read.ReadScope.Resource;
import io.zonecache.client.internal.read.ReadState.PlaceState;
import io.zonecache.client.internal.read.RoundDecoder.Outcome;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One read of the zone, from its place in the queue to hit, miss or failure. {@link ReadState} decides what to do, this class does it, and a
 * {@link ReadScope} holds what it owns.
 *
 * <pre>
 *   queue --slot, memory--&gt; round: ask nodes --&gt; decode --&gt; hit
 *     ^                       |      |
 *     |                       |      +-- too few stripes --&gt; miss
 *     +--- pause, retry ------+-- undecided, or more memory needed: slot and memory go back first
 * </pre>
 *
 * Replies come on any thread; the lock is the scope's. Decoding and hashing happen outside it, while nothing else touches the stripes held: stripes
 * that arrive meanwhile are passed over. Anything that a collaborator throws ends the read.
 */
final class ChunkReadOperation {

    /** The resolution of a timer. */
    private static final long MIN_HEDGE_NANOS = 1_000_000L;

    private final ReadContext context;
    private final ChunkRead read;
    private final ReadScope scope;
    private final RoundRetries retries;
    private final ReadReports reports;

    /** The round whose nodes were asked last; null before, and once the read has ended. Guarded by the scope's lock. */
    private @Nullable ReadRound asking;

    ChunkReadOperation(ReadContext context, ChunkRead read) {
        this.context = context;
        this.read = read;
        this.scope = new ReadScope(context.gate);
        this.retries = new RoundRetries(context, read);
        this.reports = new ReadReports(context, read);
    }

    /** To be called once. */
    CompletableFuture<ZoneRead> start() {
        CompletableFuture<ZoneRead> result = Objects.requireNonNull(scope.result());
        Futures.thenRun(read.cancelled(), this::close);
        guarded(this::enter);
        return result;
    }

    /** Fails with {@code CLOSED}, unless the read has ended. */
    void close() {
        fail(context.closed(read));
    }

    // 1 queue

    private void enter() {
        KnownView view = context.views.get();
        CacheException refusal = context.refusal(read);
        if (refusal != null) {
            fail(refusal);
        } else if (view == null || context.nodeTracker.isZoneSilent()) {
            List<ZoneNode> placement =
                    view == null ? List.of() : view.placement().nodesFor(read.key());
            TrackedGet.probeSilentZone(context, read, placement);
            complete(new ZoneRead.Miss(placement, context.nanoTime(), 0, Basis.ZONE_UNREACHABLE));
        } else {
            read.delayedBy(this::delay);
            context.gate.enter(ticket(0));
        }
    }

    /** What an unfinished read waits for, as far as it can be named. */
    private @Nullable CacheException delay() {
        List<NodeRequest> unanswered;
        synchronized (scope) {
            if (scope.hasEnded()) {
                return null;
            } else if (asking == null || !asking.isOpen()) {
                return context.gate.full();
            }
            unanswered = asking.awaited();
        }
        return unanswered.isEmpty()
                ? null
                : new CacheException(
                        CacheErrorCode.ZONE_UNCERTAIN,
                        read.name().describe() + ": no answer yet from nodes " + NodeRequest.ids(unanswered));
    }

    /** The scope owns it before it is served, since the next one may be owned while this one's task still runs. */
    private ReadGate.Ticket ticket(long needBytes) {
        ReadGate.Ticket ticket = context.gate.ticket(needBytes, this::admitted);
        scope.own(Resource.TICKET, ticket::cancel);
        return ticket;
    }

    /** @param memory of a round, with its slot */
    private void admitted(RoundMemory memory) {
        ReadRound begun;
        try {
            begun = ReadRound.begin(context, read, Objects.requireNonNull(context.views.get()), memory);
        } catch (RuntimeException | Error e) {
            context.gate.leave(memory);
            fail(Futures.asCacheException(e));
            context.gate.serve();
            return;
        }
        if (scope.own(begun)) {
            guarded(() -> ask(begun));
        }
    }

    // 2 nodes

    private void ask(ReadRound begun) {
        CacheException refusal = context.refusal(read);
        if (refusal != null) {
            fail(refusal);
            return;
        }
        List<Integer> places;
        synchronized (scope) {
            if (!begun.isOpen()) {
                return;
            }
            // Under the lock, as in schedule: a check may end this round, and begin the next one, before it is owned.
            scope.own(
                    Resource.SILENCE_CHECK, context.silenceChecks.register(() -> guarded(() -> recheckSilence(begun))));
            asking = begun;
            places = begun.state.all(PlaceState.ASKED);
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
        Choice[] choices =
                isFirst ? context.nodeTracker.choose(nodes, spare) : context.nodeTracker.chooseRequired(nodes);
        List<NodeRequest> toSend;
        synchronized (scope) {
            if (!current.isOpen()) {
                return;
            }
            toSend = current.choose(places, choices);
        }
        toSend.forEach(request -> send(current, request));
        advance(current);
    }

    private void send(ReadRound current, NodeRequest request) {
        context.counters.stripeRequests.increment();
        TrackedGet.send(
                context,
                read,
                request.node,
                header -> accept(current, request, header),
                reply -> guarded(() -> replied(current, request, reply)));
    }

    /** Memory for a stripe in a reply; null if the stripe is not wanted, or there is no memory. */
    private @Nullable PayloadTarget accept(ReadRound current, NodeRequest request, StripeHeader header) {
        try {
            PayloadTarget target;
            synchronized (scope) {
                target = current.accept(request, header);
            }
            current.memory.trim();
            return target;
        } catch (RuntimeException | Error e) {
            fail(Futures.asCacheException(e));
            return null;
        }
    }

    private void replied(ReadRound current, NodeRequest request, GetReply reply) {
        boolean isCorrupt;
        synchronized (scope) {
            current.onReply(request, reply);
            isCorrupt = request.state == NodeFinding.State.CORRUPT;
        }
        if (isCorrupt) {
            reports.corrupt(request.node);
        }
        advance(current);
        offerRepair(current);
    }

    // 3 steps

    /** Performs the steps that the state decides, until it decides to wait or the round is over. */
    private void advance(ReadRound current) {
        ReadStep step = next(current);
        while (!(step instanceof ReadStep.Wait)) {
            perform(current, step);
            step = next(current);
        }
    }

    private ReadStep next(ReadRound current) {
        synchronized (scope) {
            return current.next(retries.mayRequeue());
        }
    }

    private void perform(ReadRound current, ReadStep step) {
        if (step instanceof ReadStep.Ask ask) {
            ask(current, ask.places(), false);
        } else if (step instanceof ReadStep.Decode) {
            decode(current);
        } else if (step instanceof ReadStep.Miss miss) {
            missed(current, miss.basis());
        } else if (step instanceof ReadStep.Undecided) {
            undecided(current);
        } else if (step instanceof ReadStep.Requeue requeue) {
            requeue(current, requeue.needBytes());
        } else if (step instanceof ReadStep.Pause pause) {
            schedule(Resource.PAUSE, pause.nanos(), () -> retry(current));
        } else if (step instanceof ReadStep.Purged) {
            fail(new CacheException(CacheErrorCode.PURGED, "chunk " + read.key() + ": purged"));
        } else if (step instanceof ReadStep.Fail failed) {
            fail(failed.failure());
        }
    }

    private void missed(ReadRound current, Basis basis) {
        ZoneRead.Miss miss;
        synchronized (scope) {
            miss = current.miss(basis);
        }
        complete(miss);
    }

    /** Ends a round that lacks memory; it is repeated once there is enough. */
    private void requeue(ReadRound current, long needBytes) {
        if (!current.memory.isPossible(needBytes)) {
            fail(current.memory.tooLarge(read.key(), needBytes));
        } else if (scope.leave(current)) {
            boolean isAllowed;
            synchronized (scope) {
                isAllowed = retries.tryRequeue();
            }
            if (isAllowed) {
                context.gate.enterFirst(ticket(needBytes));
            } else {
                context.gate.serve();
                retryLater(current);
            }
        }
    }

    // 4 late answers

    private void hedgeLater(ReadRound current) {
        synchronized (scope) {
            if (current.isOpen() && !current.state.hedges().isEmpty()) {
                long delayNanos = Math.max(MIN_HEDGE_NANOS, context.hedging.delayNanos());
                schedule(Resource.HEDGE, delayNanos, () -> hedge(current));
            }
        }
    }

    /** The read is late: asks the places left out if the budget allows, or if a node that was asked is already known not to answer. */
    private void hedge(ReadRound current) {
        boolean isInVain = !NodeRequest.filter(awaited(current), context.nodeTracker::isSkipped)
                .isEmpty();
        if (isInVain || context.tryHedge()) {
            List<Integer> rest;
            synchronized (scope) {
                rest = current.takeHedges();
            }
            ask(current, rest, false);
        }
        hedgeLater(current);
    }

    /** Nodes that have fallen silent are no longer waited for. */
    private void recheckSilence(ReadRound current) {
        List<NodeRequest> silent = NodeRequest.filter(awaited(current), context.nodeTracker::isSilent);
        synchronized (scope) {
            silent.forEach(current::suspect);
        }
        if (!silent.isEmpty()) {
            advance(current);
        }
    }

    private List<NodeRequest> awaited(ReadRound current) {
        synchronized (scope) {
            return current.awaited();
        }
    }

    // 5 retries

    private void undecided(ReadRound current) {
        if (scope.leave(current)) {
            context.gate.serve();
            retryLater(current);
        }
    }

    /**
     * Retries within the deadline, as {@link RoundRetries} allows. No retry is needed once the nodes that were undecided have been silent for
     * seconds.
     */
    private void retryLater(ReadRound undecided) {
        if (context.nodeTracker.isZoneSilent()) {
            enter();
            return;
        }
        List<NodeRequest> unknown;
        synchronized (scope) {
            unknown = undecided.undecided();
        }
        List<NodeRequest> silent = NodeRequest.filter(unknown, context.nodeTracker::isUnresponsive);
        ReadStep step;
        synchronized (scope) {
            undecided.markSilent(silent);
            step = undecided.state.next();
        }
        if (step instanceof ReadStep.Miss) {
            perform(undecided, step);
        } else {
            perform(undecided, retries.next(unknown));
        }
    }

    private void retry(ReadRound undecided) {
        if (scope.hasEnded()) {
            return;
        }
        List<NodeRequest> suspects;
        boolean wasShed;
        synchronized (scope) {
            suspects = undecided.suspects();
            wasShed = undecided.wasShed();
        }
        boolean isHeardAgain = !suspects.isEmpty()
                && NodeRequest.filter(suspects, context.nodeTracker::isSilent).isEmpty();
        if (retries.tryRetry(undecided.startNanos, wasShed, isHeardAgain)) {
            enter();
        } else {
            retryLater(undecided);
        }
    }

    // 6 decoding

    private void decode(ReadRound current) {
        RoundDecoder decoder = RoundDecoder.begin(context, scope, current);
        if (decoder != null) {
            decoder.decode(
                    decoding -> context.runDecoding(() -> guarded(decoding)),
                    search -> context.runSearch(() -> guarded(search)),
                    outcome -> decoded(current, outcome));
        }
    }

    private void decoded(ReadRound current, Outcome outcome) {
        if (outcome instanceof Outcome.Found found) {
            reports.senders(found.senders());
            complete(new ZoneRead.Hit(found.chunk()));
            reports.hit(context.nanoTime() - current.startNanos);
            offerRepair(current);
        } else if (outcome instanceof Outcome.LacksMemory lacking) {
            requeue(current, lacking.needBytes());
        } else {
            advance(current);
        }
    }

    /** Reports what may be repaired once all nodes have answered. */
    private void offerRepair(ReadRound ended) {
        RepairCandidate hit;
        synchronized (scope) {
            hit = ended.takeRepairable();
        }
        if (hit != null) {
            reports.repairable(hit);
        }
    }

    // 7 ends

    private void complete(ZoneRead found) {
        end(result -> result.complete(found));
    }

    private void fail(CacheException failure) {
        end(result -> result.completeExceptionally(failure));
    }

    private void end(Consumer<CompletableFuture<ZoneRead>> completion) {
        scope.end(completion);
        synchronized (scope) {
            asking = null;
        }
    }

    /**
     * Runs a step later, unless the read has ended by then. The timer is set and owned under the lock, which the step must take before it does
     * anything else: a step that ran before its own timer is owned would set the next timer, which then would be cancelled as the older one.
     */
    private void schedule(Resource kind, long delayNanos, Runnable step) {
        synchronized (scope) {
            scope.own(kind, context.timer.schedule(delayNanos, () -> guarded(step))::cancel);
        }
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            fail(Futures.asCacheException(e));
        }
    }
}
