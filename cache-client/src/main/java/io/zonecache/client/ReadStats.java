package io.zonecache.client;

/**
 * How callers' reads ended, counted since the cache was built; each read counts in exactly one of the first seven. Immutable.
 *
 * @param fromLocal reads served from the worker's own memory
 * @param fromZone reads served by the zone's nodes
 * @param fromOrigin reads that made or shared an origin fetch
 * @param absent reads of chunks that neither zone nor origin has, or that were purged
 * @param refused reads rejected by a limit
 * @param failed reads that ended with any other error
 * @param cancelled reads that their callers cancelled
 * @param inFlight reads in flight now; reads served from the worker's own memory are never in flight
 */
public record ReadStats(
        long fromLocal,
        long fromZone,
        long fromOrigin,
        long absent,
        long refused,
        long failed,
        long cancelled,
        int inFlight) {}
