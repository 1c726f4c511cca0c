package io.zonecache.client;

/**
 * What a cache holds in memory, all of it within {@link ClientConfig#memoryBytes}. Immutable.
 *
 * @param localBytes bytes held by the local cache now, its bookkeeping included
 * @param inFlightBytes bytes of chunks being received and stripes being sent now
 * @param inFlightPeakBytes peak of {@code inFlightBytes} since the cache was built
 */
public record MemoryStats(long localBytes, long inFlightBytes, long inFlightPeakBytes) {}
