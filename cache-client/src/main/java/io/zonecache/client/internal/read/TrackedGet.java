package io.zonecache.client.internal.read;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.node.NodeTracker.Outcome;
import io.zonecache.client.internal.node.RequestEvidence;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One GET of a chunk's stripes from one node; the {@link NodeTracker} is notified of its progress. Thread-safe. */
final class TrackedGet implements StripeSink {

    /** Time limit of one request to a node, however late its read's deadline: the longest one that can be configured. */
    private static final long MAX_MILLIS = 600_000;

    /** Time limit of one request that only finds out whether a node answers, because its answer may be long. */
    private static final long MAX_PROBE_MILLIS = 5_000;

    private final ZoneNode node;
    private final RequestEvidence evidence;
    private final StripeSink stripes;

    private TrackedGet(NodeTracker nodeTracker, ZoneNode node, StripeSink stripes) {
        this.node = node;
        this.evidence = nodeTracker.begin(node);
        this.stripes = stripes;
    }

    /**
     * Asks a node for its stripes.
     *
     * @param stripes decides where payloads go
     * @param onReply called once, whatever the transport or the tracker does
     */
    static void send(
            ReadContext context, ChunkRead read, ZoneNode node, StripeSink stripes, Consumer<GetReply> onReply) {
        new TrackedGet(context.nodeTracker, node, stripes)
                .send(context, read, context.requestContext(read, MAX_MILLIS), onReply);
    }

    /** Probes a node; completes, never exceptionally, with whether it has answered. Takes no stripe. */
    static CompletableFuture<Boolean> probe(ReadContext context, ChunkRead read, ZoneNode node) {
        CompletableFuture<Boolean> hasAnswered = new CompletableFuture<>();
        new TrackedGet(context.nodeTracker, node, header -> null)
                .send(
                        context,
                        read,
                        context.requestContext(read, MAX_PROBE_MILLIS),
                        reply -> hasAnswered.complete(outcome(reply) == Outcome.ANSWERED));
        return hasAnswered;
    }

    /** One read a second asks one of its nodes whether a silent zone is back, without waiting for the answer. */
    static void probeSilentZone(ReadContext context, ChunkRead read, List<ZoneNode> placement) {
        if (!placement.isEmpty() && context.nodeTracker.takeZoneProbe()) {
            ZoneNode node = placement.get(context.random.nextInt(placement.size()));
            Futures.whenDone(probe(context, read, node), (hasAnswered, failure) -> {});
        }
    }

    private void send(ReadContext context, ChunkRead read, RequestContext request, Consumer<GetReply> onReply) {
        long sentNanos = context.nanoTime();
        CompletableFuture<GetReply> answer = Futures.call(() -> context.transport.get(node, read.key(), request, this));
        Futures.whenDone(answer, (reply, failure) -> {
            GetReply known = reply != null
                    ? reply
                    : new GetReply.Unknown(GetReply.Cause.NOT_SENT, "the transport failed: " + failure);
            try {
                evidence.ended(outcome(known), context.nanoTime() - sentNanos);
            } finally {
                onReply.accept(known);
            }
        });
    }

    private static Outcome outcome(GetReply reply) {
        if (reply instanceof GetReply.Lost) {
            return Outcome.FAILED;
        }
        if (reply instanceof GetReply.Unknown unknown) {
            return switch (unknown.cause()) {
                case TIMEOUT -> Outcome.TIMED_OUT;
                case REFUSED -> Outcome.ANSWERED;
                case CUT_OFF -> Outcome.FAILED;
                case NOT_SENT -> Outcome.NOT_SENT;
            };
        }
        return Outcome.ANSWERED;
    }

    @Override
    public void written() {
        evidence.written();
    }

    @Override
    public void requeued() {
        evidence.requeued();
    }

    @Override
    public void progressed() {
        evidence.progressed();
    }

    @Override
    public @Nullable PayloadTarget accept(StripeHeader header) {
        return stripes.accept(header);
    }
}
