package io.zonecache.client.internal.write;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.client.internal.read.StripeLayout;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks the nodes of one chunk which stripes of it they hold. Payloads are passed over, so it takes no memory for them. Thread-safe. */
final class StripeSurvey {

    /**
     * What the nodes hold.
     *
     * @param layout the one that most stripes have; null if no node holds any
     * @param findings of all nodes, in their order, with the indexes of that layout; a node that holds none of it wants one. Records that can't
     *     belong to the chunk don't count
     */
    record Result(@Nullable StripeLayout layout, List<NodeFinding> findings, boolean isPurged) {

        /** Distinct stripes of the layout. */
        int stripesHeld() {
            Set<Integer> held = new HashSet<>();
            findings.forEach(finding -> held.addAll(finding.indexes()));
            return held.size();
        }

        long nodesUnknown() {
            return findings.stream()
                    .filter(finding -> finding.state() == State.UNKNOWN)
                    .count();
        }
    }

    private final List<ZoneNode> nodes;
    private final List<List<StripeHeader>> headers;
    private final @Nullable GetReply[] replies;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private int unanswered;

    private StripeSurvey(List<ZoneNode> nodes) {
        this.nodes = nodes;
        this.headers = new ArrayList<>();
        nodes.forEach(node -> headers.add(new ArrayList<>(1)));
        this.replies = new GetReply[nodes.size()];
        this.unanswered = nodes.size();
    }

    /**
     * Completes when every node asked has answered or has been silent for its time; fails only if the answers could not be evaluated.
     *
     * @param scheme of the zone
     * @param nodes of the chunk's placement
     * @param asked the nodes among them that are asked
     */
    static CompletableFuture<Result> ask(
            WriteContext context,
            ChunkName name,
            KeyScheme scheme,
            List<ZoneNode> nodes,
            Set<ZoneNode> asked,
            RequestContext request) {
        StripeSurvey survey = new StripeSurvey(nodes);
        for (int i = 0; i < nodes.size(); i++) {
            int place = i;
            ZoneNode node = nodes.get(place);
            if (asked.contains(node)) {
                CompletableFuture<GetReply> reply =
                        Futures.call(() -> context.transport.get(node, name.key(), request, header -> {
                            if (!name.contradicts(scheme, header)) {
                                survey.add(place, header);
                            }
                            return null;
                        }));
                Futures.then(
                        reply,
                        known -> {
                            context.probes.replied(node, known);
                            survey.answered(place, known);
                        },
                        failure -> survey.answered(place, notAsked(String.valueOf(failure.getMessage()))));
            } else {
                survey.answered(place, notAsked("away"));
            }
        }
        return survey.result;
    }

    private static GetReply notAsked(String why) {
        return new GetReply.Unknown(GetReply.Cause.NOT_SENT, why);
    }

    private synchronized void add(int place, StripeHeader header) {
        headers.get(place).add(header);
    }

    /** The first answer of each node counts. */
    private void answered(int place, GetReply reply) {
        synchronized (this) {
            if (replies[place] != null) {
                return;
            }
            replies[place] = reply;
            if (--unanswered > 0) {
                return;
            }
        }
        try {
            result.complete(evaluate());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private synchronized Result evaluate() {
        StripeLayout layout = mostCommonLayout();
        List<NodeFinding> findings = new ArrayList<>();
        for (int place = 0; place < nodes.size(); place++) {
            Set<Integer> indexes = new HashSet<>();
            for (StripeHeader header : headers.get(place)) {
                if (StripeLayout.of(header).equals(layout)) {
                    indexes.add(header.index());
                }
            }
            findings.add(new NodeFinding(nodes.get(place), state(replies[place], indexes), indexes));
        }
        return new Result(layout, findings, Arrays.stream(replies).anyMatch(reply -> reply instanceof GetReply.Purged));
    }

    private @Nullable StripeLayout mostCommonLayout() {
        Map<StripeLayout, Set<Integer>> held = new HashMap<>();
        headers.forEach(
                ofNode -> ofNode.forEach(header -> held.computeIfAbsent(StripeLayout.of(header), any -> new HashSet<>())
                        .add(header.index())));
        StripeLayout most = null;
        int maxHeld = 0;
        for (Map.Entry<StripeLayout, Set<Integer>> layout : held.entrySet()) {
            if (layout.getValue().size() > maxHeld) {
                most = layout.getKey();
                maxHeld = layout.getValue().size();
            }
        }
        return most;
    }

    private static State state(@Nullable GetReply reply, Set<Integer> indexes) {
        if (!indexes.isEmpty()) {
            return State.HELD;
        }
        return reply instanceof GetReply.Stripes || reply instanceof GetReply.Missing ? State.WANTED : State.UNKNOWN;
    }
}
