package io.zonecache.client.internal.transport;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.AwakeClock;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.Protocol;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * HTTP over Vert.x, with connections of its own: HTTP/1.1 for stripes and short questions, HTTP/2 for what waits at a node. Each node is served by one
 * event loop, on which all its connections live, so that no piece of an answer hops between threads, connections are shared by whoever
 * reads, and their pools need no lock. Nodes are dealt out to the loops in turn.
 *
 * <p>A losing answer is read to its end and dropped, which keeps its connection; past its time it is reset.
 */
public final class VertxStripeTransport implements StripeTransport {

    /** As large as Netty's largest read: every piece costs a copy and an event of its own. */
    private static final int MAX_PIECE_BYTES = 64 * 1024;

    /** Looks for idle connections within each idle time. */
    private static final int SWEEPS = 4;

    /** After which an address that nobody asks for is forgotten; far longer than any request takes to begin. */
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final long ANY_EPOCH = 0;

    /** Vert.x closes a client that nothing references, so these fields are what keeps them open. */
    private final HttpClientAgent http1;

    private final HttpClientAgent http2;
    private final List<Context> loops;
    private final HostLookup lookup;
    private final TransportOptions options;
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final Map<NodeAddress, NodeConnections> nodes = new ConcurrentHashMap<>();
    private final List<EpochListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PurgeTokenListener> purgeListeners = new CopyOnWriteArrayList<>();
    private final Map<RequestExchange<?>, Boolean> underWay = new ConcurrentHashMap<>();
    private volatile long epoch;
    private volatile boolean isClosed;

    /** Waits until the event loops' contexts are there, so it must not be called on one of them. The caller closes {@code vertx}. */
    public VertxStripeTransport(Vertx vertx, int eventLoops, TransportOptions options) {
        this(vertx, eventLoops, options, null);
    }

    /** @param lookup null for the hosts file and the DNS */
    VertxStripeTransport(Vertx vertx, int eventLoops, TransportOptions options, @Nullable HostLookup lookup) {
        this.options = options;
        this.loops = List.copyOf(contexts(vertx, eventLoops));
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

    /** Lets a clock stand still while an event loop is stalled. */
    public void watchLoops(AwakeClock clock) {
        long intervalNanos = TimeUnit.MILLISECONDS.toNanos(clock.intervalMillis());
        for (Context loop : loops) {
            loop.runOnContext(turn -> {
                long[] dueNanos = {System.nanoTime() + intervalNanos};
                loop.owner().setPeriodic(clock.intervalMillis(), timer -> {
                    clock.tick(dueNanos[0]);
                    dueNanos[0] = System.nanoTime() + intervalNanos;
                });
            });
        }
    }

    @Override
    public CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink) {
        return run(
                node,
                new ReplyReaders.Get(key, sink),
                false,
                () -> request(
                        HttpMethod.GET, Protocol.stripesPath(key), context, List.of(), 0, options.maxBodyBytes()));
    }

    @Override
    public CompletableFuture<PutReply> put(
            ZoneNode node, ChunkKey key, RequestContext context, List<StripeRecord> records) {
        return run(node, new ReplyReaders.Put(), false, () -> {
            OutgoingRequest request = shortRequest(HttpMethod.PUT, Protocol.stripesPath(key), context, records, 0);
            request.headers().add(HttpHeaders.CONTENT_TYPE, Protocol.STRIPES_MEDIA_TYPE);
            if (context.lease() != null) {
                request.headers().add(Protocol.LEASE_HEADER, context.lease());
            }
            return request;
        });
    }

    @Override
    public CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context) {
        return run(
                node,
                new ReplyReaders.Put(),
                false,
                () -> shortRequest(
                        HttpMethod.DELETE, Protocol.stripesPath(key) + "?if=corrupt", context, List.of(), 0));
    }

    @Override
    public CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseQuestion question) {
        return run(node, new ReplyReaders.Lease(), question.waitMillis() > 0, () -> {
            String uri = Protocol.leasePath(key) + "?waitMillis=" + question.waitMillis()
                    + (question.seenFilled() ? "&seen=FILLED" : "")
                    + "&nonce=" + HexFormat.of().toHexDigits(question.nonce());
            return shortRequest(HttpMethod.POST, uri, context, List.of(), question.waitMillis());
        });
    }

    @Override
    public CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        return run(node, new ReplyReaders.Put(), false, () -> {
            String uri = Protocol.leasePath(key) + '/' + URLEncoder.encode(lease, StandardCharsets.UTF_8);
            String outcomeName = outcome.wireName();
            String query = outcomeName == null ? "" : "?outcome=" + outcomeName;
            return shortRequest(HttpMethod.DELETE, uri + query, context, List.of(), 0);
        });
    }

    @Override
    public CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis) {
        return run(address, new ReplyReaders.View(), waitMillis > 0, head(address, null), () -> {
                    OutgoingRequest request = zoneRequest(Protocol.VIEW_PATH, timeoutMillis, 4L * ViewJson.MAX_CHARS);
                    if (purges != null) {
                        request.headers().add(Protocol.PURGES_HEADER, purges);
                    }
                    if (etag != null) {
                        request.headers().add(HttpHeaders.IF_NONE_MATCH, etag);
                    }
                    if (waitMillis > 0) {
                        request.headers().add("Prefer", "wait=" + (waitMillis + 999) / 1_000);
                    }
                    return request;
                })
                .thenCompose(ReplyReaders.Answer::future);
    }

    @Override
    public CompletableFuture<PurgePage> purges(String address, String since, long timeoutMillis) {
        return run(
                        address,
                        new ReplyReaders.Purges(),
                        false,
                        head(address, null),
                        () -> zoneRequest(
                                Protocol.PURGES_PATH + "?since=" + since, timeoutMillis, 4L * PurgePage.MAX_CHARS))
                .thenCompose(ReplyReaders.Answer::future);
    }

    private OutgoingRequest zoneRequest(String uri, long timeoutMillis, long maxReplyBytes) {
        return request(HttpMethod.GET, uri, List.of(), timeoutMillis, timeoutMillis, maxReplyBytes);
    }

    @Override
    public void tellEpoch(long newEpoch) {
        this.epoch = newEpoch;
    }

    @Override
    public void onEpoch(EpochListener listener) {
        listeners.add(listener);
    }

    @Override
    public void onPurges(PurgeTokenListener listener) {
        purgeListeners.add(listener);
    }

    /** @param node null where only its address is known: then nobody asks for its epoch */
    private RequestExchange.HeadListener head(String address, @Nullable ZoneNode node) {
        return new RequestExchange.HeadListener() {
            @Override
            public void epochSeen(long seen) {
                if (node != null) {
                    listeners.forEach(listener -> listener.epochSeen(node, seen));
                }
            }

            @Override
            public void purgesSeen(String token) {
                purgeListeners.forEach(listener -> listener.tokenSeen(address, token));
            }
        };
    }

    @Override
    public void close() {
        isClosed = true;
        underWay.keySet().forEach(RequestExchange::abort);
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
    int requestsUnderWay() {
        return underWay.size();
    }

    private <T> CompletableFuture<T> run(
            ZoneNode node, ReplyReader<T> reader, boolean isWaiting, Supplier<OutgoingRequest> request) {
        return run(node.address(), reader, isWaiting, head(node.address(), node), request);
    }

    /** What can't even be begun is a reply too. */
    private <T> CompletableFuture<T> run(
            String address,
            ReplyReader<T> reader,
            boolean isWaiting,
            RequestExchange.HeadListener headListener,
            Supplier<OutgoingRequest> request) {
        NodeAddress parsed;
        try {
            parsed = NodeAddress.parse(address);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(reader.failed(Failure.REFUSED, String.valueOf(e.getMessage())));
        }
        try {
            NodeConnections node = nodes.computeIfAbsent(parsed, this::connections);
            RequestExchange<T> exchange =
                    new RequestExchange<>(reader, request.get(), node, node.pool(isWaiting), headListener);
            begin(exchange);
            return exchange.result();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.completedFuture(reader.failed(Failure.NOT_SENT, "client: " + e));
        }
    }

    private void begin(RequestExchange<?> exchange) {
        underWay.put(exchange, true);
        Futures.thenRun(exchange.result(), () -> underWay.remove(exchange));
        exchange.start();
        if (isClosed) {
            exchange.abort();
        }
    }

    private OutgoingRequest shortRequest(
            HttpMethod method, String uri, RequestContext context, List<StripeRecord> records, long waitMillis) {
        return request(method, uri, context, records, waitMillis, ProblemReply.MAX_BODY_BYTES);
    }

    /** @param waitMillis how long the node may keep it, which is no silence */
    private OutgoingRequest request(
            HttpMethod method,
            String uri,
            RequestContext context,
            List<StripeRecord> records,
            long waitMillis,
            long maxReplyBytes) {
        OutgoingRequest request = request(
                method,
                uri,
                records,
                context.timeoutMillis(),
                Math.min(context.timeoutMillis(), waitMillis + context.silenceMillis()),
                maxReplyBytes);
        request.headers().add(Protocol.RANK_HEADER, Integer.toString(context.rank()));
        String traceparent = context.traceparent();
        if (traceparent != null) {
            request.headers().add("traceparent", traceparent);
        }
        return request;
    }

    private OutgoingRequest request(
            HttpMethod method,
            String uri,
            List<StripeRecord> records,
            long timeoutMillis,
            long silenceMillis,
            long maxReplyBytes) {
        MultiMap headers = HttpHeaders.headers().add(HttpHeaders.USER_AGENT, options.userAgent());
        long knownEpoch = epoch;
        if (knownEpoch != ANY_EPOCH) {
            headers.add(Protocol.EPOCH_HEADER, Long.toString(knownEpoch));
        }
        return new OutgoingRequest(method, uri, headers, records, timeoutMillis, silenceMillis, maxReplyBytes);
    }

    private NodeConnections connections(NodeAddress address) {
        Context loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        NodeDialer dialer = new NodeDialer(address, loop, lookup, http1, http2, 2L * options.connectMillis());
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

    /** A deployment is Vert.x's public way to contexts that are spread over its event loops. */
    private static Collection<Context> contexts(Vertx vertx, int eventLoops) {
        Queue<Context> found = new ConcurrentLinkedQueue<>();
        vertx.deployVerticle(() -> new ContextFinder(found), new DeploymentOptions().setInstances(eventLoops))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return found;
    }

    /** Vert.x wants an object of its own for each instance. */
    private static final class ContextFinder implements Deployable {

        private final Queue<Context> found;

        ContextFinder(Queue<Context> found) {
            this.found = found;
        }

        @Override
        public Future<?> deploy(Context context) {
            found.add(context);
            return Future.succeededFuture();
        }
    }
}
