package io.zonecache.server;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import io.zonecache.membership.Membership;
import io.zonecache.model.CacheException;
import io.zonecache.model.HostAndPort;
import io.zonecache.model.IoReasons;
import io.zonecache.server.access.AccessLog;
import io.zonecache.server.admin.AdminListener;
import io.zonecache.server.admin.AdminToken;
import io.zonecache.server.config.AccessLogConfig;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.datadir.DataDirectory;
import io.zonecache.server.http.AcceptingTransport;
import io.zonecache.server.http.Connections;
import io.zonecache.server.http.DataPlane;
import io.zonecache.server.http.HttpListener;
import io.zonecache.server.metrics.ConnectionCounts;
import io.zonecache.server.stripes.PurgedKeys;
import io.zonecache.server.view.CurrentView;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node, which owns everything that it consists of: threads, sockets, the store, its part in the zone. Several may run
 * in one process, each with a data directory and ports of its own.
 */
public final class CacheNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CacheNode.class);
    private static final int MAX_EVENT_LOOPS = 8;
    private static final int ADMIN_THREADS = 4;
    private static final long START_SECONDS = 30;
    private static final long DRAIN_POLL_MILLIS = 10;

    private final NodeConfig config;
    private final Deque<Owned> owned = new ArrayDeque<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch hurried = new CountDownLatch(1);
    private @Nullable NodeCore core;
    private boolean nativeTransport;
    private int port;
    private int adminPort;

    private CacheNode(NodeConfig config) {
        this.config = config;
    }

    /**
     * Starts a node, and returns when it serves; being in the zone's view may take longer.
     *
     * @throws io.zonecache.server.datadir.DataDirectoryException if the data directory can't be used
     * @throws NodeStartException if a port is in use, or anything else fails; nothing is left running then
     */
    public static CacheNode start(NodeConfig config) {
        return start(config, NodeParts.REAL);
    }

    /** Starts a node of other parts. */
    public static CacheNode start(NodeConfig config, NodeParts parts) {
        CacheNode node = new CacheNode(config);
        try {
            node.startWith(parts);
            return node;
        } catch (CacheException e) {
            node.closeOwned();
            throw new NodeStartException(e.detail(), e);
        } catch (RuntimeException e) {
            node.closeOwned();
            throw e;
        } catch (IOException e) {
            node.closeOwned();
            throw new NodeStartException(
                    config.dataDir() + ": " + IoReasons.withFile(e) + " (expected: a writable directory)", e);
        }
    }

    /** The data plane's port as it was bound. */
    public int port() {
        return port;
    }

    public int adminPort() {
        return adminPort;
    }

    /** Where clients reach the data plane, {@code host:port}. */
    public String address() {
        int advertised = config.advertisedPort() == 0 ? port : config.advertisedPort();
        return new HostAndPort(config.advertisedHost(), advertised).toString();
    }

    public NodeConfig config() {
        return config;
    }

    /** For tests that look behind the data plane. */
    public StripeStore store() {
        return core().store();
    }

    public Membership membership() {
        return core().membership();
    }

    /** Whether the zone's view lists this node and it takes requests. */
    public boolean isReady() {
        return core().notReadyReason() == null;
    }

    /** Requests for stripes that have not been answered to the last byte. */
    public int requestsInFlight() {
        return core().requestsInFlight();
    }

    /** Bytes of records that these requests hold in memory. */
    public long bytesInFlight() {
        return core().bytesInFlight();
    }

    /** Open connections to the data plane. */
    public int connections() {
        return core().connections().open();
    }

    public ConnectionCounts connectionCounts() {
        return core().connections().counts();
    }

    /** Whether sockets are the kernel's epoll and not the JDK's selector. */
    public boolean isNativeTransport() {
        return nativeTransport;
    }

    /** Waits until the node has been closed. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /**
     * Stops as an operator wants it: not ready, down in the view, new requests refused, those under way ended within the drain
     * grace or until somebody {@link #hurry hurries}, then {@link #close}.
     */
    public void shutDown() {
        NodeCore running = core;
        if (running != null && !closing.get()) {
            LOG.info("node {}: stopping", config);
            running.stopTaking();
            long end = System.nanoTime()
                    + TimeUnit.MILLISECONDS.toNanos(config.limits().drainGraceMillis());
            boolean mayWait = true;
            while (mayWait && running.requestsInFlight() > 0 && System.nanoTime() - end < 0) {
                mayWait = pause();
            }
        }
        close();
    }

    /** Ends the wait for requests under way, now or in a later {@link #shutDown}. The store is closed with care all the same. */
    public void hurry() {
        LOG.info("node {}: hurrying", config);
        hurried.countDown();
    }

    /** Stops at once; what is not flushed is flushed. Idempotent. */
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        closeOwned();
        closed.countDown();
        LOG.info("node {}: stopped", config);
    }

    private void startWith(NodeParts parts) throws IOException {
        DataDirectory directory =
                own("data directory", DataDirectory.open(config.dataDir(), config.zone(), config.id()));
        AdminToken token = adminToken(directory.path());
        PurgedKeys purged = own("purge list", new PurgedKeys(directory.path().resolve("purged")));
        CurrentView view = new CurrentView();
        RebuildRules rules =
                new ZoneRebuildRules(purged, view, config.settings().code());
        StripeStore store = own("store", parts.openStore(config, rules));
        Connections connections = new Connections(
                config.limits().maxConnections(), config.limits().idleTimeoutMillis(), System::nanoTime);
        LOG.info(
                "node {}: {}",
                config,
                config.descriptors().describe(config.limits().maxConnections(), config.memory()));
        AcceptingTransport transport = new AcceptingTransport(connections);
        nativeTransport = transport.isNative();
        Vertx vertx = newVertx(transport, parts.maxEventLoopMillis());
        own("event loops", () -> await(vertx.close()));
        AccessLog accessLog = accessLog();
        if (accessLog != null) {
            own("access log", accessLog);
        }
        NodeCore built = own("requests", new NodeCore(config, vertx, connections, store, purged, view, accessLog));
        core = built;
        port = bind(vertx, built.dataPlane(), connections);
        AdminListener admin =
                new AdminListener(built, token, config.limits(), socketAddress(2, config.bind(), config.adminPort()));
        deploy(vertx, admin, "admin-port", config.adminPort());
        adminPort = admin.port();
        Membership membership = own("membership", parts.join(config, address(), built.purgeList()));
        built.serve(membership);
        LOG.info("node {}: data on {}, admin on {}", config, address(), adminPort);
    }

    private AdminToken adminToken(Path directory) {
        Path file = config.adminTokenFile();
        try {
            return file != null ? AdminToken.read(file) : AdminToken.readOrCreate(directory.resolve("admin-token"));
        } catch (IOException e) {
            throw new NodeStartException(
                    file != null
                            ? "admin-token-file: " + IoReasons.withFile(e) + " (expected: a readable token)"
                            : "admin token: " + IoReasons.withFile(e)
                                    + " (expected: a token, or no file: the node writes a new one then)",
                    e);
        }
    }

    private @Nullable AccessLog accessLog() {
        AccessLogConfig wanted = config.accessLog();
        if (wanted == null) {
            return null;
        }
        try {
            return AccessLog.open(wanted);
        } catch (IOException e) {
            throw new NodeStartException(
                    "access-log: " + wanted.file() + ": " + IoReasons.of(e) + " (expected: a file that can be written)",
                    e);
        }
    }

    private int bind(Vertx vertx, DataPlane dataPlane, Connections connections) {
        SocketAddress address = socketAddress(1, config.bind(), config.port());
        DeploymentOptions everyLoop = new DeploymentOptions().setInstances(eventLoops());
        try {
            await(vertx.deployVerticle(() -> new HttpListener(dataPlane, connections, address), everyLoop));
        } catch (CompletionException e) {
            throw NodeStartException.bind("port", config.bind(), config.port(), e);
        }
        return connections.port();
    }

    private void deploy(Vertx vertx, AdminListener admin, String setting, int wantedPort) {
        try {
            await(vertx.deployVerticle(admin));
        } catch (CompletionException e) {
            throw NodeStartException.bind(setting, config.bind(), wantedPort, e);
        }
    }

    /** @param id tells ports apart that are to be free ones, each shared by the listeners of its deployment */
    private static SocketAddress socketAddress(int id, String host, int port) {
        return port == 0 ? SocketAddress.sharedRandomPort(id, host) : SocketAddress.inetSocketAddress(port, host);
    }

    private static Vertx newVertx(AcceptingTransport transport, long maxEventLoopMillis) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(eventLoops() + 1)
                .setWorkerPoolSize(ADMIN_THREADS)
                .setInternalBlockingPoolSize(ADMIN_THREADS)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(maxEventLoopMillis)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setBlockedThreadCheckInterval(Math.max(1, maxEventLoopMillis / 2))
                // Nothing is served from files, so nothing is unpacked into the temporary directory.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        return Vertx.builder().with(options).withTransport(transport).build();
    }

    private static int eventLoops() {
        return Math.max(1, Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors()));
    }

    private NodeCore core() {
        NodeCore running = core;
        if (running == null) {
            throw new IllegalStateException("node not started");
        }
        return running;
    }

    private <T extends AutoCloseable> T own(String name, T part) {
        owned.push(new Owned(name, part));
        return part;
    }

    private void closeOwned() {
        while (!owned.isEmpty()) {
            Owned part = owned.pop();
            try {
                part.closeable().close();
            } catch (Exception e) {
                LOG.warn("node {}: closing its {} failed", config, part.name(), e);
            }
        }
    }

    private static void await(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new NodeStartException("event loops: no answer within " + START_SECONDS + " s (expected: one)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeStartException("start: interrupted (expected: to end)", e);
        }
    }

    private boolean pause() {
        try {
            return !hurried.await(DRAIN_POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private record Owned(String name, AutoCloseable closeable) {}
}
