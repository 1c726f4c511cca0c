package io.zonecache.client;

import io.zonecache.client.internal.CompletionExecutor;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.LeasedFiller;
import io.zonecache.client.internal.fill.ZoneAssumptions;
import io.zonecache.client.internal.fill.ZoneFiller;
import io.zonecache.client.internal.flight.ChunkRequests;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.observe.Observers;
import io.zonecache.client.internal.read.DecodingThreads;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.OverRequestReader;
import io.zonecache.client.internal.read.ReadListener;
import io.zonecache.client.internal.read.ReadOptions;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.Blocking;
import io.zonecache.client.internal.transport.StripeTransport;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds the parts of a {@link ZoneCache} in the order of their dependencies, and closes them in reverse order. */
final class ClientParts implements AutoCloseable {

    final ClientTimer timer;
    final MemoryBudget memory;
    final LocalCache local;
    final NodeTracker nodeTracker;
    final ViewTracker views;
    final OverRequestReader reader;
    final ZoneFiller filler;
    final ChunkRequests requests;
    private final ClientPlatform platform;
    private final ZoneKnowledge zone = new Knowledge();

    /**
     * Starts the parts; if that fails, those already started are closed.
     *
     * @param platform closed with the parts, and also if this constructor fails
     */
    ClientParts(
            ClientConfig config,
            @Nullable Origin origin,
            Observers observers,
            CompletionExecutor completions,
            ClientPlatform platform) {
        Deque<Runnable> built = new ArrayDeque<>();
        built.push(platform::close);
        try {
            this.platform = platform;
            timer = platform.timer();
            memory = new MemoryBudget(config.memoryBytes(), config.fill().maxChunkBytes());
            local = new LocalCache(config.localCacheBytes(), memory);
            nodeTracker = new NodeTracker(timer, platform.stallAwareClock(), observers);
            platform.transport().onContact(nodeTracker);
            views = viewTracker(config, observers);
            built.push(views::close);
            RepairingListener listener = new RepairingListener();
            reader = reader(config, listener);
            built.push(reader::close);
            filler = filler(config, origin);
            built.push(filler::close);
            listener.filler = filler;
            requests = requests(config, observers, completions);
            views.start();
        } catch (RuntimeException | Error e) {
            ClientPlatform.closeAll(built, e);
            throw e;
        }
    }

    private ViewTracker viewTracker(ClientConfig config, Observers observers) {
        ViewOptions options = ViewOptions.defaults(config.nodes(), config.zone());
        StripeTransport transport = platform.transport();
        Random random = platform.random();
        PurgeTracker purges = new PurgeTracker(transport, timer, random, local, options.timeoutMillis());
        return new ViewTracker(transport, timer, random, purges, options, nodeTracker::update, observers::viewChanged);
    }

    private OverRequestReader reader(ClientConfig config, ReadListener listener) {
        return new OverRequestReader(
                platform.transport(),
                views::current,
                nodeTracker,
                timer,
                platform.random(),
                readOptions(config),
                memory.reads(),
                listener,
                new DecodingThreads(platform.computing(), platform.searches()),
                platform.codec());
    }

    private ZoneFiller filler(ClientConfig config, @Nullable Origin origin) {
        return new LeasedFiller(
                config.fill(),
                assumptions(config),
                reader,
                platform.transport(),
                zone,
                origin,
                memory.fills(),
                platform.codec(),
                timer,
                platform.random(),
                platform.computing());
    }

    private ChunkRequests requests(ClientConfig config, Observers observers, CompletionExecutor completions) {
        return new ChunkRequests(
                config.maxReads(),
                Chunk::new,
                local,
                zone,
                reader,
                filler,
                observers,
                completions,
                timer,
                platform.random());
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

    /** Waits for a read on behalf of a caller that may block; no lock is held meanwhile. */
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
            // A new exception, so that its stack trace shows where the caller waits.
            throw new CacheException(cause.code(), cause.detail(), cause);
        }
    }

    @Override
    public void close() {
        requests.close();
        filler.stopCompletion();
        if (filler.stats().writes().bytesInFlight() > 0) {
            ClientPlatform.awaitEnd("stripes on their way to nodes were not stored", filler.whenIdle());
        }
        filler.close();
        reader.close();
        views.close();
        platform.close();
    }

    private static ZoneAssumptions assumptions(ClientConfig config) {
        Integer expectedClients = config.expectedClients();
        return new ZoneAssumptions(
                config.keyScheme(),
                config.originReserve(),
                expectedClients == null ? ZoneSettings.DEFAULT_EXPECTED_CLIENTS : expectedClients);
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

    /** Gives requests and fills the same knowledge of the zone that reads have. */
    private final class Knowledge implements ZoneKnowledge {

        @Override
        public @Nullable KnownView current() {
            return views.current();
        }

        @Override
        public CompletableFuture<Void> known() {
            return views.firstAttempt();
        }

        @Override
        public CompletableFuture<Void> refresh() {
            return views.refresh();
        }

        @Override
        public @Nullable String unreachableReason() {
            return views.unreachableReason();
        }

        @Override
        public boolean isSkipped(ZoneNode node) {
            // Clients that bypass a coordinator fetch what it also lets others fetch; not all may find it slow.
            return nodeTracker.isGone(node);
        }

        @Override
        public boolean isSilent(ZoneNode node) {
            return nodeTracker.isSilent(node) && nodeTracker.isGone(node);
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
        public void repairable(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
            if (filler != null) {
                filler.repair(name, chunk, code, findings);
            }
        }
    }
}
