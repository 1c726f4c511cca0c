package io.zonecache.storage.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LruTest extends EvictionPolicyContract {

    @Override
    EvictionPolicy policy() {
        return new Lru();
    }

    @Test
    void shouldEvictWhatWasUsedLongestAgo() {
        CacheModel cache = new CacheModel(policy(), 3, 100);
        cache.access(1, 1);
        cache.access(2, 2);
        cache.access(3, 3);
        cache.access(1, 4);
        cache.access(4, 5);
        assertThat(cache.holds(2)).isFalse();
        assertThat(cache.holds(1)).isTrue();
    }
}
