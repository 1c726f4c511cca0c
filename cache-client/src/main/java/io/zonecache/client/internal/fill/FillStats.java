package io.zonecache.client.internal.fill;

import io.zonecache.client.LeaseStats;
import io.zonecache.client.OriginStats;
import io.zonecache.client.WriteStats;

/** A filler's part of {@link io.zonecache.client.ZoneCacheStats}. */
public record FillStats(OriginStats origin, LeaseStats leases, WriteStats writes) {}
