package io.zonecache.client;

/**
 * Reads of the zone, counted since the cache was built. Immutable.
 *
 * @param stripeRequests stripe GETs that reads sent to nodes; probes and the surveys of incomplete chunks are not counted
 * @param hedges late reads that asked the nodes left out at first
 * @param retries rounds of requests repeated because too few nodes had answered
 * @param reconstructed chunks with a data stripe that had to be computed because it was late, missing or bad
 * @param corruptStripes stripes found bad, by checksum, tag or the chunk's hash
 */
public record ReaderStats(long stripeRequests, long hedges, long retries, long reconstructed, long corruptStripes) {}
