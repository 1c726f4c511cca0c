package io.zonecache.client.origin.s3;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An HTTP proxy on loopback that leads every tunnel to one local server, whatever host it is asked for. Thread-safe. */
final class ConnectProxy implements AutoCloseable {

    private static final long TIMEOUT_SECONDS = 30;
    private static final int METHOD_NOT_ALLOWED = 405;

    private final Vertx vertx = Vertx.vertx();
    private final NetClient net = vertx.createNetClient();
    private final List<String> tunnels = new CopyOnWriteArrayList<>();
    private final int target;
    private final HttpServer server;

    private ConnectProxy(int target) {
        this.target = target;
        this.server =
                await(vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"));
    }

    /** @param port of the server on loopback */
    static ConnectProxy to(int port) {
        return new ConnectProxy(port);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    /** Where tunnels were asked for, as {@code HOST:PORT}. */
    List<String> tunnels() {
        return tunnels;
    }

    void forget() {
        tunnels.clear();
    }

    private void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.CONNECT)) {
            request.response().setStatusCode(METHOD_NOT_ALLOWED).end();
            return;
        }
        tunnels.add(String.valueOf(request.authority()));
        net.connect(target, "127.0.0.1").onSuccess(there -> {
            there.pause();
            request.toNetSocket().onSuccess(here -> {
                here.pipeTo(there);
                there.pipeTo(here);
            });
        });
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
