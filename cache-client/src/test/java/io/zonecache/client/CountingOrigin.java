package io.zonecache.client;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Chunks in memory, each of which takes a while to fetch; counts the fetches. Thread-safe. */
final class CountingOrigin implements Origin {

    final AtomicInteger gets = new AtomicInteger();
    volatile long latencyMillis;
    private final Map<ChunkKey, byte[]> chunks = new ConcurrentHashMap<>();

    CountingOrigin(long latencyMillis) {
        this.latencyMillis = latencyMillis;
    }

    ChunkKey add(byte[] chunk) {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        chunks.put(key, chunk);
        return key;
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        gets.incrementAndGet();
        byte[] chunk = chunks.get(request.key());
        return chunk == null
                ? CompletableFuture.failedFuture(new CacheException(CacheErrorCode.ABSENT, request.target()))
                : CompletableFuture.supplyAsync(
                        () -> chunk, CompletableFuture.delayedExecutor(latencyMillis, TimeUnit.MILLISECONDS));
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        return CompletableFuture.failedFuture(new CacheException(CacheErrorCode.BAD_REQUEST, "read only"));
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
