package io.zonecache.server.http;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import io.zonecache.server.config.Limits;
import io.zonecache.server.metrics.ConnectionCounts;
import io.zonecache.server.metrics.RequestMetrics;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The data plane's listeners without a node behind: {@code /v1/view} answers, with {@code Prefer: hold} once the test says so. */
final class Listeners implements AutoCloseable {

    static final String BODY = "{\"here\":true}";

    private static final int EVENT_LOOPS = 2;
    private static final long ANSWER_MILLIS = 60_000;

    private final Vertx vertx;
    private final Connections connections;
    private final Queue<Exchange> held = new ConcurrentLinkedQueue<>();

    Listeners(int maxConnections, long closingGraceMillis) throws Exception {
        connections = new Connections(maxConnections, closingGraceMillis, ANSWER_MILLIS, System::nanoTime);
        vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS))
                .withTransport(new AcceptingTransport(connections))
                .build();
        Limits limits = new Limits(maxConnections, 1_000, 64 << 20, 10_000, 600_000, 5_000, 0);
        DataPlane dataPlane = new DataPlane(new Serving(
                vertx,
                limits,
                new RequestMetrics(new SimpleMeterRegistry()),
                () -> "1",
                () -> "0-0",
                "none",
                System::nanoTime));
        dataPlane.serve(Map.of(Route.Resource.VIEW, this::answer));
        vertx.deployVerticle(
                        () -> new HttpListener(dataPlane, connections, SocketAddress.sharedRandomPort(1, "127.0.0.1")),
                        new DeploymentOptions().setInstances(EVENT_LOOPS))
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    int port() {
        return connections.port();
    }

    ConnectionCounts counts() {
        return connections.counts();
    }

    /** Requests that wait for {@link #release}. */
    int held() {
        return held.size();
    }

    /** Whether a request that waits came through a {@link PipelineGate}. */
    boolean isHeldBehindGate() {
        HttpConnection connection = held.element().request().connection();
        return ((HttpServerConnection) connection)
                        .channelHandlerContext()
                        .pipeline()
                        .get(PipelineGate.class)
                != null;
    }

    void release() {
        for (Exchange exchange = held.poll(); exchange != null; exchange = held.poll()) {
            Exchange waiting = exchange;
            waiting.run(() -> waiting.json(200, BODY, "sent"));
        }
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private void answer(Exchange exchange, Route route) {
        if ("hold".equals(exchange.request().getParam("do"))) {
            held.add(exchange);
        } else {
            exchange.json(200, BODY, "sent");
        }
    }
}
