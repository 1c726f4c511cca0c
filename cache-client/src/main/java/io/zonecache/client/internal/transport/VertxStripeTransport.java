package io.zonecache.client.internal.transport;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.StallAwareClock;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * HTTP over Vert.x with connection pools of its own: HTTP/1.1 for stripes and short requests, HTTP/2 for requests that wait at a node. All
 * connections to a node live on one event loop, so answers do not move between threads, readers share connections, and pools need no
 * lock. Nodes are assigned to event loops round-robin.
 *
 * <p>An answer that is no longer needed is read to its end and dropped, which keeps its connection; past its time limit it is reset.
 */
public final class VertxStripeTransport implements StripeTransport {

    /** Searches for idle connections within each idle time. */
    /** As large as Netty's largest read: every piece costs a copy and an event of its own. */
    private static final int MAX_PIECE_BYTES = 64 * 1024;

    private static final int SWEEPS = 4;

    /** After which an unused address is forgotten; far longer than any request takes to begin. */
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** Vert.x closes a client that nothing references, so these fields are what keeps them open. */
    private final HttpClientAgent http1;

    private final HttpClientAgent http2;
    private final List<Context> loops;
    private final HostLookup lookup;
    private final TransportOptions options;
    private final OutgoingRequests requests;
    private final AtomicInteger nextLoop = new AtomicInteger();
    /** By address, as views and seeds spell it. */
    private final Map<String, NodeConnections> nodes = new ConcurrentHashMap<>();

    private final List<EpochListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PurgeTokenListener> purgeListeners = new CopyOnWriteArrayList<>();
    private final Map<RequestExchange<?>, Boolean> inFlight = new ConcurrentHashMap<>();
    private volatile ContactListener contacts = ContactListener.NONE;
    private volatile boolean isClosed;

    /** Waits until the event loops' contexts are there, so it must not be called on one of them. The caller closes {@code vertx}. */
    public VertxStripeTransport(Vertx vertx, int eventLoops, TransportOptions options) {
        this(vertx, eventLoops, options, null);
    }

    /** @param lookup null for the hosts file and the DNS */
    VertxStripeTransport(Vertx vertx, int eventLoops, TransportOptions options, @Nullable HostLookup lookup) {
        this.options = options;
        this.requests = new OutgoingRequests(options);
        this.loops = EventLoops.contexts(vertx, eventLoops);
        this.lookup = lookup == null ? new DnsHostLookup(loops.get(0)) : lookup;
        HttpClientOptions common = new HttpClientOptions()
                .setConnectTimeout(options.connectMillis())
                .setTcpNoDelay(true);
        this.http1 = client(
                vertx,
                new HttpClientOptions(common)
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setKeepAlive(true)
                        .setMaxChunkSize(MAX_PIECE_BYTES));
        this.http2 = client(
                vertx,
                new HttpClientOptions(common)
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));
        for (Context loop : loops) {
            loop.runOnContext(
                    turn -> vertx.setPeriodic(Math.max(1, options.idleMillis() / SWEEPS), timer -> sweep(loop, timer)));
        }
    }

    /** Makes a clock stand still while an event loop is stalled. */
    public void watchLoops(StallAwareClock clock) {
        for (Context loop : loops) {
            StallAwareClock.Loop ticks = clock.newLoop();
            loop.runOnContext(turn -> {
                ticks.tick();
                loop.owner().setPeriodic(clock.intervalMillis(), timer -> ticks.tick());
            });
        }
    }

    @Override
    public void onContact(ContactListener listener) {
        contacts = listener;
    }

    @Override
    public CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink) {
        return run(node, new ReplyReaders.Get(key, sink), false, () -> requests.stripes(key, context));
    }

    @Override
    public CompletableFuture<PutReply> put(
            ZoneNode node, ChunkKey key, RequestContext context, List<StripeRecord> records) {
        return run(node, new ReplyReaders.Put(), false, () -> requests.write(key, context, records));
    }

    @Override
    public CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context) {
        return run(node, new ReplyReaders.Put(), false, () -> requests.reportCorrupt(key, context));
    }

    @Override
    public CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseRequest question) {
        return run(
                node,
                new ReplyReaders.Lease(),
                question.waitMillis() > 0,
                () -> requests.acquireLease(key, context, question));
    }

    @Override
    public CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        return run(node, new ReplyReaders.Put(), false, () -> requests.endLease(key, context, lease, outcome));
    }

    @Override
    public CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis) {
        return run(
                        address,
                        new ReplyReaders.View(),
                        waitMillis > 0,
                        head(address, null),
                        () -> requests.view(etag, purges, waitMillis, timeoutMillis))
                .thenCompose(ReplyReaders.Answer::future);
    }

    @Override
    public CompletableFuture<PurgePage> purges(String address, String since, long timeoutMillis) {
        return run(
                        address,
                        new ReplyReaders.Purges(),
                        false,
                        head(address, null),
                        () -> requests.purges(since, timeoutMillis))
                .thenCompose(ReplyReaders.Answer::future);
    }

    @Override
    public void announceEpoch(long newEpoch) {
        requests.announceEpoch(newEpoch);
    }

    @Override
    public void onEpoch(EpochListener listener) {
        listeners.add(listener);
    }

    @Override
    public void onPurges(PurgeTokenListener listener) {
        purgeListeners.add(listener);
    }

    /** @param node null if only its address is known: then its epoch is not reported */
    private HeadListener head(String address, @Nullable ZoneNode node) {
        return new HeadListener() {
            @Override
            void answered() {
                contacts.answered(address, node);
            }

            @Override
            void epochSeen(long seen) {
                if (node != null) {
                    listeners.forEach(listener -> listener.epochSeen(node, seen));
                }
            }

            @Override
            void purgesSeen(String token) {
                purgeListeners.forEach(listener -> listener.tokenSeen(address, token));
            }
        };
    }

    @Override
    public void close() {
        isClosed = true;
        inFlight.keySet().forEach(RequestExchange::abort);
        for (NodeConnections node : nodes.values()) {
            try {
                node.loop().runOnContext(turn -> node.close());
            } catch (RejectedExecutionException e) {
                // The loops have ended, and their connections with them.
                return;
            }
        }
        Future<Void> unusedFirst = http1.close();
        Future<Void> unusedSecond = http2.close();
    }

    /** Requests that are at a node or wait for a connection. */
    int requestsInFlight() {
        return inFlight.size();
    }

    private <T> CompletableFuture<T> run(
            ZoneNode node, ReplyReader<T> reader, boolean isWaiting, Supplier<OutgoingRequest> request) {
        return run(node.address(), reader, isWaiting, head(node.address(), node), request);
    }

    /** A request that can't even begin ends with a reply too. */
    private <T> CompletableFuture<T> run(
            String address,
            ReplyReader<T> reader,
            boolean isWaiting,
            HeadListener headListener,
            Supplier<OutgoingRequest> request) {
        NodeConnections node;
        try {
            node = nodes.computeIfAbsent(address, this::connections);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(
                    reader.failed(Failure.UNREACHABLE, String.valueOf(e.getMessage())));
        }
        try {
            RequestExchange<T> exchange =
                    new RequestExchange<>(reader, request.get(), node, node.pool(isWaiting), headListener);
            begin(exchange);
            return exchange.result();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.completedFuture(reader.failed(Failure.NOT_SENT, "client: " + e));
        }
    }

    private void begin(RequestExchange<?> exchange) {
        inFlight.put(exchange, true);
        Futures.thenRun(exchange.result(), () -> inFlight.remove(exchange));
        exchange.start();
        if (isClosed) {
            exchange.abort();
        }
    }

    private NodeConnections connections(String address) {
        NodeAddress parsed = NodeAddress.parse(address);
        Context loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        NodeDialer dialer = new NodeDialer(
                parsed, loop, lookup, http1, http2, options.connectMillis(), () -> contacts.connecting(address));
        return new NodeConnections(address, loop, dialer, dataLimits(), waitingLimits());
    }

    private ConnectionPool.Limits dataLimits() {
        return new ConnectionPool.Limits(
                HttpVersion.HTTP_1_1, options.connections(), 0, options.waitQueueLength(), options.connectMillis());
    }

    private ConnectionPool.Limits waitingLimits() {
        return new ConnectionPool.Limits(
                HttpVersion.HTTP_2,
                TransportOptions.MAX_WAITING_CONNECTIONS_HTTP_1,
                TransportOptions.MAX_WAITING_CONNECTIONS,
                options.waitQueueLength(),
                options.connectMillis());
    }

    private void sweep(Context loop, long timer) {
        if (isClosed) {
            loop.owner().cancelTimer(timer);
            return;
        }
        long now = System.nanoTime();
        for (NodeConnections node : new ArrayList<>(nodes.values())) {
            if (node.loop() == loop) {
                node.closeIdle(now, TimeUnit.MILLISECONDS.toNanos(options.idleMillis()));
                if (node.isUnused(now, FORGET_NANOS)) {
                    nodes.remove(node.address(), node);
                }
            }
        }
    }

    private static HttpClientAgent client(Vertx vertx, HttpClientOptions options) {
        return vertx.httpClientBuilder().with(options).build();
    }
}
