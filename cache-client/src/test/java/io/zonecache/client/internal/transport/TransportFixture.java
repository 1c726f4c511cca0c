package io.zonecache.client.internal.transport;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A transport with event loops of its own. */
final class TransportFixture implements AutoCloseable {

    static final long LONG_MILLIS = 60_000;

    /** Long enough for a machine that runs much else. */
    private static final int CONNECT_MILLIS = 5_000;

    final Vertx vertx;
    final VertxStripeTransport transport;

    TransportFixture(int eventLoops, TransportOptions options, @Nullable HostLookup lookup) {
        vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(eventLoops));
        transport = new VertxStripeTransport(vertx, eventLoops, options, lookup);
    }

    static TransportFixture open() {
        return new TransportFixture(1, options(8), null);
    }

    static TransportOptions options(int connections) {
        return options(connections, 20_000);
    }

    static TransportOptions options(int connections, long idleMillis) {
        return new TransportOptions(
                connections, 1_024, CONNECT_MILLIS, idleMillis, 64L << 20, "zonecache/test (00000000)");
    }

    static RequestContext context() {
        return new RequestContext(LONG_MILLIS, 1, null);
    }

    static RequestContext context(long timeoutMillis, long silenceMillis) {
        return new RequestContext(timeoutMillis, silenceMillis, 1, null, null);
    }

    static ZoneNode node(String address) {
        return new ZoneNode("node", address, "d", 1, NodeState.UP);
    }

    static <T> T join(CompletableFuture<T> future) {
        return future.orTimeout(LONG_MILLIS, TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void close() {
        transport.close();
        join(vertx.close().toCompletionStage().toCompletableFuture());
    }
}
