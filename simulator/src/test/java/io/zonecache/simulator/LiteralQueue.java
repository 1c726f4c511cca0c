package io.zonecache.simulator;

import java.util.LinkedHashMap;
import java.util.Map;

/** LRU and FIFO as the JDK's linked map does them. */
final class LiteralQueue {

    private LiteralQueue() {}

    static long hits(Trace trace, int capacity, boolean byAccess) {
        Map<Integer, Boolean> cache = new LinkedHashMap<>(16, 0.75f, byAccess);
        long hits = 0;
        for (int i = 0; i < trace.references(); i++) {
            int key = trace.keyAt(i);
            if (cache.get(key) != null) {
                hits++;
            } else {
                if (cache.size() == capacity) {
                    cache.remove(cache.keySet().iterator().next());
                }
                cache.put(key, true);
            }
        }
        return hits;
    }
}
