package io.zonecache.client;

/**
 * Counts since the start, each read in one of them; latency is for the caller to take.
 *
 * @param fromLocal reads served from the worker's own memory
 * @param fromZone reads served by the zone's nodes
 * @param fromOrigin reads that cost, or shared, an origin fetch
 * @param absent reads of chunks that neither zone nor origin has, or that were purged
 * @param refused reads turned away by a limit
 * @param failed reads that ended with any other error
 * @param cancelled reads that their callers gave up
 * @param underWay reads under way now
 * @param localBytes held by the local cache now
 * @param inFlightBytes of chunks on their way in and stripes on their way out now
 * @param inFlightPeakBytes the most that there have been at once
 * @param nodesSkipped nodes that the view calls up and that this client leaves out now, for what it has seen of them
 * @param reader what reading the zone took
 * @param fill what filling did
 */
public record ZoneCacheStats(
        long fromLocal,
        long fromZone,
        long fromOrigin,
        long absent,
        long refused,
        long failed,
        long cancelled,
        long underWay,
        long localBytes,
        long inFlightBytes,
        long inFlightPeakBytes,
        int nodesSkipped,
        ReaderStats reader,
        FillStats fill) {}
