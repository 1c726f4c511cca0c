package io.zonecache.testkit.s3;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/** {@link S3Control} over HTTP on loopback: {@code GET /counts}, {@code POST /reset}, {@code PUT /latency}, {@code PUT /fault}. */
final class S3ControlServer {

    private final HttpServer server;
    private final S3Counters counters;
    private final S3Front front;

    S3ControlServer(Vertx vertx, S3Counters counters, S3Front front) {
        this.counters = counters;
        this.front = front;
        this.server = vertx.createHttpServer();
    }

    Future<Integer> listen(int port) {
        return server.requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                .listen(port, "127.0.0.1")
                .map(HttpServer::actualPort);
    }

    private void answer(HttpServerRequest request, Buffer body) {
        try {
            JsonObject answer = switch (request.method() + " " + request.path()) {
                case "GET /counts" -> counters.counts().toJson();
                case "POST /reset" -> counters.reset().toJson();
                case "PUT /latency" -> {
                    front.setLatency(S3Latency.of(body.toJsonObject()));
                    yield new JsonObject();
                }
                case "PUT /fault" -> {
                    front.setFault(S3Fault.valueOf(body.toString()));
                    yield new JsonObject();
                }
                default -> throw new IllegalArgumentException("no such resource: " + request.path());
            };
            request.response().putHeader("Content-Type", "application/json").end(answer.encode());
        } catch (RuntimeException e) {
            request.response().setStatusCode(400).end(String.valueOf(e.getMessage()));
        }
    }
}
