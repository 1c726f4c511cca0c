package io.zonecache.client.internal.fill;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Remembers chunks that could not be fetched from the origin a moment ago: it has none, or the client has no memory for them. Each is forgotten at
 * a slightly different time, so that requests for them do not return together. What the origin was asked for depends on the kind of the key, so
 * what one kind of read has found counts for reads of the same kind only. Thread-safe.
 */
final class NegativeCache {

    /** Of each kind. */
    private static final int MAX_CHUNKS = 10_000;

    private static final double JITTER = 0.2;

    private final Map<KeyKind, Cache<ChunkKey, Boolean>> absent = new EnumMap<>(KeyKind.class);

    NegativeCache(long absentMillis, LongSupplier nanoClock, RandomGenerator random) {
        for (KeyKind kind : KeyKind.values()) {
            absent.put(
                    kind,
                    Caffeine.newBuilder()
                            .maximumSize(MAX_CHUNKS)
                            .ticker(nanoClock::getAsLong)
                            .executor(Runnable::run)
                            .expireAfter(Expiry.<ChunkKey, Boolean>writing((key, value) ->
                                    Duration.ofNanos((long) (absentMillis * 1e6 * (1 - JITTER * random.nextDouble())))))
                            .build());
        }
    }

    void remember(ChunkName name) {
        of(name.kind()).put(name.key(), true);
    }

    /** For reads of both kinds. */
    void forget(ChunkKey key) {
        absent.values().forEach(known -> known.invalidate(key));
    }

    boolean knows(ChunkName name) {
        return of(name.kind()).getIfPresent(name.key()) != null;
    }

    private Cache<ChunkKey, Boolean> of(KeyKind kind) {
        return Objects.requireNonNull(absent.get(kind));
    }
}
