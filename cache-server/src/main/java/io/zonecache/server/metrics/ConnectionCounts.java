package io.zonecache.server.metrics;

/**
 * Connections to the data plane at one moment, and since the start.
 *
 * @param limit how many may be open
 * @param open those that are, connections about to be refused or closed included
 * @param busy those of them with a request under way
 * @param evicted idle ones that were closed at the limit, each for a new one
 * @param refused new ones that were turned away, since all others were busy
 */
public record ConnectionCounts(int limit, int open, int busy, long evicted, long refused) {}
