package io.zonecache.client.internal.fill;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.model.ChunkKey;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Remembers chunks that could not be fetched from the origin a moment ago: it has none, or the client has no memory for them. Each is forgotten at
 * a slightly different time, so that requests for them do not return together. A read that does not know which range of an object its key stands for could not have got that range from the origin: that it
 * found nothing counts for such reads only. Thread-safe.
 */
final class NegativeCache {

    private static final int MAX_CHUNKS = 10_000;
    private static final double JITTER = 0.2;

    /** By key, whether the absence counts for reads that know the key's range too. */
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

    void remember(ChunkRead read) {
        absent.asMap().merge(read.key(), read.range() != null, Boolean::logicalOr);
    }

    void forget(ChunkKey key) {
        absent.invalidate(key);
    }

    boolean knows(ChunkRead read) {
        Boolean isForRanges = absent.getIfPresent(read.key());
        return isForRanges != null && (isForRanges || read.range() == null);
    }
}
