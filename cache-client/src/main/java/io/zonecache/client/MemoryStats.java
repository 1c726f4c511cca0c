package io.zonecache.client;

/**
 * What a cache holds in memory, all of it within {@link ClientConfig#memoryBytes}. Immutable.
 *
 * @param localBytes held by the local cache now, its bookkeeping included
 * @param inFlightBytes of chunks on their way in and stripes on their way out now
 * @param inFlightPeakBytes the most that have been in flight at once since the cache was built
 */
public record MemoryStats(long localBytes, long inFlightBytes, long inFlightPeakBytes) {}
