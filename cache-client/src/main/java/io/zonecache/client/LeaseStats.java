package io.zonecache.client;

/**
 * Fill leases, counted since the cache was built. Immutable.
 *
 * @param granted leases that nodes granted to this client
 * @param unused leases returned without asking the origin
 * @param filledByOthers loads that found the chunk in the zone after all, because another client had filled it
 */
public record LeaseStats(long granted, long unused, long filledByOthers) {}
