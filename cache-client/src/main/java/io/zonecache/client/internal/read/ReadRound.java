package io.zonecache.client.internal.read;

import io.zonecache.client.internal.node.NodeTracker.Choice;
import io.zonecache.client.internal.read.ReadState.Place;
import io.zonecache.client.internal.read.ReadState.Step;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one round of a read holds: its slot and memory, the requests to nodes and the stripes that came. Open until the operation closes
 * it; replies that come later only tell what nodes have. Guarded by the operation's lock.
 */
final class ReadRound {

    final ReadState state;
    final StripeCollector collector;
    final RoundMemory memory;
    final KeyCheck check;
    private boolean isShed;
    final long startNanos;

    private final NodeRequest[] requests;
    private int unanswered;
    private boolean isOpen = true;

    /** Whether a thread is decoding the stripes: then it closes the round, if that is due, when it has done with them. */
    boolean hasDecoder;

    /** Asks the places that were left out once the read is late. */
    @Nullable
    Scheduled hedge;

    /** The chunk of a hit, until all nodes have answered. */
    @Nullable
    Repairable repairable;

    /** All the nodes of the chunk's placement are to be asked. */
    ReadRound(ChunkReadOperation operation, KnownView view, KeyCheck check, RoundMemory memory, long startNanos) {
        List<ZoneNode> nodes = view.placement().nodesFor(check.key());
        CodeSpec code = view.view().settings().code();
        this.state = new ReadState(code, nodes.size());
        this.collector = new StripeCollector(state, memory, check.codec());
        this.memory = memory;
        this.check = check;
        this.startNanos = startNanos;
        this.requests = new NodeRequest[nodes.size()];
        Arrays.setAll(requests, place -> new NodeRequest(operation, this, nodes.get(place), place));
    }

    int places() {
        return requests.length;
    }

    List<ZoneNode> nodes() {
        return Arrays.stream(requests).map(NodeRequest::node).toList();
    }

    List<ZoneNode> nodes(List<Integer> places) {
        return places.stream().map(place -> requests[place].node()).toList();
    }

    /** The requests whose answers are waited for. */
    List<NodeRequest> awaited() {
        return Arrays.stream(requests)
                .filter(request -> !request.isAnswered)
                .filter(request -> isAwaited(state.place(request.place())))
                .toList();
    }

    /** The requests of whose nodes' stripes nothing is known. */
    List<NodeRequest> undecided() {
        return Arrays.stream(requests)
                .filter(request -> {
                    Place place = state.place(request.place());
                    return place == Place.UNKNOWN || place == Place.SUSPECT;
                })
                .toList();
    }

    /** Whether a node has refused a request, as it has too much to do. */
    boolean isShed() {
        return isShed;
    }

    /** The requests that were not waited for, as their nodes were silent. */
    List<NodeRequest> suspects() {
        return Arrays.stream(requests)
                .filter(request -> state.place(request.place()) == Place.SUSPECT)
                .toList();
    }

    /** Its node has fallen silent. */
    void suspect(NodeRequest request) {
        if (!request.isAnswered && isCurrent(request)) {
            state.set(request.place(), Place.SUSPECT);
        }
    }

    /**
     * Takes the nodes of these requests for silent for seconds.
     *
     * @return whether that makes the round a miss
     */
    boolean isMissIfSilent(List<NodeRequest> silent) {
        silent.forEach(request -> state.set(request.place(), Place.SILENT));
        return state.next() == Step.SILENT_MISS;
    }

    private static boolean isAwaited(Place place) {
        return place == Place.ASKED || place == Place.DOUBTED;
    }

    /** The places left out that are to be asked now, as those asked don't suffice. */
    List<Integer> takeRest() {
        return take(isOpen ? state.rest() : List.of());
    }

    /** The places left out that are to be asked now, as those asked are late. */
    List<Integer> takeHedges() {
        return take(isOpen ? state.hedges() : List.of());
    }

    private List<Integer> take(List<Integer> rest) {
        rest.forEach(place -> state.set(place, Place.ASKED));
        return rest;
    }

    /** @return the requests to send, which are counted as unanswered */
    List<NodeRequest> choose(ChunkReadOperation operation, List<Integer> places, Choice[] choices) {
        List<NodeRequest> toSend = new ArrayList<>(places.size());
        for (int i = 0; i < choices.length; i++) {
            int place = places.get(i);
            requests[place] = new NodeRequest(operation, this, requests[place].node(), place);
            state.set(place, placeOf(choices[i]));
            if (choices[i].isAsked()) {
                toSend.add(requests[place]);
                unanswered++;
            }
        }
        return toSend;
    }

    private static Place placeOf(Choice choice) {
        return switch (choice) {
            case ASK -> Place.ASKED;
            case DOUBT -> Place.DOUBTED;
            case SUSPECT -> Place.SUSPECT;
            case AVOID -> Place.AVOIDED;
            case SKIP -> Place.SKIPPED;
            case GIVE_UP -> Place.LOST;
            case SILENT -> Place.SILENT;
        };
    }

    /** Memory for a stripe that a reply brings; null if it is not wanted, or there is none. */
    @Nullable
    PayloadTarget accept(NodeRequest request, StripeHeader header) {
        if (check.contradicts(header)) {
            request.hasFalseTag = true;
            return null;
        }
        return collector.accept(request, header, isTaking(request));
    }

    /** Takes in an answer. */
    void absorb(NodeRequest request, GetReply reply) {
        Place place = placeAfter(request, reply);
        request.isAnswered = true;
        unanswered--;
        if (isCurrent(request)) {
            state.set(request.place(), place);
            if (reply instanceof GetReply.Purged) {
                state.purge();
            }
        }
    }

    private Place placeAfter(NodeRequest request, GetReply reply) {
        if (reply instanceof GetReply.Stripes stripes) {
            return collector.absorb(request, stripes, isTaking(request), !isOpen);
        }
        collector.discard(request);
        if (reply instanceof GetReply.Missing missing) {
            request.state = missing.wanted() ? NodeFinding.State.WANTED : NodeFinding.State.MISSING;
            return Place.MISSING;
        }
        if (reply instanceof GetReply.Unknown unknown) {
            isShed |= unknown.cause() == GetReply.Cause.REFUSED;
            return Place.UNKNOWN;
        }
        return Place.LOST;
    }

    private boolean isTaking(NodeRequest request) {
        return isOpen && state.isReading() && isCurrent(request);
    }

    private boolean isCurrent(NodeRequest request) {
        return requests[request.place()] == request;
    }

    /**
     * What to do next.
     *
     * @param rest the places to ask now that were left out; they count as asked
     * @param lackingBytes what the round lacks memory for, and another round could have; 0 if nothing
     */
    record Next(Step step, List<Integer> rest, long lackingBytes) {}

    /** @param mayRequeue whether the round may end for want of memory, which goes before all else */
    Next next(boolean mayRequeue) {
        long lackingBytes = mayRequeue ? lackingBytes() : 0;
        if (lackingBytes > 0) {
            return new Next(Step.WAIT, List.of(), lackingBytes);
        }
        Step step = state.next();
        return new Next(step, step == Step.ASK_REST ? takeRest() : List.of(), 0);
    }

    private long lackingBytes() {
        long bytes = collector.lackingBytes();
        return state.isReading() && memory.isPossible(bytes) ? bytes : 0;
    }

    /** What it would have to hold and no round can, if nothing else is coming in; 0 otherwise. */
    long impossibleBytes() {
        long bytes = collector.lackingBytes();
        return collector.isEmpty() && !memory.isPossible(bytes) ? bytes : 0;
    }

    /** No corrupt stripe was found: more stripes are needed, and nodes whose stripes were passed over meanwhile are asked for them again. */
    void distrust(StripeLayout layout) {
        collector.endSearch(layout);
        state.distrust(layout);
        if (state.isHopeless(layout)) {
            collector.drop(layout);
        }
        for (NodeRequest request : requests) {
            if (request.isAnswered && request.hasPassedOver && state.place(request.place()) != Place.LOST) {
                state.set(request.place(), Place.LEFT_OUT);
            }
        }
        state.endDecoding();
    }

    /** Nothing writes to its memory any more, which goes back. The slot is the caller's to give back. */
    void close() {
        isOpen = false;
        collector.clear();
        memory.release();
        if (hedge != null) {
            hedge.cancel();
            hedge = null;
        }
    }

    boolean isOpen() {
        return isOpen;
    }

    /** What of a hit may be repaired; once, when all nodes have answered, and null before and after. */
    @Nullable
    Repairable takeRepairable() {
        Repairable hit = isOpen || unanswered > 0 ? null : repairable;
        repairable = hit == null ? repairable : null;
        return hit == null ? null : hit.withFindings(findings());
    }

    private List<NodeFinding> findings() {
        return Arrays.stream(requests).map(NodeRequest::finding).toList();
    }
}
