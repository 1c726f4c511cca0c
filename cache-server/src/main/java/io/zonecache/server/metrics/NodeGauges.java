package io.zonecache.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.zonecache.server.lease.RefusalReason;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Figures that are read when somebody asks, from one snapshot for all. */
public final class NodeGauges {

    private NodeGauges() {}

    /** @param snapshots called for each figure, so it should keep its answer for a moment */
    public static void register(MeterRegistry registry, Supplier<NodeSnapshot> snapshots) {
        Registration<Supplier<NodeSnapshot>> gauges = new Registration<>(registry, snapshots);
        registerServing(gauges);
        registerConnections(gauges);
        registerStore(gauges);
        registerMemory(gauges);
        registerLeases(gauges);
    }

    private static void registerServing(Registration<Supplier<NodeSnapshot>> gauges) {
        gauges.gauge(
                "zonecache.view.epoch",
                "Epoch of the newest view, 0 before the first",
                s -> s.get().epoch());
        gauges.gauge(
                "zonecache.view.nodes", "Nodes in the newest view", s -> s.get().viewNodes());
        gauges.gauge(
                "zonecache.view.nodes.up",
                "Nodes that the newest view calls up",
                s -> s.get().viewNodesUp());
        gauges.gauge(
                "zonecache.ready",
                "1 if the node takes part in the zone",
                s -> s.get().ready() ? 1 : 0);
        gauges.gauge(
                "zonecache.draining",
                "1 if the node takes nothing new",
                s -> s.get().draining() ? 1 : 0);
        gauges.gauge(
                "zonecache.requests.in.flight",
                "Requests being served",
                s -> s.get().requestsInFlight());
        gauges.gauge(
                "zonecache.bytes.in.flight",
                "Bytes of records under way",
                s -> s.get().bytesInFlight());
        gauges.gauge(
                "zonecache.load",
                "Fullest of the admission bounds, 1 is full",
                s -> s.get().load());
        gauges.gauge(
                "zonecache.queue.reads",
                "Reads that wait for the disk",
                s -> s.get().readsQueued());
        gauges.gauge(
                "zonecache.queue.writes",
                "Writes that wait for the disk",
                s -> s.get().writesQueued());
        gauges.gauge(
                "zonecache.view.waits",
                "Clients that wait for a newer view",
                s -> s.get().viewWaits());
        gauges.gauge(
                "zonecache.purged.keys", "Keys on the purge list", s -> s.get().purgedKeys());
    }

    private static void registerConnections(Registration<Supplier<NodeSnapshot>> gauges) {
        gauges.gauge(
                "zonecache.connections",
                "Open connections to the data plane",
                s -> s.get().connections().open());
        gauges.gauge(
                "zonecache.connections.busy",
                "Open connections with a request in flight",
                s -> s.get().connections().busy());
        gauges.gauge(
                "zonecache.connections.limit",
                "Maximum of open connections",
                s -> s.get().connections().limit());
        gauges.counter(
                "zonecache.connections.evicted",
                "Idle connections closed at the limit, each for a new one",
                s -> s.get().connections().evicted());
        gauges.counter(
                "zonecache.connections.refused",
                "New connections turned away at the limit, as all others were busy",
                s -> s.get().connections().refused());
    }

    private static void registerStore(Registration<Supplier<NodeSnapshot>> gauges) {
        gauges.gauge(
                "zonecache.store.stripes",
                "Chunks with a stripe here",
                s -> s.get().store().stripes());
        gauges.gauge(
                "zonecache.store.live.bytes",
                "Bytes of the stripes held",
                s -> s.get().store().liveBytes());
        gauges.gauge(
                "zonecache.store.disk.bytes",
                "Bytes on disk",
                s -> s.get().store().diskBytes());
        gauges.gauge(
                "zonecache.store.capacity.bytes",
                "Most bytes on disk",
                s -> s.get().store().capacityBytes());
        gauges.gauge(
                "zonecache.store.effective.capacity.bytes",
                "What of the capacity the disk has room for",
                s -> s.get().store().effectiveCapacityBytes());
        gauges.gauge(
                "zonecache.store.index.bytes",
                "Memory of the index of the stripes held",
                s -> s.get().store().memory().indexBytes());
        gauges.gauge(
                "zonecache.store.history.keys",
                "Evicted and missed keys whose references are remembered",
                s -> s.get().store().historyKeys());
        gauges.gauge(
                "zonecache.store.history.bytes",
                "Memory of the remembered keys",
                s -> s.get().store().memory().historyBytes());
        gauges.gauge(
                "zonecache.store.unread.bytes",
                "Bytes of segments whose stripes a rebuild of the index has yet to find, 0 if it is complete",
                s -> s.get().store().unreadBytes());
        gauges.gauge(
                "zonecache.store.writable",
                "0 while the disk takes no writes",
                s -> s.get().store().writable() ? 1 : 0);
        gauges.gauge(
                "zonecache.hot.stripes",
                "Stripes in the hot tier",
                s -> s.get().store().hotStripes());
        gauges.gauge(
                "zonecache.hot.bytes",
                "Bytes in the hot tier",
                s -> s.get().store().hotBytes());
        gauges.counter(
                "zonecache.hot.hits",
                "Lookups answered from memory",
                s -> s.get().store().hotHits());
        gauges.counter(
                "zonecache.disk.hits",
                "Lookups answered from disk",
                s -> s.get().store().diskHits());
        gauges.counter(
                "zonecache.store.misses",
                "Lookups of what is not held",
                s -> s.get().store().misses());
        gauges.counter(
                "zonecache.store.puts", "Stripes stored", s -> s.get().store().puts());
        gauges.counter(
                "zonecache.store.evictions",
                "Stripes given up for space",
                s -> s.get().store().evictions());
        gauges.counter(
                "zonecache.store.corrupt",
                "Stripes found corrupt and dropped",
                s -> s.get().store().corruptDropped());
        gauges.counter(
                "zonecache.store.read.errors",
                "Reads that the disk failed",
                s -> s.get().store().readErrors());
        gauges.counter(
                "zonecache.store.write.errors",
                "Writes that the disk failed",
                s -> s.get().store().writeErrors());
    }

    private static void registerMemory(Registration<Supplier<NodeSnapshot>> gauges) {
        gauges.gauge(
                "zonecache.memory.budget.bytes",
                "What all parts together may take",
                s -> s.get().memory().budgetBytes());
        gauges.gauge(
                "zonecache.memory.resident.bytes",
                "What the process takes, without mapped files",
                s -> s.get().memory().residentBytes());
        for (String part : gauges.source().get().memory().partBytes().keySet()) {
            Gauge.builder(
                            "zonecache.memory.bytes",
                            gauges.source(),
                            s -> s.get().memory().bytes(part))
                    .description("What each part takes")
                    .tag("part", part)
                    .strongReference(true)
                    .register(gauges.registry());
        }
    }

    private static void registerLeases(Registration<Supplier<NodeSnapshot>> gauges) {
        gauges.gauge(
                "zonecache.leases.share",
                "Fill leases that may run at once",
                s -> s.get().leases().share());
        gauges.gauge(
                "zonecache.leases.running",
                "Fill leases running",
                s -> s.get().leases().inUse());
        gauges.gauge(
                "zonecache.leases.waiting",
                "Requests that wait for one",
                s -> s.get().leases().waiting());
        gauges.counter(
                "zonecache.leases.granted",
                "Fill leases granted",
                s -> s.get().leases().granted());
        gauges.counter(
                "zonecache.leases.filled",
                "Fills that succeeded",
                s -> s.get().leases().filled());
        gauges.counter(
                "zonecache.leases.failed",
                "Fills that failed",
                s -> s.get().leases().failed());
        gauges.counter(
                "zonecache.leases.absent",
                "Fills of chunks that the origin lacks",
                s -> s.get().leases().absent());
        gauges.counter(
                "zonecache.leases.denied",
                "Fills that the origin denied to the client",
                s -> s.get().leases().denied());
        gauges.counter(
                "zonecache.leases.unused",
                "Leases returned without a fetch",
                s -> s.get().leases().unused());
        gauges.counter(
                "zonecache.leases.expired",
                "Leases that nobody ended",
                s -> s.get().leases().expired());
        for (RefusalReason reason : RefusalReason.values()) {
            gauges.counter(
                    "zonecache.leases.refused",
                    "Requests for a lease that were refused, by reason",
                    Tags.of("reason", reason.label()),
                    s -> s.get().leases().refused(reason));
        }
    }

    private record Registration<T>(MeterRegistry registry, T source) {

        void gauge(String name, String description, ToDoubleFunction<T> value) {
            Gauge.builder(name, source, value)
                    .description(description)
                    .strongReference(true)
                    .register(registry);
        }

        void counter(String name, String description, ToDoubleFunction<T> value) {
            counter(name, description, Tags.empty(), value);
        }

        void counter(String name, String description, Tags tags, ToDoubleFunction<T> value) {
            FunctionCounter.builder(name, source, value)
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }
    }
}
