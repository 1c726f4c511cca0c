package io.zonecache.client.internal.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.client.ReadOutcome;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.client.internal.MeterGroup;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** A cache's figures as meters, read on demand; docs/operations.md lists them. */
final class CacheMeters implements AutoCloseable {

    /** What the meters read. The registry holds it weakly, this class strongly. */
    private final Supplier<ZoneCacheStats> stats;

    private final LongSupplier epoch;
    private final MeterGroup meters;
    private final ReadTimers timers;

    /**
     * Registers all meters or, if that throws, none.
     *
     * @param name the tag's value
     * @param epoch of the newest view, 0 before the first
     */
    CacheMeters(MeterRegistry registry, String name, Supplier<ZoneCacheStats> stats, LongSupplier epoch) {
        this.stats = stats;
        this.epoch = epoch;
        this.meters = new MeterGroup(registry, "cache", name);
        try {
            timers = new ReadTimers(meters);
            addReads();
            addZone();
            addOrigin();
            addWrites();
        } catch (RuntimeException | Error e) {
            meters.close();
            throw e;
        }
    }

    void record(ReadOutcome outcome, long nanos) {
        timers.record(outcome, nanos);
    }

    @Override
    public void close() {
        meters.close();
    }

    private void addReads() {
        gauge("reads.in.flight", "Reads in flight", figures -> figures.reads().inFlight());
        gauge(
                "local.bytes",
                "Bytes of chunks in the worker's memory",
                figures -> figures.memory().localBytes());
        gauge(
                "in.flight.bytes",
                "Bytes of chunks on their way in and stripes on their way out",
                figures -> figures.memory().inFlightBytes());
        gauge(
                "in.flight.peak.bytes",
                "Peak of in.flight.bytes since the cache was built",
                figures -> figures.memory().inFlightPeakBytes());
        counter(
                "observer.failures",
                "Calls of listener, tracer and registry that threw something",
                ZoneCacheStats::observerFailures);
        meters.gauge(
                "view.epoch",
                "Epoch of the view that this client goes by, 0 before the first",
                epoch,
                LongSupplier::getAsLong);
    }

    private void addZone() {
        gauge("nodes.skipped", "Nodes that the view calls up and this client leaves out", ZoneCacheStats::nodesSkipped);
        counter(
                "stripe.requests",
                "GETs sent to nodes",
                figures -> figures.zone().stripeRequests());
        counter(
                "hedges",
                "Late reads that asked nodes left out at first",
                figures -> figures.zone().hedges());
        counter(
                "zone.retries",
                "Questions repeated because too few nodes had answered",
                figures -> figures.zone().retries());
        counter(
                "reconstructed",
                "Chunks of which a data stripe was computed",
                figures -> figures.zone().reconstructed());
        counter(
                "corrupt.stripes",
                "Stripes found corrupt",
                figures -> figures.zone().corruptStripes());
    }

    private void addOrigin() {
        counter(
                "origin.fetches",
                "Attempts at the origin",
                figures -> figures.origin().fetches());
        counter(
                "origin.retries",
                "Attempts after the first of a read",
                figures -> figures.origin().retries());
        counter(
                "origin.failures",
                "Attempts that failed or brought wrong bytes",
                figures -> figures.origin().failures());
        counter(
                "origin.stats",
                "Requests for the state of objects",
                figures -> figures.origin().stats());
        counter(
                "origin.uncoordinated",
                "Fetches without a lease, out of the reserve",
                figures -> figures.origin().uncoordinated());
        gauge(
                "origin.permits",
                "Most fetches, and requests for the state of objects, at once now",
                figures -> figures.origin().permits());
        gauge(
                "origin.permits.used",
                "Fetches, and requests for the state of objects, under way",
                figures -> figures.origin().permitsInUse());
        gauge(
                "origin.waiting",
                "Reads that wait for a permit or a lease",
                figures -> figures.origin().waiting());
        counter(
                "leases",
                "Fill leases granted to this client",
                figures -> figures.leases().granted());
        counter(
                "leases.unused",
                "Leases returned without asking the origin",
                figures -> figures.leases().unused());
        counter(
                "filled.by.others",
                "Reads that found the chunk in the zone after all",
                figures -> figures.leases().filledByOthers());
    }

    private void addWrites() {
        counter(
                "writebacks",
                "Fills of which enough stripes were acknowledged",
                figures -> figures.writes().writeBacks());
        counter(
                "writebacks.failed",
                "Fills of which too few stripes were acknowledged",
                figures -> figures.writes().writeBacksFailed());
        counter(
                "repairs",
                "Stripes that repair stored",
                figures -> figures.writes().repairs());
        counter(
                "repairs.dropped",
                "Stripes that repair left for lack of budget or success",
                figures -> figures.writes().repairsDropped());
        gauge(
                "write.bytes",
                "Bytes of stripes on their way to nodes",
                figures -> figures.writes().bytesInFlight());
        gauge(
                "incomplete.chunks",
                "Chunks stored with fewer than all their stripes, to be brought to all of them",
                figures -> figures.writes().incompleteChunks());
        counter(
                "completed.chunks",
                "Incomplete chunks that have got all their stripes",
                figures -> figures.writes().completedChunks());
        counter(
                "dropped.chunks",
                "Incomplete chunks that were given up",
                figures -> figures.writes().droppedChunks());
    }

    private void counter(String name, String description, ToDoubleFunction<ZoneCacheStats> value) {
        meters.counter(name, description, stats, source -> value.applyAsDouble(source.get()));
    }

    private void gauge(String name, String description, ToDoubleFunction<ZoneCacheStats> value) {
        meters.gauge(name, description, stats, source -> value.applyAsDouble(source.get()));
    }
}
