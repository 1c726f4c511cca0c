package io.zonecache.client;

/**
 * What reading the zone took, counted since the cache was built. Immutable.
 *
 * @param stripeRequests stripe GETs that reads sent to nodes; probes and the surveys of incomplete chunks are not counted
 * @param hedges reads that asked nodes left out at first because they were late
 * @param retries rounds of questions repeated because too few nodes had answered
 * @param reconstructed chunks of which a data stripe had to be computed, it being late, missing or bad
 * @param corruptStripes stripes found bad, by checksum, tag or the chunk's hash
 */
public record ReaderStats(long stripeRequests, long hedges, long retries, long reconstructed, long corruptStripes) {}
