package io.zonecache.client;

/**
 * A cache's figures, by topic. Each figure is read separately, so sums of figures may be off by what happens meanwhile. Times are not among them:
 * the meters and {@link ZoneCacheListener} report those. Immutable.
 *
 * @param reads how callers' reads ended
 * @param memory what is held in memory
 * @param zone reads of the zone
 * @param origin how the origin was used
 * @param leases fill leases
 * @param writes what was stored in the zone
 * @param nodesSkipped nodes that the view marks as up but that this client does not ask now, because of its own observations
 * @param observerFailures calls of listener, tracer, span and meter registry that threw something
 */
public record ZoneCacheStats(
        ReadStats reads,
        MemoryStats memory,
        ReaderStats zone,
        OriginStats origin,
        LeaseStats leases,
        WriteStats writes,
        int nodesSkipped,
        long observerFailures) {}
