package io.zonecache.client.internal.read;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.node.NodeTracker.Outcome;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request that is to find out whether a node answers: it tells the {@link NodeTracker} so, and takes no stripe. Thread-safe. */
final class NodeProbe implements StripeSink {

    private final NodeTracker nodeTracker;
    private final ZoneNode node;
    private volatile boolean isWritten;

    NodeProbe(NodeTracker nodeTracker, ZoneNode node) {
        this.nodeTracker = nodeTracker;
        this.node = node;
    }

    /** To be called once; completes, never exceptionally, with whether the node has answered. */
    CompletableFuture<Boolean> send(
            StripeTransport transport, ChunkKey key, RequestContext context, ClientTimer timer) {
        CompletableFuture<Boolean> isHeard = new CompletableFuture<>();
        long sentNanos = timer.nanoTime();
        Futures.whenDone(Futures.call(() -> transport.get(node, key, context, this)), (reply, failure) -> {
            Outcome outcome = reply == null ? Outcome.NOT_SENT : OverRequestReader.outcome(reply);
            try {
                ended(outcome, timer.nanoTime() - sentNanos);
            } finally {
                isHeard.complete(outcome == Outcome.ANSWERED);
            }
        });
        return isHeard;
    }

    private void ended(Outcome outcome, long nanos) {
        if (outcome == Outcome.TIMED_OUT && !isWritten) {
            nodeTracker.connectionUnanswered(node, nanos);
        }
        nodeTracker.requestEnded(node, outcome, nanos);
    }

    @Override
    public void written() {
        isWritten = true;
        nodeTracker.requestWritten(node);
    }

    @Override
    public void progressed() {
        nodeTracker.answerProgressed(node);
    }

    @Override
    public @Nullable PayloadTarget accept(StripeHeader header) {
        return null;
    }
}
