package io.zonecache.storage.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FifoTest extends EvictionPolicyContract {

    @Override
    EvictionPolicy policy() {
        return new Fifo();
    }

    @Test
    void shouldEvictWhatCameFirstHoweverOftenItIsUsed() {
        CacheModel cache = new CacheModel(policy(), 3, 100);
        cache.access(1, 1);
        cache.access(2, 2);
        cache.access(3, 3);
        cache.access(1, 4);
        cache.access(4, 5);
        assertThat(cache.holds(1)).isFalse();
        cache.access(1, 6);
        assertThat(cache.holds(2)).isFalse();
    }
}
