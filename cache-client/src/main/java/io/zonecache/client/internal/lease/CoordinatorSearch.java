package io.zonecache.client.internal.lease;

import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a chunk's placement, until a node answers for its lease. Nodes that are skipped or down come last: they must not
 * cost a timeout, but only when none of all n answers is the fetch uncoordinated.
 *
 * <p>Pure; not thread-safe.
 */
public final class CoordinatorSearch {

    private final Deque<ZoneNode> left;
    private final Set<String> unreachable;
    private final Set<String> postponed = new HashSet<>();
    private @Nullable Refusal refusal;

    /** A node's answer that it can't help at the moment, whoever else can. */
    public record Refusal(ZoneNode node, LeaseReply.Refused reply) {}

    /**
     * @param placement the chunk's nodes, coordinator first
     * @param isSkipped whether this client knows a reason not to ask the node
     * @param unreachable ids of nodes that could not be reached; the walk adds and removes some
     */
    public CoordinatorSearch(List<ZoneNode> placement, Predicate<ZoneNode> isSkipped, Set<String> unreachable) {
        this.unreachable = unreachable;
        List<ZoneNode> last = new ArrayList<>();
        this.left = new ArrayDeque<>(placement.size());
        for (ZoneNode node : placement) {
            boolean isLikely =
                    node.state() == NodeState.UP && !unreachable.contains(node.id()) && !isSkipped.test(node);
            if (isLikely) {
                left.addLast(node);
            } else {
                last.add(node);
            }
        }
        left.addAll(last);
    }

    /** The node to ask; null when none is left. */
    public @Nullable ZoneNode node() {
        return left.peekFirst();
    }

    /** What a node said that had its own trouble, when none is left: then some node was reached. Null if none was. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /**
     * The node has answered, or can't be reached. {@code NOT_SENT} is no answer: the same node is asked again.
     *
     * @return whether the next node of the walk is to be asked; else the answer stands
     */
    public boolean onReply(LeaseReply reply) {
        ZoneNode node = left.peekFirst();
        if (node == null || reply instanceof LeaseReply.NotSent) {
            return false;
        }
        if (reply instanceof LeaseReply.Unreachable) {
            unreachable.add(node.id());
            left.removeFirst();
            return true;
        }
        unreachable.remove(node.id());
        if (reply instanceof LeaseReply.Refused refused && isTheNodesOwnTrouble(refused.code())) {
            refusal = new Refusal(node, refused);
            left.removeFirst();
            return true;
        }
        return false;
    }

    /**
     * The node has been silent, though it has not had its whole time for this question: it is asked again after all others, once, since only
     * nodes that have had their time can count as unreachable.
     */
    public void postpone() {
        ZoneNode node = left.pollFirst();
        if (node == null) {
            return;
        }
        if (postponed.add(node.id())) {
            left.addLast(node);
        } else {
            unreachable.add(node.id());
        }
    }

    /**
     * Another node of the placement may do better. Not by the codes' advice alone: any node of the placement may grant the lease, so one that
     * is busy, draining or slow is passed over where others would be asked again, and so is one of a version that has no leases; but
     * {@code NOT_COORDINATOR} tells that views differ, which no other node mends.
     */
    private static boolean isTheNodesOwnTrouble(CacheErrorCode code) {
        return switch (code) {
            case BUSY, DRAINING, REQUEST_TIMEOUT, NO_SUCH_RESOURCE, METHOD_NOT_ALLOWED -> true;
            case NOT_COORDINATOR -> false;
            default -> code.retry() == CacheErrorCode.Retry.OTHER_NODE;
        };
    }
}
