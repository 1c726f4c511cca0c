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
 * Walks over a chunk's placement once, until a node answers for its lease. Nodes that are skipped or down come last, so that they cost no timeout;
 * the fetch is uncoordinated only if none of the n nodes answers.
 *
 * <p>Pure; not thread-safe.
 */
public final class CoordinatorSearch {

    private final Deque<ZoneNode> left;
    private final Set<String> unreachable;
    private final Set<String> postponed = new HashSet<>();
    private @Nullable Refusal refusal;

    /** A node's answer that it can't help at the moment, though another node may. */
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

    /** The node to ask; null if none is left. */
    public @Nullable ZoneNode node() {
        return left.peekFirst();
    }

    /** The refusal of a node that had a problem of its own, for when none is left: then some node was reached. Null if there was none. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /**
     * The node has answered, or can't be reached. {@code NOT_SENT} is not an answer: the same node is asked again.
     *
     * @return whether the next node of the walk is to be asked; otherwise the answer stands
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
     * The node has been silent, but has not had its full time for this request: it is asked again after all others, once, since only nodes that
     * have had their full time can count as unreachable.
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
     * Whether another node of the placement may do better. This does not follow the codes' advice alone: any node of the placement may grant the
     * lease, so one that is busy, draining or slow is passed over instead of being asked again, and so is one of a version that has no leases.
     * {@code NOT_COORDINATOR}, however, means that views differ, which no other node can mend.
     */
    private static boolean isTheNodesOwnTrouble(CacheErrorCode code) {
        return switch (code) {
            case BUSY, DRAINING, REQUEST_TIMEOUT, NO_SUCH_RESOURCE, METHOD_NOT_ALLOWED -> true;
            case NOT_COORDINATOR -> false;
            default -> code.retry() == CacheErrorCode.Retry.OTHER_NODE;
        };
    }
}
