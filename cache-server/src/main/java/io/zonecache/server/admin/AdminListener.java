package io.zonecache.server.admin;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Protocol;
import io.zonecache.server.config.Limits;
import io.zonecache.server.http.HttpListener;
import io.zonecache.server.http.Parameters;
import io.zonecache.server.http.Problem;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin port. What reads or changes the node runs on a worker thread, so that its event loop stays free for health. */
public final class AdminListener extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(AdminListener.class);
    private static final String PURGE_PATH = "/v1/purge/";
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final NodeControl node;
    private final AdminToken token;
    private final Limits limits;
    private final SocketAddress address;
    private final Dashboard dashboard = Dashboard.load();
    private @Nullable HttpServer server;
    private @Nullable EventStream eventStream;
    private volatile int port;

    public AdminListener(NodeControl node, AdminToken token, Limits limits, SocketAddress address) {
        this.node = node;
        this.token = token;
        this.limits = limits;
        this.address = address;
    }

    /** The port that was bound, 0 before. */
    public int port() {
        return port;
    }

    @Override
    public Future<?> start() {
        HttpServer created = HttpListener.newServer(vertx, limits, http -> {}).requestHandler(this::handle);
        server = created;
        eventStream = new EventStream(node.events(), vertx);
        return created.listen(address).onSuccess(listening -> port = listening.actualPort());
    }

    @Override
    public Future<?> stop() {
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.close();
    }

    private void handle(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        try {
            if (path.startsWith(PURGE_PATH)) {
                change(request, () -> purge(path.substring(PURGE_PATH.length())));
                return;
            }
            switch (path) {
                case "/health/live" ->
                    read(request, () -> sendJson(request, 200, new JsonObject().put("status", "live")));
                case "/health/ready" -> read(request, () -> sendHealth(request, "ready", node.notReadyReason()));
                case "/health/settled" -> read(request, () -> sendHealth(request, "settled", node.notSettledReason()));
                case "/health/quiet" -> read(request, () -> sendHealth(request, "quiet", node.notQuietReason()));
                case "/" -> read(request, () -> sendDashboard(request));
                case "/v1/events" -> read(request, () -> streams().open(request));
                case "/metrics" -> readBlocking(request, METRICS_TYPE, node::metrics);
                case "/v1/stats" ->
                    readBlocking(
                            request,
                            Protocol.JSON_MEDIA_TYPE,
                            () -> node.stats().encode());
                case "/v1/down" ->
                    change(request, () -> {
                        node.announceDown();
                        return new JsonObject().put("down", true);
                    });
                case "/v1/drain" ->
                    change(request, () -> {
                        node.drain();
                        return new JsonObject().put("draining", true);
                    });
                case "/v1/empty" ->
                    change(request, () -> {
                        node.empty();
                        return new JsonObject().put("emptied", true);
                    });
                default ->
                    throw new CacheException(
                            CacheErrorCode.NO_SUCH_RESOURCE,
                            "path: \"" + Parameters.shown(path)
                                    + "\" (expected: /, /health/live, /health/ready, /health/settled, /health/quiet, /metrics, "
                                    + "/v1/stats, /v1/events, /v1/down, /v1/drain, /v1/empty or /v1/purge/{key})");
            }
        } catch (RuntimeException e) {
            fail(request, e);
        }
    }

    private EventStream streams() {
        return Objects.requireNonNull(eventStream, "not started");
    }

    private void sendDashboard(HttpServerRequest request) {
        request.response()
                .putHeader("Content-Security-Policy", dashboard.policy())
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        send(request, 200, "text/html; charset=utf-8", dashboard.html());
    }

    private JsonObject purge(String keyText) {
        ChunkKey key = ChunkKey.parse(keyText);
        NodeControl.Purge purge = node.purge(key);
        return new JsonObject()
                .put("purged", key.toHex())
                .put("new", purge.isNew())
                .put("lacking", new JsonArray(purge.lacking()));
    }

    private static void sendHealth(HttpServerRequest request, String status, @Nullable String reason) {
        if (reason == null) {
            sendJson(request, 200, new JsonObject().put("status", status));
        } else {
            sendJson(
                    request,
                    503,
                    new JsonObject().put("status", "not " + status).put("reason", reason));
        }
    }

    private static void read(HttpServerRequest request, Runnable answer) {
        requireMethod(request, "GET");
        answer.run();
    }

    private void readBlocking(HttpServerRequest request, String type, Callable<String> text) {
        requireMethod(request, "GET");
        vertx.executeBlocking(text, false)
                .onSuccess(body -> send(request, 200, type, body))
                .onFailure(e -> fail(request, e));
    }

    private void change(HttpServerRequest request, Callable<JsonObject> action) {
        requireMethod(request, "POST");
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization == null) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
            throw new CacheException(
                    CacheErrorCode.UNAUTHENTICATED,
                    "Authorization: none (expected: Bearer and the node's admin token)");
        }
        if (!token.matches(authorization)) {
            throw new CacheException(
                    CacheErrorCode.FORBIDDEN, "Authorization: another token (expected: the node's admin token)");
        }
        LOG.info("{} {} by {}", request.method(), request.path(), request.remoteAddress());
        vertx.executeBlocking(action, false)
                .onSuccess(json -> sendJson(request, 200, json))
                .onFailure(e -> fail(request, e));
    }

    private static void requireMethod(HttpServerRequest request, String method) {
        if (!request.method().name().equals(method)) {
            request.response().putHeader("Allow", method);
            throw new CacheException(
                    CacheErrorCode.METHOD_NOT_ALLOWED,
                    "method: " + Parameters.shown(request.method().name()) + " (expected: " + method + ")");
        }
    }

    private static void fail(HttpServerRequest request, Throwable e) {
        CacheErrorCode code = CacheErrorCode.INTERNAL;
        String detail = e.getClass().getSimpleName() + " (expected: none, see the node's log)";
        if (e instanceof CacheException known) {
            code = known.code();
            detail = known.detail();
        } else {
            LOG.error("{} {} failed", request.method(), request.path(), e);
        }
        send(request, code.status(), Protocol.PROBLEM_MEDIA_TYPE, Problem.json(code, code.status(), detail));
    }

    private static void sendJson(HttpServerRequest request, int status, JsonObject json) {
        send(request, status, Protocol.JSON_MEDIA_TYPE, json.encode());
    }

    private static void send(HttpServerRequest request, int status, String type, String body) {
        if (!request.response().ended() && !request.response().closed()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .end(Buffer.buffer(body));
        }
    }
}
