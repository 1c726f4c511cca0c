package io.zonecache.client.internal.transport;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.network.Delay;
import io.zonecache.testkit.network.SimulatedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls fake nodes over a simulated network, on the caller's thread; timeouts are the timer's. */
public class InProcessTransport implements StripeTransport {

    private static final String CLIENT = "client";

    private final VirtualTimer timer;
    private final SimulatedNetwork network;
    private final Map<CompletableFuture<GetReply>, Boolean> inFlight = new ConcurrentHashMap<>();
    private EpochListener listener = (node, epoch) -> {};
    private PurgeTokenListener purgeListener = (address, token) -> {};
    private boolean isClosed;

    /** By node id, in no order; {@link #add} adds to it. */
    public final Map<String, FakeNode> nodes = new ConcurrentHashMap<>();

    /** By address. */
    public final Map<String, EncodedView> views = new ConcurrentHashMap<>();

    /** By address, in the order in which they are given out. */
    public final Map<String, Queue<PurgePage>> purgePages = new ConcurrentHashMap<>();

    public final List<String> purgeQuestions = new ArrayList<>();

    public long announcedEpoch;

    public InProcessTransport(VirtualTimer timer) {
        this.timer = timer;
        this.network = new SimulatedNetwork(timer.clock(), new Random(0));
        network.attach(CLIENT);
    }

    /** Adds a node, or replaces the one with this id. */
    public void add(String id, FakeNode node) {
        nodes.put(id, node);
        network.attach(id, node::state);
    }

    @Override
    @SuppressWarnings("CollectionUndefinedEquality") // a future equals itself only
    public CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink) {
        FakeNode fake = nodes.get(node.id());
        if (isClosed || fake == null) {
            return CompletableFuture.completedFuture(
                    isClosed
                            ? new GetReply.Unknown(GetReply.Cause.NOT_SENT, "closed")
                            : new GetReply.Lost("connection refused"));
        }
        heard(node, fake);
        fake.gets.add(context);
        network.setDelayTo(node.id(), fake.delayMillis == 0 ? Delay.NONE : Delay.ofMillis(fake.delayMillis));
        sink.written();
        CompletableFuture<GetReply> reply = new CompletableFuture<>();
        network.<GetReply>call(
                CLIENT,
                node.id(),
                answer -> Futures.whenDone(
                        fake.get(key, sink), (got, failure) -> answer.accept(Objects.requireNonNull(got))),
                reply::complete,
                () -> reply.complete(new GetReply.Lost("connection refused")));
        if (!reply.isDone()) {
            inFlight.put(reply, true);
            timer.schedule(
                    TimeUnit.MILLISECONDS.toNanos(context.silenceMillis()),
                    () -> reply.complete(new GetReply.Unknown(GetReply.Cause.TIMEOUT, "no answer")));
        }
        return reply;
    }

    @Override
    public CompletableFuture<PutReply> put(
            ZoneNode node, ChunkKey key, RequestContext context, java.util.List<StripeRecord> records) {
        FakeNode fake = nodes.get(node.id());
        if (isClosed || fake == null) {
            return CompletableFuture.completedFuture(notReached());
        }
        heard(node, fake);
        return CompletableFuture.completedFuture(fake.put(key, records));
    }

    @Override
    public CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context) {
        FakeNode fake = nodes.get(node.id());
        return CompletableFuture.completedFuture(isClosed || fake == null ? notReached() : fake.report());
    }

    @Override
    public CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseRequest question) {
        FakeNode fake = nodes.get(node.id());
        return CompletableFuture.completedFuture(
                isClosed
                        ? new LeaseReply.NotSent("closed")
                        : fake == null ? new LeaseReply.Unreachable("connection refused") : fake.lease(key, question));
    }

    @Override
    public CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        FakeNode fake = nodes.get(node.id());
        return CompletableFuture.completedFuture(
                isClosed || fake == null ? notReached() : fake.endLease(key, lease, outcome));
    }

    @Override
    public CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis) {
        CompletableFuture<@Nullable EncodedView> answer = new CompletableFuture<>();
        EncodedView view = views.get(address);
        if (isClosed || view == null) {
            answer.completeExceptionally(new CacheException(CacheErrorCode.ZONE_UNCERTAIN, "no view at " + address));
        } else if (!view.version().etag().equals(etag)) {
            answer.complete(view);
        } else {
            timer.schedule(TimeUnit.MILLISECONDS.toNanos(waitMillis), () -> {
                EncodedView now = views.get(address);
                answer.complete(now == null || now.version().etag().equals(etag) ? null : now);
            });
        }
        return answer;
    }

    @Override
    public CompletableFuture<PurgePage> purges(String address, String since, long timeoutMillis) {
        purgeQuestions.add(address + " " + since);
        Queue<PurgePage> pages = purgePages.get(address);
        PurgePage page = isClosed || pages == null ? null : pages.poll();
        return page == null
                ? CompletableFuture.failedFuture(
                        new CacheException(CacheErrorCode.ZONE_UNCERTAIN, "no purges at " + address))
                : CompletableFuture.completedFuture(page);
    }

    @Override
    public void onPurges(PurgeTokenListener newListener) {
        this.purgeListener = newListener;
    }

    /** An answer of the node at that address carries this token. */
    public void announcePurges(String address, String token) {
        purgeListener.tokenSeen(address, token);
    }

    @Override
    public void announceEpoch(long epoch) {
        this.announcedEpoch = epoch;
    }

    @Override
    public void onEpoch(EpochListener newListener) {
        this.listener = newListener;
    }

    @Override
    public void close() {
        isClosed = true;
        inFlight.keySet().forEach(reply -> reply.complete(new GetReply.Unknown(GetReply.Cause.NOT_SENT, "closed")));
    }

    private PutReply notReached() {
        return isClosed ? new PutReply.NotSent("closed") : new PutReply.Unknown("connection refused");
    }

    private void heard(ZoneNode node, FakeNode fake) {
        if (fake.epoch > 0) {
            listener.epochSeen(node, fake.epoch);
        }
    }
}
