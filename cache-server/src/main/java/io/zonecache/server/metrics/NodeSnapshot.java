package io.zonecache.server.metrics;

import io.zonecache.server.lease.LeaseTableStats;
import io.zonecache.storage.StoreStats;

/** A node's figures at one moment. */
public record NodeSnapshot(
        long epoch,
        int viewNodes,
        int viewNodesUp,
        boolean ready,
        boolean draining,
        ConnectionCounts connections,
        int requestsInFlight,
        long bytesInFlight,
        double load,
        int readsQueued,
        int writesQueued,
        int viewWaits,
        int purgedKeys,
        StoreStats store,
        MemoryUse memory,
        LeaseTableStats leases) {}
