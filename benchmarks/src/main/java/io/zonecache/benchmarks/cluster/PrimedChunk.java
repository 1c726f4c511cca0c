package io.zonecache.benchmarks.cluster;

import io.zonecache.client.PrimeResult;
import io.zonecache.client.ZoneCache;
import io.zonecache.model.ChunkKey;

/** Puts chunks into a zone that is to have all their stripes. */
public final class PrimedChunk {

    /** Nodes turn writes without a lease away first when they are busy. */
    private static final int MAX_ATTEMPTS = 30;

    private PrimedChunk() {}

    /** Returns when the zone has every stripe. @throws IllegalStateException if some are refused again and again */
    public static void store(ZoneCache cache, ChunkKey key, byte[] chunk) {
        PrimeResult result = cache.prime(key, chunk).join();
        for (int i = 1; i < MAX_ATTEMPTS && result.acknowledged() < result.stripes(); i++) {
            result = cache.prime(key, chunk).join();
        }
        if (result.acknowledged() < result.stripes()) {
            throw new IllegalStateException("chunk " + key + ": " + result.acknowledged() + " of " + result.stripes()
                    + " stripes stored: " + result.failures());
        }
    }
}
