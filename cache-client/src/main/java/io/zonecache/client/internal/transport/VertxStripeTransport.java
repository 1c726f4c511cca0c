package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.zonecache.client.internal.Futures;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with keep-alive over Vert.x. All requests for one chunk run on one event loop, so that a read's replies don't meet on
 * different threads, and chunks spread over the loops. Each loop has connections of its own: out of a pool for all, Vert.x takes any
 * that is free, and every piece of an answer would hop to the loop that asked. Requests that wait at the node, for leases and views, have a pool of
 * connections of their own: they must not keep reads from it, nor the end of a fill that they wait for.
 *
 * <p>A losing answer is read to its end and dropped, which keeps its connection; past its time it is reset.
 */
public final class VertxStripeTransport implements StripeTransport {

    /** Less than a node's idle time, so that the client closes first and no request meets a closing connection. */
    private static final int KEEP_ALIVE_SECONDS = 30;

    /** As large as Netty's largest read: every piece costs a copy and an event of its own. */
    private static final int MAX_PIECE_BYTES = 64 * 1024;

    /** Waiting requests for leases and views to one node; each holds its connection while it waits. */
    private static final int WAITING_CONNECTIONS = 32;

    private static final ChunkKey NO_CHUNK = new ChunkKey(0, 0, 0, 0);

    /** Vert.x closes a client that nothing references, so these fields are what keeps them open. */
    private final Loop[] loops;

    private final HttpClient waiting;
    private final TransportOptions options;
    private final List<EpochListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Exchange<?>, Context> underWay = new ConcurrentHashMap<>();
    private volatile long epoch;
    private volatile boolean isClosed;

    /** Waits until the event loops' contexts are there, so it must not be called on one of them. The caller closes {@code vertx}. */
    public VertxStripeTransport(Vertx vertx, int eventLoops, TransportOptions options) {
        this.options = options;
        // Each loop has a connection at least, and all together no more than they may.
        int used = Math.min(eventLoops, options.connections());
        this.loops = contexts(vertx, used).stream()
                .map(context -> new Loop(context, client(vertx, options, options.connections() / used)))
                .toArray(Loop[]::new);
        this.waiting = client(vertx, options, WAITING_CONNECTIONS);
    }

    @Override
    public CompletableFuture<GetReply> get(ZoneNode node, ChunkKey key, RequestContext context, StripeSink sink) {
        Loop loop = loopOf(key);
        return run(
                new Exchanges.Get(key, sink),
                loop,
                loop.stripes,
                node,
                request(HttpMethod.GET, Protocol.stripesPath(key), context),
                null,
                context.timeoutMillis(),
                options.maxBodyBytes());
    }

    @Override
    public CompletableFuture<PutReply> put(
            ZoneNode node, ChunkKey key, RequestContext context, List<StripeRecord> records) {
        RequestOptions request = request(HttpMethod.PUT, Protocol.stripesPath(key), context)
                .putHeader(HttpHeaders.CONTENT_TYPE, Protocol.STRIPES_MEDIA_TYPE);
        if (context.lease() != null) {
            request.putHeader(Protocol.LEASE_HEADER, context.lease());
        }
        return run(new Exchanges.Put(), node, request, body(records), key, context.timeoutMillis());
    }

    /** One connection for each event loop. A HEAD is no reference to the chunk that it names. */
    @Override
    public void warm(ZoneNode node) {
        int timeoutMillis = options.connectMillis();
        for (Loop loop : loops) {
            RequestOptions request = request(HttpMethod.HEAD, Protocol.stripesPath(NO_CHUNK), timeoutMillis);
            Exchanges.Put exchange = new Exchanges.Put();
            start(
                    exchange,
                    loop.context,
                    loop.stripes,
                    node.address(),
                    request,
                    null,
                    timeoutMillis,
                    Problem.MAX_BODY_BYTES);
        }
    }

    @Override
    public CompletableFuture<PutReply> reportCorrupt(ZoneNode node, ChunkKey key, RequestContext context) {
        RequestOptions request = request(HttpMethod.DELETE, Protocol.stripesPath(key) + "?if=corrupt", context);
        return run(new Exchanges.Put(), node, request, null, key, context.timeoutMillis());
    }

    @Override
    public CompletableFuture<LeaseReply> acquireLease(
            ZoneNode node, ChunkKey key, RequestContext context, LeaseQuestion question) {
        String uri = Protocol.leasePath(key) + "?waitMillis=" + question.waitMillis()
                + (question.seenFilled() ? "&seen=FILLED" : "");
        RequestOptions request = request(HttpMethod.POST, uri, context);
        Loop loop = loopOf(key);
        return run(
                new Exchanges.Lease(),
                loop,
                question.waitMillis() > 0 ? waiting : loop.stripes,
                node,
                request,
                null,
                context.timeoutMillis(),
                Problem.MAX_BODY_BYTES);
    }

    @Override
    public CompletableFuture<PutReply> endLease(
            ZoneNode node, ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        String uri = Protocol.leasePath(key) + '/' + URLEncoder.encode(lease, StandardCharsets.UTF_8);
        String query = outcome == LeaseOutcome.UNUSED
                ? ""
                : "?outcome=" + outcome.name().toLowerCase(Locale.ROOT);
        RequestOptions request = request(HttpMethod.DELETE, uri + query, context);
        return run(new Exchanges.Put(), node, request, null, key, context.timeoutMillis());
    }

    @Override
    public CompletableFuture<@Nullable EncodedView> view(
            String address, @Nullable String etag, long waitMillis, long timeoutMillis) {
        RequestOptions request = request(HttpMethod.GET, Protocol.VIEW_PATH, timeoutMillis);
        if (etag != null) {
            request.putHeader(HttpHeaders.IF_NONE_MATCH, etag);
        }
        if (waitMillis > 0) {
            request.putHeader("Prefer", "wait=" + (waitMillis + 999) / 1_000);
        }
        Exchanges.View exchange = new Exchanges.View();
        start(exchange, loops[0].context, waiting, address, request, null, timeoutMillis, 4L * ViewJson.MAX_CHARS);
        return exchange.result().thenCompose(answer -> {
            CompletableFuture<@Nullable EncodedView> view = new CompletableFuture<>();
            if (answer.failure() != null) {
                view.completeExceptionally(answer.failure());
            } else {
                view.complete(answer.view());
            }
            return view;
        });
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
    public void close() {
        isClosed = true;
        underWay.forEach(Exchange::abort);
        for (Loop loop : loops) {
            loop.stripes.close();
        }
        waiting.close();
    }

    /** A short exchange that no node holds. */
    private <T> CompletableFuture<T> run(
            Exchange<T> exchange,
            ZoneNode node,
            RequestOptions request,
            @Nullable Buffer body,
            ChunkKey key,
            long timeoutMillis) {
        Loop loop = loopOf(key);
        return run(exchange, loop, loop.stripes, node, request, body, timeoutMillis, Problem.MAX_BODY_BYTES);
    }

    private <T> CompletableFuture<T> run(
            Exchange<T> exchange,
            Loop loop,
            HttpClient client,
            ZoneNode node,
            RequestOptions request,
            @Nullable Buffer body,
            long timeoutMillis,
            long maxBodyBytes) {
        exchange.onEpoch(seen -> listeners.forEach(listener -> listener.epochSeen(node, seen)));
        start(exchange, loop.context, client, node.address(), request, body, timeoutMillis, maxBodyBytes);
        return exchange.result();
    }

    private Loop loopOf(ChunkKey key) {
        return loops[(int) Long.remainderUnsigned(key.w0() ^ key.w3(), loops.length)];
    }

    private void start(
            Exchange<?> exchange,
            Context context,
            HttpClient client,
            String address,
            RequestOptions request,
            @Nullable Buffer body,
            long timeoutMillis,
            long maxBodyBytes) {
        underWay.put(exchange, context);
        Futures.whenDone(exchange.result(), (value, failure) -> underWay.remove(exchange));
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            String host = address.substring(0, Math.max(0, colon));
            // An IPv6 address keeps its brackets: Vert.x takes no other authority, and resolves it without them.
            request.setHost(host).setPort(port);
            exchange.start(context, client, request, body, timeoutMillis, maxBodyBytes);
        } catch (IllegalArgumentException e) {
            exchange.refuse("address: \"" + address + "\" (expected: host:port)");
        }
        if (isClosed) {
            exchange.abort(context);
        }
    }

    private RequestOptions request(HttpMethod method, String uri, RequestContext context) {
        RequestOptions request = request(method, uri, context.timeoutMillis())
                .putHeader(Protocol.RANK_HEADER, Integer.toString(context.rank()));
        String traceparent = context.traceparent();
        return traceparent == null ? request : request.putHeader("traceparent", traceparent);
    }

    private RequestOptions request(HttpMethod method, String uri, long timeoutMillis) {
        RequestOptions request = new RequestOptions()
                .setMethod(method)
                .setURI(uri)
                .putHeader(HttpHeaders.USER_AGENT, options.userAgent())
                .putHeader(Protocol.DEADLINE_HEADER, Long.toString(timeoutMillis));
        long knownEpoch = epoch;
        return knownEpoch == 0 ? request : request.putHeader(Protocol.EPOCH_HEADER, Long.toString(knownEpoch));
    }

    /** Wraps the records: they are copied only into the socket. */
    private static Buffer body(List<StripeRecord> records) {
        ByteBuffer[] parts = new ByteBuffer[records.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = records.get(i).bytes().duplicate();
        }
        ByteBuf body = Unpooled.wrappedBuffer(Math.max(1, parts.length), parts);
        return BufferInternal.buffer(body);
    }

    private static HttpClient client(Vertx vertx, TransportOptions options, int connections) {
        return vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setKeepAlive(true)
                        .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                        .setConnectTimeout(options.connectMillis())
                        .setMaxChunkSize(MAX_PIECE_BYTES)
                        .setTcpNoDelay(true))
                .with(new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(options.waitQueueLength()))
                // A request under way hears for itself how its connection ended; else Vert.x logs an error for each one
                // of a dead node.
                .withConnectHandler(connection -> connection.exceptionHandler(end -> {}))
                .build();
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

    /** An event loop and its own connections to the nodes. */
    private record Loop(Context context, HttpClient stripes) {}

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
