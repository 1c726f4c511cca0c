package io.zonecache.client.internal.read;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeTracker.Outcome;
import io.zonecache.client.internal.node.RequestEvidence;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.util.concurrent.CompletableFuture;

/** A request that is to find out whether a node answers, and takes no stripe. */
final class NodeProbe {

    private NodeProbe() {}

    /** Completes, never exceptionally, with whether the node has answered. */
    static CompletableFuture<Boolean> send(
            RequestEvidence evidence,
            StripeTransport transport,
            ZoneNode node,
            ChunkKey key,
            RequestContext context,
            ClientTimer timer) {
        CompletableFuture<Boolean> isHeard = new CompletableFuture<>();
        long sentNanos = timer.nanoTime();
        TrackedSink sink = new TrackedSink(evidence, header -> null);
        Futures.whenDone(Futures.call(() -> transport.get(node, key, context, sink)), (reply, failure) -> {
            Outcome outcome = reply == null ? Outcome.NOT_SENT : OverRequestReader.outcome(reply);
            try {
                evidence.ended(outcome, timer.nanoTime() - sentNanos);
            } finally {
                isHeard.complete(outcome == Outcome.ANSWERED);
            }
        });
        return isHeard;
    }
}
