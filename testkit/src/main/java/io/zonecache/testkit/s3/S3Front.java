package io.zonecache.testkit.s3;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP front before S3Proxy: counts, delays, fails, and otherwise passes on.
 *
 * <p>It runs on one event loop, which makes the count of GETs in flight exact: the write of a body's last byte and the end of its
 * count happen in one turn of the loop, so a client that has seen the last byte can't have its next GET counted before. With two
 * loops a thread that loses its core between the two would show a peak that never was. Waiting requests hold a timer and no
 * thread, so thousands of them do not distort each other's latency.
 */
final class S3Front {

    /** Far above what any test means to have open; more are told 503 SlowDown. */
    private static final int MAX_REQUESTS = 4_096;

    private static final int MAX_UPSTREAM_CONNECTIONS = 64;
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private final Vertx vertx;
    private final int upstreamPort;
    private final S3Counters counters;
    private final HttpServer server;
    private final HttpClient upstream;
    private volatile S3Fault fault = S3Fault.NONE;
    private volatile LatencyModel model = new LatencyModel(S3Latency.NONE);
    private int requests;

    S3Front(Vertx vertx, int upstreamPort, S3Counters counters) {
        this.vertx = vertx;
        this.upstreamPort = upstreamPort;
        this.counters = counters;
        this.server = vertx.createHttpServer(
                new HttpServerOptions().setHandle100ContinueAutomatically(true).setMaxHeaderSize(MAX_HEADER_BYTES));
        this.upstream = vertx.createHttpClient(
                new HttpClientOptions().setMaxHeaderSize(MAX_HEADER_BYTES),
                new PoolOptions().setHttp1MaxSize(MAX_UPSTREAM_CONNECTIONS).setMaxWaitQueueSize(MAX_REQUESTS));
    }

    Future<Integer> listen(int port) {
        return server.requestHandler(this::handle).listen(port, "127.0.0.1").map(HttpServer::actualPort);
    }

    void setFault(S3Fault fault) {
        this.fault = fault;
    }

    void setLatency(S3Latency latency) {
        this.model = new LatencyModel(latency);
    }

    private void handle(HttpServerRequest request) {
        S3Counters.Kind kind = kindOf(request);
        counters.begin(kind);
        requests++;
        Exchange exchange = new Exchange(request, kind);
        request.response().exceptionHandler(e -> exchange.abort());
        request.response().closeHandler(closed -> exchange.abort());
        S3Fault now = requests > MAX_REQUESTS ? S3Fault.SLOW_DOWN : fault;
        if (now == S3Fault.NONE || (now.onlyBodies() && kind != S3Counters.Kind.GET)) {
            pass(exchange, S3Fault.NONE);
        } else {
            counters.fault();
            fail(exchange, now);
        }
    }

    private void fail(Exchange exchange, S3Fault now) {
        HttpServerRequest request = exchange.request;
        switch (now) {
            case SLOW_DOWN -> answer(exchange, 503, "SlowDown", "Please reduce your request rate.");
            case FORBIDDEN -> answer(exchange, 403, "AccessDenied", "Access Denied");
            case INTERNAL_ERROR -> answer(exchange, 500, "InternalError", "We encountered an internal error.");
            case RESET -> exchange.abort();
            case HANG -> request.resume();
            default -> pass(exchange, now);
        }
    }

    private static void answer(Exchange exchange, int status, String code, String message) {
        // The body is read to its end, so that the connection can be used again, as S3 does.
        exchange.request.resume();
        exchange.request
                .response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/xml")
                .end("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message
                        + "</Message></Error>")
                .onComplete(done -> exchange.end());
    }

    private void pass(Exchange exchange, S3Fault bodyFault) {
        double delayMillis = exchange.kind == S3Counters.Kind.GET ? model.nextMillis() : 0;
        if (delayMillis < 1) {
            forward(exchange, bodyFault);
            return;
        }
        exchange.request.pause();
        vertx.setTimer(Math.round(delayMillis), timer -> {
            if (!exchange.ended) {
                forward(exchange, bodyFault);
            }
        });
    }

    private void forward(Exchange exchange, S3Fault bodyFault) {
        HttpServerRequest request = exchange.request;
        request.pause();
        upstream.request(new RequestOptions()
                        .setMethod(request.method())
                        .setHost("127.0.0.1")
                        .setPort(upstreamPort)
                        .setURI(request.uri()))
                .compose(sent -> {
                    exchange.upstream = sent;
                    // Host is signed, so S3Proxy must see the one that the client sent.
                    sent.headers().setAll(request.headers()).remove("Expect");
                    return sent.send(request);
                })
                .onSuccess(response -> BodyFaults.pass(response, request, bodyFault)
                        .onSuccess(done -> exchange.end())
                        .onFailure(e -> exchange.abort()))
                .onFailure(e -> exchange.abort());
    }

    private static S3Counters.Kind kindOf(HttpServerRequest request) {
        String path = request.path() == null ? "/" : request.path();
        boolean object = path.indexOf('/', 1) > 0 && path.indexOf('/', 1) < path.length() - 1;
        if (object && request.method().equals(HttpMethod.GET)) {
            return S3Counters.Kind.GET;
        }
        return object && request.method().equals(HttpMethod.PUT) ? S3Counters.Kind.PUT : S3Counters.Kind.OTHER;
    }

    /** One request; ends once, whatever ends it. Only its event loop touches it. */
    private final class Exchange {

        final HttpServerRequest request;
        final S3Counters.Kind kind;
        boolean ended;

        @Nullable
        HttpClientRequest upstream;

        Exchange(HttpServerRequest request, S3Counters.Kind kind) {
            this.request = request;
            this.kind = kind;
        }

        void end() {
            if (ended) {
                return;
            }
            ended = true;
            requests--;
            if (kind == S3Counters.Kind.GET) {
                counters.endGet(request.response().bytesWritten());
            }
        }

        void abort() {
            if (ended) {
                return;
            }
            end();
            HttpClientRequest open = upstream;
            if (open != null) {
                open.reset();
            }
            request.connection().close();
        }
    }
}
