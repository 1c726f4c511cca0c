package io.zonecache.client;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.zonecache.client.internal.CompletionExecutor;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.LeasedFiller;
import io.zonecache.client.internal.fill.ZoneAssumptions;
import io.zonecache.client.internal.fill.ZoneFiller;
import io.zonecache.client.internal.flight.ChunkRequests;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.observe.Observers;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.OverRequestReader;
import io.zonecache.client.internal.read.ReadListener;
import io.zonecache.client.internal.read.ReadOptions;
import io.zonecache.client.internal.time.CacheThread;
import io.zonecache.client.internal.time.StallAwareClock;
import io.zonecache.client.internal.time.SystemTimer;
import io.zonecache.client.internal.transport.Blocking;
import io.zonecache.client.internal.transport.TransportOptions;
import io.zonecache.client.internal.transport.VertxStripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.view.PurgeTracker;
import io.zonecache.client.internal.view.ViewOptions;
import io.zonecache.client.internal.view.ViewTracker;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds what a {@link ZoneCache} consists of, in the order of its parts' dependencies, and closes it in the reverse one. */
final class ClientParts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientParts.class);

    /** For write-backs under way, and again for connections and threads. */
    private static final long CLOSE_SECONDS = 5;

    private static final long TICK_MILLIS = 100;
    private static final long SEARCH_IDLE_SECONDS = 5;

    /** Searches for corrupt stripes that may wait. */
    private static final int MAX_SEARCHES = 64;

    final SystemTimer timer;
    final MemoryBudget memory;
    final LocalCache local;
    final NodeTracker nodeTracker;
    final ViewTracker views;
    final OverRequestReader reader;
    final ZoneFiller filler;
    final ChunkRequests requests;
    private final Vertx vertx;
    private final VertxStripeTransport transport;
    private final ThreadPoolExecutor searches;

    /**
     * Starts them; where that fails, nothing of them is left.
     *
     * @throws IllegalStateException on an event loop or a thread of a cache's own, before anything is built
     */
    ClientParts(ClientConfig config, @Nullable Origin origin, Observers observers, CompletionExecutor completions) {
        Blocking.check();
        Deque<Runnable> built = new ArrayDeque<>();
        try {
            timer = new SystemTimer("zonecache-timer");
            built.push(timer::close);
            searches = searchThread();
            built.push(searches::shutdownNow);
            vertx = vertx(config);
            built.push(() -> closeVertx(vertx));
            memory = new MemoryBudget(config.memoryBytes(), config.fill().maxChunkBytes());
            local = new LocalCache(config.localCacheBytes(), memory);
            Random random = new Random();
            StallAwareClock stallAwareClock = new StallAwareClock(timer::nanoTime, TICK_MILLIS);
            nodeTracker = new NodeTracker(timer, stallAwareClock, observers);
            transport = new VertxStripeTransport(vertx, config.eventLoops(), transportOptions(config, random));
            built.push(transport::close);
            transport.watchLoops(stallAwareClock);
            views = viewTracker(config, observers, random);
            built.push(views::close);
            RepairingListener listener = new RepairingListener();
            reader = reader(config, listener, random);
            built.push(reader::close);
            filler = filler(config, origin, random);
            built.push(filler::close);
            listener.filler = filler;
            requests = requests(config, observers, completions, random);
            views.start();
        } catch (RuntimeException | Error e) {
            closeAll(built, e);
            throw e;
        }
    }

    private static void closeAll(Deque<Runnable> built, Throwable failure) {
        for (Runnable close : built) {
            try {
                close.run();
            } catch (RuntimeException | Error e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static Vertx vertx(ClientConfig config) {
        return Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(config.eventLoops())
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                // A program ends with its main method, closed cache or not.
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    private ViewTracker viewTracker(ClientConfig config, Observers observers, Random random) {
        ViewOptions options = ViewOptions.defaults(config.nodes(), config.zone());
        PurgeTracker purges = new PurgeTracker(transport, timer, random, local, options.timeoutMillis());
        return new ViewTracker(transport, timer, random, purges, options, nodeTracker::update, observers::viewChanged);
    }

    private OverRequestReader reader(ClientConfig config, ReadListener listener, Random random) {
        return new OverRequestReader(
                transport,
                views::current,
                nodeTracker,
                timer,
                random,
                readOptions(config),
                memory.reads(),
                listener,
                searches);
    }

    private ZoneFiller filler(ClientConfig config, @Nullable Origin origin, Random random) {
        return new LeasedFiller(
                config.fill(),
                assumptions(config),
                reader,
                transport,
                new Knowledge(),
                origin,
                memory.fills(),
                timer,
                random);
    }

    private ChunkRequests requests(
            ClientConfig config, Observers observers, CompletionExecutor completions, Random random) {
        return new ChunkRequests(
                config.maxReads(),
                Chunk::new,
                local,
                views.firstAttempt(),
                reader,
                filler,
                observers,
                completions,
                timer,
                random);
    }

    int nodesSkipped() {
        KnownView known = views.current();
        if (known == null) {
            return 0;
        }
        return (int) known.view().nodes().stream()
                .filter(node -> node.state() == NodeState.UP && nodeTracker.isSkipped(node))
                .count();
    }

    /** Waits for a read of a caller that may block; nothing is locked meanwhile. */
    static <T> T await(Supplier<CompletableFuture<T>> call) throws InterruptedException {
        Blocking.check();
        CompletableFuture<T> future = call.get();
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            CacheException cause = Futures.asCacheException(e.getCause() == null ? e : e.getCause());
            // Anew, so that it tells where the caller waits.
            throw new CacheException(cause.code(), cause.detail(), cause);
        }
    }

    @Override
    public void close() {
        requests.close();
        if (filler.stats().writes().bytesInFlight() > 0) {
            awaitClose("stripes on their way to nodes were not stored", filler.whenIdle());
        }
        filler.close();
        reader.close();
        views.close();
        transport.close();
        timer.close();
        searches.shutdownNow();
        closeVertx(vertx);
    }

    private static void closeVertx(Vertx vertx) {
        awaitClose(
                "the event loops did not end", vertx.close().toCompletionStage().toCompletableFuture());
    }

    /** Waits for a while, unless the thread is one that may not. */
    private static void awaitClose(String otherwise, CompletableFuture<Void> done) {
        if (!Blocking.isAllowed()) {
            return;
        }
        try {
            done.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("{} within {} s: {}", otherwise, CLOSE_SECONDS, String.valueOf(e.getMessage()));
        }
    }

    /** One thread, while there is anything to search. */
    private static ThreadPoolExecutor searchThread() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                SEARCH_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_SEARCHES),
                task -> new CacheThread(task, "zonecache-search"));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static ZoneAssumptions assumptions(ClientConfig config) {
        Integer expectedClients = config.expectedClients();
        return new ZoneAssumptions(
                config.keyScheme(),
                config.originReserve(),
                expectedClients == null ? ZoneSettings.DEFAULT_EXPECTED_CLIENTS : expectedClients);
    }

    private static TransportOptions transportOptions(ClientConfig config, Random random) {
        String version = ClientParts.class.getPackage().getImplementationVersion();
        String userAgent = String.format("zonecache/%s (%08x)", version == null ? "dev" : version, random.nextInt());
        return new TransportOptions(
                config.connectionsPerNode(),
                TransportOptions.DEFAULT_WAIT_QUEUE_LENGTH,
                Math.toIntExact(config.connectTimeout().toMillis()),
                TransportOptions.DEFAULT_IDLE_MILLIS,
                TransportOptions.DEFAULT_MAX_BODY_BYTES,
                userAgent);
    }

    private static ReadOptions readOptions(ClientConfig config) {
        return new ReadOptions(
                config.verification(),
                config.overRequest(),
                config.stripeAttempt().toMillis(),
                config.maxZoneReads(),
                config.maxReads(),
                config.retryRatio());
    }

    /** What filling knows of the zone is what reading knows. */
    private final class Knowledge implements ZoneKnowledge {

        @Override
        public @Nullable KnownView current() {
            return views.current();
        }

        @Override
        public CompletableFuture<Void> refresh() {
            return views.refresh();
        }

        @Override
        public boolean isSkipped(ZoneNode node) {
            // Clients that go past a coordinator fetch what it lets others fetch, and not all may find it slow.
            return nodeTracker.isUnresponsive(node);
        }

        @Override
        public boolean isSilent(ZoneNode node) {
            return nodeTracker.isSilent(node) && nodeTracker.isUnresponsive(node);
        }
    }

    private static final class RepairingListener implements ReadListener {

        private @Nullable ZoneFiller filler;

        @Override
        public void hit(ChunkKey key) {
            if (filler != null) {
                filler.countRead();
            }
        }

        @Override
        public void repairable(ChunkKey key, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
            if (filler != null) {
                filler.repair(key, chunk, code, findings);
            }
        }
    }
}
