package io.zonecache.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.zonecache.membership.Membership;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.server.access.AccessLog;
import io.zonecache.server.admin.NodeControl;
import io.zonecache.server.admin.NodeEvents;
import io.zonecache.server.admission.Admission;
import io.zonecache.server.admission.ClientRates;
import io.zonecache.server.admission.RepairBudget;
import io.zonecache.server.admission.WorkQueue;
import io.zonecache.server.config.Limits;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.fill.LeaseEndpoint;
import io.zonecache.server.http.Connections;
import io.zonecache.server.http.DataPlane;
import io.zonecache.server.http.Route.Resource;
import io.zonecache.server.http.Serving;
import io.zonecache.server.lease.LeaseService;
import io.zonecache.server.lease.LeaseTableStats;
import io.zonecache.server.metrics.NodeGauges;
import io.zonecache.server.metrics.NodeSnapshot;
import io.zonecache.server.metrics.RequestMetrics;
import io.zonecache.server.purge.PurgeNews;
import io.zonecache.server.purge.PurgesEndpoint;
import io.zonecache.server.stripes.CorruptionReports;
import io.zonecache.server.stripes.NodeStripes;
import io.zonecache.server.stripes.PurgedKeys;
import io.zonecache.server.stripes.StripeReads;
import io.zonecache.server.stripes.StripeWrites;
import io.zonecache.server.view.CurrentView;
import io.zonecache.server.view.ViewEndpoint;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a node does, between its sockets and its store. */
final class NodeCore implements NodeControl, AutoCloseable {

    private static final long SNAPSHOT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Times a read's maximum age in the queue: a write has been paid for by a fetch, and its client waits 2 s, not for the next tier. */
    private static final int WRITE_AGE_FACTOR = 10;

    private static final double REPORTS_PER_SECOND = 10;
    private static final double REPORTS_BURST = 50;

    private final NodeConfig config;
    private final Vertx vertx;
    private final StripeStore store;
    private final NodeMemory memory;
    private final PurgedKeys purged;
    private final NodeEvents events = new NodeEvents(Clock.systemUTC());
    private final NodeWatch watch = new NodeWatch(events);
    private final ZonePurges purges;
    private final PurgeNews purgeNews;
    private final WorkQueue readQueue;
    private final WorkQueue writeQueue;
    private final Admission admission;
    private final NodeStripes stripes;
    private final CurrentView currentView;
    private final Connections connections;
    private final DataPlane dataPlane;
    private final Serving serving;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gcMetrics = new JvmGcMetrics();
    private final long startNanos = System.nanoTime();
    private final RepairBudget repairBudget = new RepairBudget(System::nanoTime);
    private final Readiness readiness;
    private volatile @Nullable Membership membership;
    private volatile @Nullable LeaseService leases;
    private volatile boolean draining;
    private @Nullable NodeSnapshot snapshot;
    private long snapshotNanos;

    NodeCore(
            NodeConfig config,
            Vertx vertx,
            Connections connections,
            StripeStore store,
            PurgedKeys purged,
            CurrentView currentView,
            @Nullable AccessLog accessLog) {
        this.config = config;
        this.vertx = vertx;
        this.store = store;
        this.memory = new NodeMemory(config.memory());
        this.purged = purged;
        this.currentView = currentView;
        this.purges = new ZonePurges(purged, store, vertx, events);
        this.purgeNews = new PurgeNews(
                purged.log()::tokenText,
                System::nanoTime,
                (delayMillis, task) -> vertx.setTimer(delayMillis, id -> task.run()));
        purged.whenGrown(purgeNews::changed);
        Limits limits = config.limits();
        int processors = Runtime.getRuntime().availableProcessors();
        this.readQueue = newQueue("disk-read", Math.min(16, 2 * processors + 2), limits, 1);
        this.writeQueue = newQueue("disk-write", Math.min(8, processors + 1), limits, WRITE_AGE_FACTOR);
        this.admission = new Admission(
                limits.maxRequests(), limits.maxBytesInFlight(), () -> Math.max(readQueue.load(), writeQueue.load()));
        this.connections = connections;
        this.serving = new Serving(
                vertx,
                limits,
                new RequestMetrics(registry),
                currentView::epochText,
                purged.log()::tokenText,
                "node " + config.id() + " holds no stripe of it (expected: another tier has it)",
                System::nanoTime);
        this.dataPlane = new DataPlane(serving);
        this.readiness = new Readiness(config, currentView, repairBudget, System::nanoTime);
        this.stripes = new NodeStripes(
                store,
                purged,
                admission,
                readQueue,
                writeQueue,
                repairBudget,
                new ClientRates(REPORTS_PER_SECOND, REPORTS_BURST, System::nanoTime),
                () -> draining,
                accessLog);
        registerMetrics();
        AccessLog.register(registry, accessLog);
    }

    /** Serves as a part of this zone from now on. */
    void serve(Membership joined) {
        membership = joined;
        readiness.joined(joined);
        joined.addListener(currentView::viewChanged);
        joined.addListener(view -> watch.viewChanged(view.view()));
        watch.start(vertx, this::snapshot, this::notReadyReason);
        LeaseService service = LeaseService.start(config.id(), joined, (delayMillis, task) -> {
            long timer = vertx.setTimer(delayMillis, id -> task.run());
            return () -> vertx.cancelTimer(timer);
        });
        leases = service;
        LeaseEndpoint leaseEndpoint = new LeaseEndpoint(service, purged);
        StripeReads reads = new StripeReads(stripes);
        StripeWrites writes = new StripeWrites(stripes, serving);
        CorruptionReports reports = new CorruptionReports(stripes);
        dataPlane.serve(Map.of(
                Resource.STRIPES,
                (exchange, route) -> {
                    switch (exchange.request().method().name()) {
                        case "PUT" -> writes.handle(exchange, route);
                        case "DELETE" -> reports.handle(exchange, route);
                        default -> reads.handle(exchange, route);
                    }
                },
                Resource.LEASES,
                leaseEndpoint.acquire(),
                Resource.LEASE,
                leaseEndpoint.end(),
                Resource.VIEW,
                new ViewEndpoint(currentView, purgeNews, serving),
                Resource.PURGES,
                new PurgesEndpoint(purged.log())));
    }

    PurgeList purgeList() {
        return purged;
    }

    DataPlane dataPlane() {
        return dataPlane;
    }

    Connections connections() {
        return connections;
    }

    StripeStore store() {
        return store;
    }

    Membership membership() {
        Membership joined = membership;
        if (joined == null) {
            throw new IllegalStateException("node not in a zone yet");
        }
        return joined;
    }

    int requestsInFlight() {
        return admission.requestsInFlight();
    }

    long bytesInFlight() {
        return admission.bytesInFlight();
    }

    /** Down in the view, and nothing new is taken; what is under way goes on. */
    void stopTaking() {
        readiness.leaving("stopping");
        dataPlane.stopTaking();
        LeaseService service = leases;
        if (service != null) {
            service.drain();
        }
        Membership joined = membership;
        if (joined != null) {
            joined.announceDown();
        }
    }

    @Override
    public @Nullable String notReadyReason() {
        return readiness.notReadyReason();
    }

    @Override
    public @Nullable String notSettledReason() {
        return readiness.notSettledReason();
    }

    @Override
    public @Nullable String notQuietReason() {
        return readiness.notQuietReason();
    }

    @Override
    public void announceDown() {
        readiness.leaving("going down");
        membership().announceDown();
    }

    @Override
    public JsonObject stats() {
        return NodeStatsJson.of(
                config, snapshot(), notReadyReason(), System.nanoTime() - startNanos, currentView.view());
    }

    @Override
    public String metrics() {
        return registry.scrape();
    }

    @Override
    public void drain() {
        draining = true;
        readiness.draining();
        LeaseService service = leases;
        if (service != null) {
            service.drain();
        }
        membership().leave();
    }

    @Override
    public void empty() {
        store.empty();
        events.add(NodeEvents.Kind.NODE, "emptied: every stripe is forgotten");
    }

    @Override
    public Purge purge(ChunkKey key) {
        return purges.purge(key, membership);
    }

    @Override
    public NodeEvents events() {
        return events;
    }

    @Override
    public void close() {
        LeaseService service = leases;
        if (service != null) {
            service.close();
        }
        readQueue.close();
        writeQueue.close();
        gcMetrics.close();
        registry.close();
    }

    private static WorkQueue newQueue(String name, int threads, Limits limits, int ageFactor) {
        return new WorkQueue(
                name, threads, limits.maxRequests(), ageFactor * limits.queueAgeMillis(), System::nanoTime);
    }

    private void registerMetrics() {
        NodeGauges.register(registry, this::snapshot);
        Gauge.builder("zonecache.settled", readiness, node -> node.notSettledReason() == null ? 1 : 0)
                .description("1 once the zone has come to rest around this node")
                .register(registry);
        FunctionCounter.builder("zonecache.repairs", repairBudget, RepairBudget::repairs)
                .description("Writes stored without a lease: repairs and priming")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gcMetrics.bindTo(registry);
    }

    private synchronized NodeSnapshot snapshot() {
        NodeSnapshot last = snapshot;
        if (last != null && System.nanoTime() - snapshotNanos < SNAPSHOT_NANOS) {
            return last;
        }
        NodeSnapshot taken = takeSnapshot();
        snapshot = taken;
        snapshotNanos = System.nanoTime();
        return taken;
    }

    private NodeSnapshot takeSnapshot() {
        EncodedView view = currentView.view();
        LeaseService service = leases;
        StoreStats stats = store.stats();
        return new NodeSnapshot(
                view == null ? 0 : view.view().epoch(),
                view == null ? 0 : view.view().nodes().size(),
                view == null
                        ? 0
                        : (int) view.view().nodes().stream()
                                .filter(node -> node.state() == NodeState.UP)
                                .count(),
                notReadyReason() == null,
                readiness.isLeaving(),
                connections.counts(),
                admission.requestsInFlight(),
                admission.bytesInFlight(),
                admission.load(),
                readQueue.length(),
                writeQueue.length(),
                currentView.waiting(),
                purged.size(),
                stats,
                memory.use(stats),
                service == null ? LeaseTableStats.NONE : service.stats());
    }
}
