package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.lease.CoordinatorSearch;
import io.zonecache.client.internal.lease.CoordinatorSearch.Refusal;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.model.KeyKind;
import io.zonecache.model.ZoneNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node a fill asks for its lease next, and with which request. A nonce is kept until a lease is granted under it, so that a node that
 * is asked again recognises the request.
 *
 * <p>Pure; not thread-safe.
 */
final class LeaseRequests {

    private final KeyKind kind;
    private final Predicate<ZoneNode> isSkipped;
    private final RandomGenerator random;

    /** Ids of nodes that could not be reached. */
    private final Set<String> unreachable = new HashSet<>();

    private @Nullable CoordinatorSearch search;
    private LeaseRequest question;
    private long nonce;
    private long askedNanos;

    /**
     * @param kind of the chunk's key
     * @param isSkipped whether there is a reason not to ask a node
     */
    LeaseRequests(KeyKind kind, Predicate<ZoneNode> isSkipped, RandomGenerator random) {
        this.kind = kind;
        this.isSkipped = isSkipped;
        this.random = random;
        this.nonce = random.nextLong();
        this.question = new LeaseRequest(kind, 0, false, nonce);
    }

    /** Begins with the first node of the placement, and with a request that is sent to one node after the other until one answers for the chunk. */
    void begin(List<ZoneNode> placement, long waitMillis, boolean seenFilled) {
        search = new CoordinatorSearch(placement, isSkipped, unreachable);
        question = new LeaseRequest(kind, waitMillis, seenFilled, nonce);
    }

    /** Asks the current node, from now on; null if none is left. */
    FillStep.@Nullable Ask ask(long nowNanos) {
        ZoneNode node = node();
        if (node == null) {
            return null;
        }
        askedNanos = nowNanos;
        return new FillStep.Ask(node, question);
    }

    /** The node that was asked last, or that is to be asked now; null if none is left. */
    @Nullable
    ZoneNode node() {
        return search == null ? null : search.node();
    }

    /** The refusal of a node that had a problem of its own, if no node is left. */
    @Nullable
    Refusal refusal() {
        return search == null ? null : search.refusal();
    }

    /** Whether the next node is to be asked after this answer; otherwise the answer stands. */
    boolean onReply(LeaseReply reply) {
        return search != null && search.onReply(reply);
    }

    /**
     * Stops waiting for the current node's answer, though one may still come. A lease granted in it will be returned, so no later request may be
     * taken for the same one: it could be granted the same lease.
     */
    void abandon() {
        granted();
        question = new LeaseRequest(kind, question.waitMillis(), question.seenFilled(), nonce);
        if (search != null) {
            search.postpone();
        }
    }

    /** The next request is a new one. */
    void granted() {
        nonce = random.nextLong();
    }

    /** How long the last request waits at the node. */
    long waitMillis() {
        return question.waitMillis();
    }

    long askedNanos() {
        return askedNanos;
    }
}
