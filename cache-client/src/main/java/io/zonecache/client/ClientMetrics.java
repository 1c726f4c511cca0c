package io.zonecache.client;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.model.ZoneView;
import java.util.function.ToDoubleFunction;

/**
 * A cache's figures as meters; docs/operations.md lists them. They read {@link ZoneCache#stats} when they are asked, and hold
 * the cache weakly.
 */
final class ClientMetrics {

    private static final String PREFIX = "zonecache.client.";

    private final ZoneCache cache;
    private final MeterRegistry registry;

    private ClientMetrics(ZoneCache cache, MeterRegistry registry) {
        this.cache = cache;
        this.registry = registry;
    }

    static void bind(ZoneCache cache, MeterRegistry registry) {
        ClientMetrics metrics = new ClientMetrics(cache, registry);
        metrics.bindReads();
        metrics.bindZone();
        metrics.bindFill();
    }

    /** Of a limit that belongs to no cache, and is held weakly too. */
    static void bind(StartLimit starts, MeterRegistry registry) {
        Gauge.builder(PREFIX + "starts.limit", starts, source -> source.stats().limit())
                .description("Starts that may run at once")
                .register(registry);
        Gauge.builder(
                        PREFIX + "starts.running",
                        starts,
                        source -> source.stats().running())
                .description("Starts under way")
                .register(registry);
        FunctionCounter.builder(
                        PREFIX + "starts.begun",
                        starts,
                        source -> source.stats().begun())
                .description("Starts let in")
                .register(registry);
        FunctionCounter.builder(
                        PREFIX + "starts.refused",
                        starts,
                        source -> source.stats().refused())
                .description("Starts turned away")
                .register(registry);
    }

    private void bindReads() {
        gauge("reads.under.way", "Reads under way", ZoneCacheStats::underWay);
        gauge("local.bytes", "Bytes of chunks in the worker's memory", ZoneCacheStats::localBytes);
        gauge(
                "in.flight.bytes",
                "Bytes of chunks on their way in and stripes on their way out",
                ZoneCacheStats::inFlightBytes);
        gauge("in.flight.peak.bytes", "The most of them at once since the start", ZoneCacheStats::inFlightPeakBytes);
        Gauge.builder(
                        PREFIX + "view.epoch",
                        cache,
                        source -> source.view().map(ZoneView::epoch).orElse(0L))
                .description("Epoch of the view that this client goes by, 0 before the first")
                .register(registry);
    }

    private void bindZone() {
        gauge("nodes.skipped", "Nodes that the view calls up and this client leaves out", ZoneCacheStats::nodesSkipped);
        counter("stripe.requests", "GETs sent to nodes", stats -> stats.reader().stripeRequests());
        counter(
                "hedges",
                "Late reads that asked nodes left out at first",
                stats -> stats.reader().hedges());
        counter(
                "zone.retries",
                "Questions repeated because too few nodes had answered",
                stats -> stats.reader().retries());
        counter(
                "reconstructed",
                "Chunks of which a data stripe was computed",
                stats -> stats.reader().reconstructed());
        counter("bad.stripes", "Stripes found bad", stats -> stats.reader().badStripes());
    }

    private void bindFill() {
        counter(
                "origin.fetches",
                "Attempts at the origin",
                stats -> stats.fill().originFetches());
        counter(
                "origin.retries",
                "Attempts after the first of a read",
                stats -> stats.fill().originRetries());
        counter(
                "origin.failures",
                "Attempts that failed or brought wrong bytes",
                stats -> stats.fill().originFailures());
        counter(
                "origin.uncoordinated",
                "Attempts without a lease, out of the reserve",
                stats -> stats.fill().uncoordinatedFetches());
        counter(
                "leases",
                "Fill leases granted to this client",
                stats -> stats.fill().leases());
        counter(
                "leases.unused",
                "Leases returned without asking the origin",
                stats -> stats.fill().leasesUnused());
        counter(
                "filled.by.others",
                "Reads that found the chunk in the zone after all",
                stats -> stats.fill().filledByOthers());
        counter(
                "write.backs",
                "Fills of which enough stripes were acknowledged",
                stats -> stats.fill().writeBacks());
        counter(
                "write.backs.failed",
                "Fills of which too few were",
                stats -> stats.fill().writeBacksFailed());
        counter("repairs", "Stripes that repair stored", stats -> stats.fill().repairs());
        counter(
                "repairs.dropped",
                "Stripes that repair left for lack of budget or success",
                stats -> stats.fill().repairsDropped());
        gauge(
                "origin.permits",
                "Most origin fetches at once now",
                stats -> stats.fill().permits());
        gauge(
                "origin.permits.used",
                "Origin fetches under way",
                stats -> stats.fill().permitsInUse());
        gauge(
                "origin.waiting",
                "Reads that wait for a permit or a lease",
                stats -> stats.fill().waiting());
        gauge(
                "write.bytes",
                "Bytes of stripes on their way to nodes",
                stats -> stats.fill().bytesInFlight());
    }

    private void counter(String name, String description, ToDoubleFunction<ZoneCacheStats> value) {
        FunctionCounter.builder(PREFIX + name, cache, source -> value.applyAsDouble(source.stats()))
                .description(description)
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<ZoneCacheStats> value) {
        Gauge.builder(PREFIX + name, cache, source -> value.applyAsDouble(source.stats()))
                .description(description)
                .register(registry);
    }
}
