package io.zonecache.client.origin.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.zonecache.testkit.origin.StoreFault;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Files in memory: GET and HEAD with ranges and conditions, and PUT. It wants a token, and has nothing below {@code /closed/}. */
final class WebServer implements AutoCloseable {

    static final String TOKEN = "let-me-in";

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server = vertx.createHttpServer();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final AtomicInteger gets = new AtomicInteger();
    private final AtomicInteger hanging = new AtomicInteger();
    private volatile StoreFault fault = StoreFault.NONE;

    WebServer() throws Exception {
        server.requestHandler(request -> request.body().onSuccess(body -> handle(request, body)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    void put(String rawPath, byte[] bytes) {
        files.put(rawPath, bytes);
    }

    void setFault(StoreFault value) {
        fault = value;
    }

    int gets() {
        return gets.get();
    }

    int hanging() {
        return hanging.get();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void handle(HttpServerRequest request, Buffer body) {
        HttpServerResponse response = request.response();
        if (!("Bearer " + TOKEN).equals(request.getHeader("Authorization"))) {
            end(response, 401);
            return;
        }
        switch (fault) {
            case SLOW_DOWN -> end(response, 503);
            case FORBIDDEN -> end(response, 403);
            case INTERNAL_ERROR -> end(response, 500);
            case RESET -> request.connection().close();
            case HANG -> {
                hanging.incrementAndGet();
                request.connection().closeHandler(closed -> hanging.decrementAndGet());
            }
            default -> answer(request, body);
        }
    }

    private void answer(HttpServerRequest request, Buffer body) {
        if (request.method().equals(HttpMethod.PUT)) {
            files.put(request.path(), body.getBytes());
            end(request.response(), 201);
            return;
        }
        byte[] file = files.get(request.path());
        String etag = '"' + Integer.toHexString(Arrays.hashCode(file)) + '"';
        @Nullable String match = request.getHeader("If-Match");
        if (request.path().startsWith("/closed/")) {
            end(request.response(), 403);
        } else if (file == null) {
            end(request.response(), 404);
        } else if (match != null && !match.equals(etag)) {
            end(request.response(), 412);
        } else {
            request.response().putHeader("ETag", etag);
            send(request, file);
        }
    }

    private void send(HttpServerRequest request, byte[] file) {
        HttpServerResponse response = request.response();
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", String.valueOf(file.length));
            end(response, 200);
            return;
        }
        gets.incrementAndGet();
        @Nullable String range = request.getHeader("Range");
        if (range == null) {
            send(request, 200, Buffer.buffer(file));
            return;
        }
        String[] bounds = range.substring("bytes=".length()).split("-", 2);
        int from = Integer.parseInt(bounds[0]);
        int to = (int) Math.min(file.length, Long.parseLong(bounds[1]) + 1);
        if (from < to) {
            send(request, 206, Buffer.buffer(Arrays.copyOfRange(file, from, to)));
        } else {
            end(response, 416);
        }
    }

    private void send(HttpServerRequest request, int status, Buffer bytes) {
        HttpServerResponse response = request.response().setStatusCode(status);
        if (fault == StoreFault.TRUNCATED) {
            response.putHeader("Content-Length", String.valueOf(bytes.length()))
                    .write(bytes.slice(0, bytes.length() / 2))
                    .onComplete(written -> request.connection().close());
        } else {
            response.end(bytes).onFailure(gone -> request.connection().close());
        }
    }

    private static void end(HttpServerResponse response, int status) {
        response.setStatusCode(status).end().onFailure(gone -> {});
    }
}
