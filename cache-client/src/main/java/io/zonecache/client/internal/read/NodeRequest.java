package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One request of a round to one node, and its outcome. Plain data, guarded by the operation's lock. */
final class NodeRequest {

    final ZoneNode node;
    final int place;

    /** Memory handed out to this request's reply. */
    final List<StripeTarget> targets = new ArrayList<>(1);
    /** Stripes that the node sent or offered. */
    final Set<Integer> indexes = new HashSet<>();

    State state = State.UNKNOWN;
    boolean isAnswered;
    /** Whether a record can't belong to the chunk, although its fields and checksum may be right. */
    boolean hasMismatchedTag;
    /** Whether a stripe was passed over because it is held already. */
    boolean hasDuplicate;
    /** Whether a stripe was passed over only because others were being decoded, or for lack of memory: it may be needed after all. */
    boolean hasSkippedStripe;

    NodeRequest(ZoneNode node, int place) {
        this.node = node;
        this.place = place;
    }

    /** The requests whose nodes meet the condition. */
    static List<NodeRequest> filter(List<NodeRequest> requests, Predicate<ZoneNode> condition) {
        return requests.stream().filter(request -> condition.test(request.node)).toList();
    }

    /** The ids of their nodes. */
    static String ids(List<NodeRequest> requests) {
        return requests.stream().map(request -> request.node.id()).collect(Collectors.joining(", "));
    }

    NodeFinding finding() {
        return new NodeFinding(node, state, indexes);
    }

    /** A place in an assembler for one stripe. */
    record StripeTarget(ChunkAssembler assembler, int index, PayloadTarget payload) {}
}
