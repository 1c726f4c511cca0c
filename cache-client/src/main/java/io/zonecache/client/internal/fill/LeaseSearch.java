package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.transport.LeaseQuestion;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a chunk's placement, until a node answers for its lease. Nodes that are skipped or down come last: they must not
 * cost a timeout, but only when none of all n answers is the fetch uncoordinated.
 */
final class LeaseSearch {

    /** How a walk ended. */
    sealed interface Outcome {

        /**
         * @param node that answered
         * @param askedNanos before the node was asked, so that no lease seems to last longer than it does
         */
        record Answered(ZoneNode node, LeaseReply reply, long askedNanos) implements Outcome {}

        /** None of the placement's nodes can be reached. */
        record NoneReachable() implements Outcome {}
    }

    private final FillContext context;
    private final ChunkKey key;
    private final int rank;
    private final long waitMillis;
    private final boolean seenFilled;
    private final long nonce;
    private final Set<String> unreachable;
    private final Iterator<ZoneNode> nodes;
    private final CompletableFuture<Outcome> result = new CompletableFuture<>();
    private Outcome.@Nullable Answered refusal;

    /** @param unreachable ids of nodes that this read could not reach; the walk adds those that it can't */
    LeaseSearch(
            FillContext context,
            ChunkKey key,
            int rank,
            List<ZoneNode> placement,
            long waitMillis,
            boolean seenFilled,
            Set<String> unreachable) {
        this.context = context;
        this.key = key;
        this.rank = rank;
        this.waitMillis = waitMillis;
        this.seenFilled = seenFilled;
        this.nonce = context.random.nextLong();
        this.unreachable = unreachable;
        this.nodes = inOrder(placement).iterator();
    }

    CompletableFuture<Outcome> start() {
        askNext();
        return result;
    }

    private List<ZoneNode> inOrder(List<ZoneNode> placement) {
        List<ZoneNode> first = new ArrayList<>(placement.size());
        List<ZoneNode> last = new ArrayList<>();
        for (ZoneNode node : placement) {
            boolean likely =
                    node.state() == NodeState.UP && !unreachable.contains(node.id()) && !context.zone.isSkipped(node);
            (likely ? first : last).add(node);
        }
        first.addAll(last);
        return first;
    }

    private void askNext() {
        if (context.isClosed()) {
            result.completeExceptionally(Futures.closed(null));
            return;
        }
        if (!nodes.hasNext()) {
            result.complete(refusal != null ? refusal : new Outcome.NoneReachable());
            return;
        }
        ZoneNode node = nodes.next();
        long askedNanos = context.nanoTime();
        RequestContext request = new RequestContext(waitMillis + context.config.nodeTimeoutMillis(), rank, null);
        Futures.then(
                context.transport.acquireLease(node, key, request, new LeaseQuestion(waitMillis, seenFilled, nonce)),
                reply -> answered(node, reply, askedNanos),
                result::completeExceptionally);
    }

    private void answered(ZoneNode node, LeaseReply reply, long askedNanos) {
        if (reply instanceof LeaseReply.NotSent) {
            refusal = new Outcome.Answered(
                    node, new LeaseReply.Refused(CacheErrorCode.BUSY, "not asked: this client is busy", 0), askedNanos);
            result.complete(refusal);
            return;
        }
        if (reply instanceof LeaseReply.Unreachable) {
            unreachable.add(node.id());
            askNext();
            return;
        }
        unreachable.remove(node.id());
        Outcome.Answered answer = new Outcome.Answered(node, reply, askedNanos);
        if (reply instanceof LeaseReply.Refused refused && isTheNodesOwnTrouble(refused.code())) {
            refusal = answer;
            askNext();
            return;
        }
        result.complete(answer);
    }

    /** Another node of the placement may do better. */
    private static boolean isTheNodesOwnTrouble(CacheErrorCode code) {
        return switch (code) {
            case BUSY, DRAINING, INTERNAL, STORAGE_FULL, NO_SUCH_RESOURCE, METHOD_NOT_ALLOWED, REQUEST_TIMEOUT -> true;
            default -> false;
        };
    }

    static CacheException asException(LeaseReply.Refused refused, ZoneNode node, ChunkKey key) {
        return new CacheException(
                refused.code(), "lease of chunk " + key + ": refused by node " + node.id() + ": " + refused.detail());
    }
}
