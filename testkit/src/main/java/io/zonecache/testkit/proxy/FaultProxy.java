package io.zonecache.testkit.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a target on loopback; a fault that is set holds for connections old and new. Thread-safe: everything
 * happens on one event loop.
 */
public final class FaultProxy implements AutoCloseable {

    /** More are closed at once. */
    private static final int MAX_CONNECTIONS = 4_096;

    private static final long START_STOP_SECONDS = 10;

    private final Vertx vertx;
    private final NetClient client;
    private volatile SocketAddress target;
    private final int port;
    private final Set<NetSocket> open = new HashSet<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final NarrowLink link;
    private volatile ProxyFault fault = new ProxyFault.None();

    private FaultProxy(String targetHost, int targetPort, NarrowLink link) {
        this.link = link;
        this.target = SocketAddress.inetSocketAddress(targetPort, targetHost);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.client = vertx.createNetClient();
        this.port = await(vertx.createNetServer().connectHandler(this::accept).listen(0, "127.0.0.1"))
                .actualPort();
    }

    /** Listens on a free port of loopback. */
    public static FaultProxy to(String targetHost, int targetPort) {
        return to(targetHost, targetPort, new NarrowLink());
    }

    /** @param link shared with other proxies, for {@link ProxyFault.Bandwidth} */
    public static FaultProxy to(String targetHost, int targetPort, NarrowLink link) {
        return new FaultProxy(targetHost, targetPort, link);
    }

    public int port() {
        return port;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Where new connections go from now on: what is behind it may come back elsewhere. */
    public void setTarget(String host, int targetPort) {
        target = SocketAddress.inetSocketAddress(targetPort, host);
    }

    public void set(ProxyFault newFault) {
        fault = newFault;
    }

    /** Breaks all connections. */
    public void breakAll() {
        CompletableFuture<Void> broken = new CompletableFuture<>();
        vertx.runOnContext(turn -> {
            Set.copyOf(open).forEach(NetSocket::close);
            broken.complete(null);
        });
        await(Future.fromCompletionStage(broken));
    }

    /** Connections of clients since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections of clients that are open now. */
    public int connections() {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        vertx.runOnContext(turn -> count.complete(open.size()));
        return await(Future.fromCompletionStage(count));
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private void accept(NetSocket source) {
        accepted.incrementAndGet();
        if (open.size() >= MAX_CONNECTIONS) {
            source.close();
            return;
        }
        open.add(source);
        source.closeHandler(closed -> open.remove(source));
        source.pause();
        if (fault instanceof ProxyFault.BlackHole) {
            source.handler(bytes -> {});
            source.resume();
            return;
        }
        client.connect(target).onSuccess(connected -> join(source, connected)).onFailure(e -> source.close());
    }

    private void join(NetSocket source, NetSocket connected) {
        connected.pause();
        new Pump(vertx, source, connected, this::faultOfRequests, link).start();
        new Pump(vertx, connected, source, () -> fault, link).start();
        source.closeHandler(closed -> {
            open.remove(source);
            connected.close();
        });
        connected.closeHandler(closed -> source.close());
        if (!open.contains(source)) {
            connected.close();
        }
    }

    /** Towards the target, bytes are only passed on or swallowed. */
    private ProxyFault faultOfRequests() {
        return fault instanceof ProxyFault.BlackHole ? fault : new ProxyFault.None();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (Exception e) {
            throw new IllegalStateException("fault proxy: " + e, e);
        }
    }
}
