package io.zonecache.storage.eviction;

import java.util.Locale;

/** Policies by the names that users give them. */
public final class PolicyName {

    private static final String LRU_PREFIX = "lru-";

    private PolicyName() {}

    /**
     * {@code lru}, {@code fifo}, {@code lru-1} to {@code lru-4}.
     *
     * @throws IllegalArgumentException naming the text and what was expected
     */
    public static EvictionPolicy create(String name, long correlated) {
        String text = name.toLowerCase(Locale.ROOT);
        if (text.equals("lru")) {
            return new Lru();
        }
        if (text.equals("fifo")) {
            return new Fifo();
        }
        if (text.length() == LRU_PREFIX.length() + 1 && text.startsWith(LRU_PREFIX)) {
            int k = text.charAt(LRU_PREFIX.length()) - '0';
            if (k >= LruK.MIN_K && k <= LruK.MAX_K) {
                return new LruK(k, correlated);
            }
        }
        throw new IllegalArgumentException("policy: \"" + name + "\" (expected: lru, fifo or lru-1 to lru-4)");
    }
}
