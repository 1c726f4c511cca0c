package io.zonecache.client.internal.fill;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.zonecache.model.ChunkKey;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Chunks that the origin did not have a moment ago. Each is forgotten at a slightly different time, so that they do not return together. */
final class NegativeCache {

    private static final int MAX_CHUNKS = 10_000;
    private static final double JITTER = 0.2;

    private final Cache<ChunkKey, Boolean> absent;

    NegativeCache(long absentMillis, LongSupplier nanoClock, RandomGenerator random) {
        this.absent = Caffeine.newBuilder()
                .maximumSize(MAX_CHUNKS)
                .ticker(nanoClock::getAsLong)
                .executor(Runnable::run)
                .expireAfter(Expiry.<ChunkKey, Boolean>writing((key, value) ->
                        Duration.ofNanos((long) (absentMillis * 1e6 * (1 - JITTER * random.nextDouble())))))
                .build();
    }

    void remember(ChunkKey key) {
        absent.put(key, Boolean.TRUE);
    }

    void forget(ChunkKey key) {
        absent.invalidate(key);
    }

    boolean knows(ChunkKey key) {
        return absent.getIfPresent(key) != null;
    }
}
