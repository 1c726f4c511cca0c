package io.zonecache.server.lease;

import io.zonecache.model.ChunkKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was learnt of chunks a moment ago, each with an end of its own; bounded, the longest known goes first. O(1). Not
 * thread-safe.
 */
final class RecentChunks<V> {

    private record Entry<V>(V value, long untilNanos) {}

    private final int maxEntries;
    private final Map<ChunkKey, Entry<V>> entries = new LinkedHashMap<>();

    RecentChunks(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    void put(ChunkKey key, V value, long untilNanos, long nowNanos) {
        entries.remove(key);
        entries.put(key, new Entry<>(value, untilNanos));
        Iterator<Entry<V>> oldest = entries.values().iterator();
        Entry<V> entry = oldest.next();
        while (entry.untilNanos <= nowNanos || entries.size() > maxEntries) {
            oldest.remove();
            if (!oldest.hasNext()) {
                return;
            }
            entry = oldest.next();
        }
    }

    @Nullable
    V get(ChunkKey key, long nowNanos) {
        Entry<V> entry = entries.get(key);
        return entry == null || entry.untilNanos <= nowNanos ? null : entry.value;
    }

    void remove(ChunkKey key) {
        entries.remove(key);
    }

    int size() {
        return entries.size();
    }
}
