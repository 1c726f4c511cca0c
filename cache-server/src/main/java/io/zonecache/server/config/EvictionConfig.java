package io.zonecache.server.config;

import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.eviction.HistoryBound;

/**
 * What decides which stripes stay: LRU-k.
 *
 * @param k references that count
 * @param correlatedMillis references so close together count as one; 0 for none
 * @param historyPercent evicted and missed keys that are remembered, in percent of those held
 * @param historyMillis how long they are; {@link HistoryBound#FOREVER} for no bound in time
 */
public record EvictionConfig(int k, long correlatedMillis, int historyPercent, long historyMillis) {

    public static final EvictionConfig DEFAULT = new EvictionConfig(
            StoreConfig.DEFAULT_K,
            StoreConfig.DEFAULT_CORRELATED_MILLIS,
            StoreConfig.DEFAULT_HISTORY_PERCENT,
            HistoryBound.FOREVER);
}
