package io.zonecache.client;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.lease.SimulatedLeases;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The way to simulated nodes, which fails as a {@link SeamFault} says. Every answer takes a while. */
final class SeamTransport implements StripeTransport {

    private static final long WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    final InProcessTransport nodes;
    final Map<String, SimulatedLeases> leases = new HashMap<>();

    /** So many more writes are refused, by whichever node. */
    int writesRefused;

    /** Until then nodes go by an older view, in which they are none of the chunk's nodes. */
    long notCoordinatorUntilNanos;

    boolean isClosed;
    private final VirtualTimer timer;
    private final SeamFault fault;
    private int inFlight;

    SeamTransport(VirtualTimer timer, SeamFault fault) {
        this.timer = timer;
        this.fault = fault;
        this.nodes = new InProcessTransport(timer);
    }

    /** Requests without an answer; those for views may be held and don't count. */
    int inFlight() {
        return inFlight;
    }

    private <T> CompletableFuture<T> count(CompletableFuture<T> request) {
        inFlight++;
        CompletableFuture<T> told = new CompletableFuture<>();
        Futures.whenDone(request, (reply, failure) -> {
            inFlight--;
            if (failure == null) {
                told.complete(reply);
            } else {
                told.completeExceptionally(failure);
            }
        });
        return told;
    }

    private <T> CompletableFuture<T> answerLater(long timeoutMillis, T onTimeout, Consumer<Consumer<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        timer.schedule(WAY_NANOS, () -> request.accept(answer::complete));
        timer.schedule(TimeUnit.MILLISECONDS.toNanos(timeoutMillis), () -> answer.complete(onTimeout));
        return count(answer);
    }

    private boolean isSilent(ZoneNode node) {
        return fake(node).mode == FakeNode.Mode.SILENT;
    }

    private FakeNode fake(ZoneNode node) {
        FakeNode fake = nodes.nodes.get(node.id());
        if (fake == null) {
            throw new IllegalArgumentException("node: " + node.id());
        }
        return fake;
    }

    @Override
    public CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink) {
        return fault.call(Seam.GET, () -> {
            Sink guarded = new Sink(sink);
            CompletableFuture<GetReply> reply = nodes.get(node, key, context, guarded);
            Futures.whenDone(
                    reply,
                    (known, failure) -> guarded.reply.complete(
                            known == null ? new GetReply.Unknown(GetReply.Cause.NOT_SENT, "failed") : known));
            return count(guarded.reply);
        });
    }

    /** A request whose sink throws ends as not sent. */
    private final class Sink implements StripeSink {

        final CompletableFuture<GetReply> reply = new CompletableFuture<>();
        private final StripeSink sink;

        Sink(StripeSink sink) {
            this.sink = sink;
        }

        private void run(Seam seam, Runnable call) {
            try {
                fault.check(seam);
                call.run();
            } catch (RuntimeException | Error e) {
                reply.complete(new GetReply.Unknown(GetReply.Cause.NOT_SENT, e.toString()));
            }
        }

        @Override
        public void written() {
            run(Seam.SINK_WRITTEN, sink::written);
        }

        @Override
        public void progressed() {
            run(Seam.SINK_PROGRESSED, sink::progressed);
        }

        @Override
        public @Nullable PayloadTarget accept(StripeHeader header) {
            progressed();
            @Nullable PayloadTarget[] target = new PayloadTarget[1];
            run(Seam.SINK_HEADER, () -> target[0] = sink.accept(header));
            return target[0];
        }
    }

    @Override
    public CompletableFuture<PutReply> put(
            ZoneNode node, ChunkKey key, RequestContext context, List<StripeRecord> records) {
        return fault.call(
                Seam.PUT,
                () -> answerLater(context.timeoutMillis(), new PutReply.Unknown("no answer"), answer -> {
                    if (writesRefused > 0) {
                        writesRefused--;
                        answer.accept(new PutReply.Refused(CacheErrorCode.BUSY, "busy", 0));
                    } else if (!isSilent(node)) {
                        Futures.thenRun(
                                nodes.put(node, key, context, records),
                                () -> answer.accept(new PutReply.Acknowledged()));
                    }
                }));
    }

    @Override
    public CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context) {
        return fault.call(Seam.REPORT, () -> count(nodes.reportCorrupt(node, key, context)));
    }

    @Override
    public CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseRequest question) {
        return fault.call(
                Seam.ACQUIRE_LEASE,
                () -> answerLater(context.timeoutMillis(), new LeaseReply.Unreachable("no answer"), answer -> {
                    if (timer.nanoTime() < notCoordinatorUntilNanos) {
                        answer.accept(new LeaseReply.Refused(CacheErrorCode.NOT_COORDINATOR, "another view", 0));
                    } else if (!isSilent(node)) {
                        leases(node).acquire(key, "client", question, answer);
                    }
                }));
    }

    @Override
    public CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        return fault.call(
                Seam.END_LEASE,
                () -> answerLater(context.timeoutMillis(), new PutReply.Unknown("no answer"), answer -> {
                    if (!isSilent(node)) {
                        leases(node).end(key, lease, outcome);
                        answer.accept(new PutReply.Acknowledged());
                    }
                }));
    }

    SimulatedLeases leases(ZoneNode node) {
        SimulatedLeases found = leases.get(node.id());
        if (found == null) {
            throw new IllegalArgumentException("node: " + node.id());
        }
        return found;
    }

    @Override
    public CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis) {
        return fault.call(Seam.VIEW, () -> nodes.view(address, etag, purges, waitMillis, timeoutMillis));
    }

    @Override
    public CompletableFuture<PurgePage> purges(String address, String since, long timeoutMillis) {
        return fault.call(Seam.PURGES, () -> count(nodes.purges(address, since, timeoutMillis)));
    }

    @Override
    public void announceEpoch(long epoch) {
        fault.check(Seam.ANNOUNCE_EPOCH);
        nodes.announceEpoch(epoch);
    }

    @Override
    public void onEpoch(EpochListener listener) {
        nodes.onEpoch((node, epoch) -> quietly(() -> listener.epochSeen(node, epoch)));
    }

    @Override
    public void onPurges(PurgeTokenListener listener) {
        nodes.onPurges((address, token) -> quietly(() -> listener.tokenSeen(address, token)));
    }

    /** As the transport does with what listeners to its answers throw. */
    private void quietly(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | Error e) {
            if (!fault.hasThrown()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        nodes.close();
    }
}
