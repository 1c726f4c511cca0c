package io.zonecache.client.internal.read;

import io.zonecache.client.internal.node.NodeTracker.Choice;
import io.zonecache.client.internal.read.ReadState.PlaceState;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one round of a read holds: its slot and memory, the requests to nodes, and the stripes received. Open until the scope closes it; later
 * replies only show what nodes have. Guarded by the operation's lock.
 */
final class ReadRound {

    final ReadState state;
    final StripeCollector collector;
    final RoundMemory memory;
    final KeyCheck check;
    final long startNanos;

    private final NodeRequest[] requests;
    private int unanswered;
    private boolean wasShed;
    private boolean isOpen = true;

    /** The chunk of a hit, until all nodes have answered. */
    @Nullable
    RepairCandidate repairable;

    private ReadRound(
            List<ZoneNode> nodes,
            ReadState state,
            StripeCollector collector,
            KeyCheck check,
            RoundMemory memory,
            long startNanos) {
        this.state = state;
        this.collector = collector;
        this.memory = memory;
        this.check = check;
        this.startNanos = startNanos;
        this.requests = new NodeRequest[nodes.size()];
        Arrays.setAll(requests, place -> new NodeRequest(nodes.get(place), place));
    }

    /**
     * Begins a round that asks all nodes of the chunk's placement, except those that the policy leaves out of a read's first round.
     *
     * @param memory becomes the round's once this returns
     */
    static ReadRound begin(ReadContext context, ChunkRead read, KnownView view, RoundMemory memory) {
        List<ZoneNode> nodes = view.placement().nodesFor(read.key());
        ReadState state = new ReadState(view.view().settings().code(), nodes.size());
        if (read.beginRound()) {
            context.hedging.leftOut(nodes.size(), state.placesNeeded(), context.random).stream()
                    .forEach(place -> state.set(place, PlaceState.LEFT_OUT));
        }
        KeyCheck check = new KeyCheck(
                read.name(), view.view().settings().keyScheme(), context.options.verification(), context.codec);
        StripeCollector collector = new StripeCollector(state, memory, context.codec, context.payloads);
        return new ReadRound(nodes, state, collector, check, memory, context.nanoTime());
    }

    List<ZoneNode> nodes() {
        return Arrays.stream(requests).map(request -> request.node).toList();
    }

    List<ZoneNode> nodes(List<Integer> places) {
        return places.stream().map(place -> requests[place].node).toList();
    }

    /** The requests whose answers are waited for. */
    List<NodeRequest> awaited() {
        return requests(request -> isOpen && !request.isAnswered && isAwaited(state.place(request.place)));
    }

    private static boolean isAwaited(PlaceState place) {
        return place == PlaceState.ASKED || place == PlaceState.DOUBTED;
    }

    /** The requests to nodes about whose stripes nothing is known. */
    List<NodeRequest> undecided() {
        return requests(request ->
                state.place(request.place) == PlaceState.UNKNOWN || state.place(request.place) == PlaceState.SUSPECT);
    }

    /** The requests that were not waited for, because their nodes were silent. */
    List<NodeRequest> suspects() {
        return requests(request -> state.place(request.place) == PlaceState.SUSPECT);
    }

    private List<NodeRequest> requests(Predicate<NodeRequest> condition) {
        return Arrays.stream(requests).filter(condition).toList();
    }

    /** Whether a node has refused a request because it is overloaded. */
    boolean wasShed() {
        return wasShed;
    }

    /** The request's node has fallen silent. */
    void suspect(NodeRequest request) {
        if (isOpen && !request.isAnswered && isCurrent(request)) {
            state.set(request.place, PlaceState.SUSPECT);
        }
    }

    /** Treats the nodes of these requests as silent for seconds. */
    void markSilent(List<NodeRequest> silent) {
        silent.forEach(request -> state.set(request.place, PlaceState.SILENT));
    }

    /** The places left out that are to be asked now, because those asked are late; from now on they count as asked. */
    List<Integer> takeHedges() {
        List<Integer> hedges = isOpen ? state.hedges() : List.of();
        hedges.forEach(place -> state.set(place, PlaceState.ASKED));
        return hedges;
    }

    /** @return the requests to send, which are counted as unanswered */
    List<NodeRequest> choose(List<Integer> places, Choice[] choices) {
        List<NodeRequest> toSend = new ArrayList<>(places.size());
        for (int i = 0; i < choices.length; i++) {
            int place = places.get(i);
            requests[place] = new NodeRequest(requests[place].node, place);
            state.set(place, placeOf(choices[i]));
            if (choices[i].isAsked()) {
                toSend.add(requests[place]);
                unanswered++;
            }
        }
        return toSend;
    }

    private static PlaceState placeOf(Choice choice) {
        return switch (choice) {
            case ASK -> PlaceState.ASKED;
            case DOUBT -> PlaceState.DOUBTED;
            case SUSPECT -> PlaceState.SUSPECT;
            case AVOID -> PlaceState.AVOIDED;
            case SKIP -> PlaceState.SKIPPED;
            case GIVE_UP -> PlaceState.LOST;
            case SILENT -> PlaceState.SILENT;
        };
    }

    /** Memory for a stripe in a reply; null if the stripe is not wanted, or there is no memory. */
    @Nullable
    PayloadTarget accept(NodeRequest request, StripeHeader header) {
        if (check.contradicts(header)) {
            request.hasMismatchedTag = true;
            return null;
        }
        return collector.accept(request, header, isTaking(request));
    }

    /** Processes an answer. The state of a round that has ended does not change: no stripe of it is held any more. */
    void onReply(NodeRequest request, GetReply reply) {
        PlaceState place = placeAfter(request, reply);
        request.isAnswered = true;
        unanswered--;
        if (isOpen && isCurrent(request)) {
            state.set(request.place, place);
            if (reply instanceof GetReply.Purged) {
                state.purge();
            }
        }
    }

    private PlaceState placeAfter(NodeRequest request, GetReply reply) {
        if (reply instanceof GetReply.Stripes stripes) {
            return collector.onReply(request, stripes, isTaking(request));
        }
        collector.discard(request);
        if (reply instanceof GetReply.Missing missing) {
            request.state = missing.wanted() ? NodeFinding.State.WANTED : NodeFinding.State.MISSING;
            return PlaceState.MISSING;
        }
        if (reply instanceof GetReply.Unknown unknown) {
            wasShed |= unknown.cause() == GetReply.Cause.REFUSED;
            return PlaceState.UNKNOWN;
        }
        return PlaceState.LOST;
    }

    private boolean isTaking(NodeRequest request) {
        return isOpen && state.isReading() && isCurrent(request);
    }

    private boolean isCurrent(NodeRequest request) {
        return requests[request.place] == request;
    }

    /**
     * The next step; to wait, once the round has ended.
     *
     * @param mayRequeue whether the round may end for lack of memory, which takes precedence over everything else
     */
    ReadStep next(boolean mayRequeue) {
        if (!isOpen) {
            return new ReadStep.Wait();
        }
        long lackingBytes = mayRequeue ? lackingBytes() : 0;
        if (lackingBytes > 0) {
            return new ReadStep.Requeue(lackingBytes);
        }
        ReadStep step = state.next();
        long impossibleBytes = step instanceof ReadStep.Undecided ? impossibleBytes() : 0;
        return impossibleBytes > 0
                ? new ReadStep.Fail(memory.tooLarge(check.name().key(), impossibleBytes))
                : step;
    }

    ZoneRead.Miss miss(ZoneRead.Basis basis) {
        return new ZoneRead.Miss(nodes(), startNanos, state.maxHeld(), basis);
    }

    private long lackingBytes() {
        long bytes = collector.lackingBytes();
        return state.isReading() && memory.isPossible(bytes) ? bytes : 0;
    }

    /** The bytes that the round would have to hold and no round can, if nothing else is coming in; 0 otherwise. */
    private long impossibleBytes() {
        long bytes = collector.lackingBytes();
        return collector.isEmpty() && !memory.isPossible(bytes) ? bytes : 0;
    }

    /** No corrupt stripe was found: more stripes are needed, and nodes whose stripes were passed over meanwhile are asked for them again. */
    void distrust(StripeLayout layout) {
        collector.endSearch(layout);
        state.distrust(layout);
        if (state.isExhausted(layout)) {
            collector.drop(layout);
        }
        for (NodeRequest request : requests) {
            if (request.isAnswered && request.hasSkippedStripe && state.place(request.place) != PlaceState.LOST) {
                state.set(request.place, PlaceState.LEFT_OUT);
            }
        }
        state.endDecoding();
    }

    /** Releases the round's memory, to which nothing writes any more. The caller releases the slot. */
    void close() {
        isOpen = false;
        collector.clear();
        memory.release();
    }

    boolean isOpen() {
        return isOpen;
    }

    /** What of a hit may be repaired; once, when all nodes have answered, and null before and after. */
    @Nullable
    RepairCandidate takeRepairable() {
        RepairCandidate hit = isOpen || unanswered > 0 ? null : repairable;
        repairable = hit == null ? repairable : null;
        return hit == null ? null : hit.withFindings(findings());
    }

    private List<NodeFinding> findings() {
        return Arrays.stream(requests).map(NodeRequest::finding).toList();
    }
}
