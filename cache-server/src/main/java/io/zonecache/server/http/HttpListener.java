package io.zonecache.server.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.Protocol;
import io.zonecache.server.config.Limits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The data plane's port on one event loop: HTTP/1.1 and HTTP/2 (h2c, by upgrade or prior knowledge). One is deployed for each loop. */
public final class HttpListener extends VerticleBase {

    private static final int MAX_STREAMS_PER_CONNECTION = 256;

    /** Two stripes of the default size, so that a PUT is not held up by flow control. */
    private static final int STREAM_WINDOW_BYTES = 256 * 1024;

    private static final long LAG_MILLIS = 500;
    private static final int CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024;

    private final DataPlane dataPlane;
    private final Connections connections;
    private final SocketAddress address;
    private @Nullable HttpServer server;

    /** @param address port -1 takes a free one, the same for all listeners of a deployment */
    public HttpListener(DataPlane dataPlane, Connections connections, SocketAddress address) {
        this.dataPlane = dataPlane;
        this.connections = connections;
        this.address = address;
    }

    @Override
    public Future<?> start() {
        HttpServer created = newServer(vertx, dataPlane.serving().limits(), connections::speaks)
                .requestHandler(request -> dataPlane.handle(request, connections.of(request.connection())))
                .invalidRequestHandler(this::invalid);
        server = created;
        measureLag();
        return created.listen(address).onSuccess(listening -> connections.boundTo(listening.actualPort()));
    }

    /** A loop that something blocks, or that has more to do than it can, runs late. */
    private void measureLag() {
        LongSupplier clock = dataPlane.serving().nanoClock();
        long[] dueNanos = {clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(LAG_MILLIS)};
        vertx.setPeriodic(LAG_MILLIS, id -> {
            long now = clock.getAsLong();
            dataPlane.serving().metrics().countLoopLag(Math.max(0, now - dueNanos[0]));
            dueNanos[0] = now + TimeUnit.MILLISECONDS.toNanos(LAG_MILLIS);
        });
    }

    /** Lets answers under way end. */
    @Override
    public Future<?> stop() {
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.shutdown(Duration.ofSeconds(1));
    }

    /** A server with the same bounds for the data plane and the admin port. */
    public static HttpServer newServer(Vertx vertx, Limits limits, Handler<HttpConnection> connectionHandler) {
        return vertx.createHttpServer(options(limits)).connectionHandler(http -> {
            PipelineGate.addTo(http);
            connectionHandler.handle(http);
        });
    }

    private static HttpServerOptions options(Limits limits) {
        return new HttpServerOptions()
                // Nothing here speaks WebSocket, and Netty's handler for its extensions closes connections with over
                // 128 pipelined requests.
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setHttp2ClearTextEnabled(true)
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(MAX_STREAMS_PER_CONNECTION)
                        .setInitialWindowSize(STREAM_WINDOW_BYTES)
                        .setMaxHeaderListSize(Limits.MAX_HEADER_BYTES))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setMaxHeaderSize(Limits.MAX_HEADER_BYTES)
                .setMaxInitialLineLength(Limits.MAX_REQUEST_LINE_BYTES)
                .setHandle100ContinueAutomatically(false)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) limits.idleTimeoutMillis())
                // A reader that takes nothing of its answer must not hold it for ever, even if it goes on sending.
                .setWriteIdleTimeout((int) limits.idleTimeoutMillis())
                .setTcpNoDelay(true)
                .setReuseAddress(true);
    }

    /** Bytes that are not HTTP, or too much of it. Vert.x closes the connection after the answer. */
    private void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status = CacheErrorCode.BAD_REQUEST.status();
        String detail =
                "request: " + Parameters.shown(String.valueOf(cause.getMessage())) + " (expected: HTTP/1.1 or HTTP/2)";
        if (cause instanceof TooLongHttpLineException) {
            status = 414;
            detail = "request line: over " + Limits.MAX_REQUEST_LINE_BYTES + " bytes (expected: at most that)";
        } else if (cause instanceof TooLongHttpHeaderException) {
            status = 431;
            detail = "headers: over " + Limits.MAX_HEADER_BYTES + " bytes (expected: at most that)";
        }
        request.response()
                .setStatusCode(status)
                .putHeader(Protocol.EPOCH_HEADER, dataPlane.serving().epochText())
                .putHeader(Protocol.PURGES_HEADER, dataPlane.serving().purgesText())
                .putHeader(HttpHeaders.CONTENT_TYPE, Protocol.PROBLEM_MEDIA_TYPE)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(Buffer.buffer(Problem.json(CacheErrorCode.BAD_REQUEST, status, detail)));
    }
}
