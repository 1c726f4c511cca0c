package io.zonecache.server.metrics;

import java.util.SortedMap;

/**
 * What a node takes of its memory at one moment.
 *
 * @param residentBytes memory without mapped files as the kernel counts it, 0 where it doesn't tell
 * @param partBytes by name, always the same names
 */
public record MemoryUse(long budgetBytes, long residentBytes, SortedMap<String, Long> partBytes) {

    long bytes(String part) {
        return partBytes.getOrDefault(part, 0L);
    }
}
