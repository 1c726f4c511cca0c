package io.zonecache.benchmarks.faults;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Computes chunks, each after the time that an object store takes, and counts. Thread-safe. */
final class MemoryOrigin implements Origin {

    /** What S3 takes at the median. */
    private static final long LATENCY_MILLIS = 36;

    private static final Executor AFTER_LATENCY =
            CompletableFuture.delayedExecutor(LATENCY_MILLIS, TimeUnit.MILLISECONDS);

    private final FaultsChunks chunks;
    private final Map<ChunkKey, Integer> indexes;
    private final AtomicLong gets = new AtomicLong();

    MemoryOrigin(FaultsChunks chunks) {
        this.chunks = chunks;
        this.indexes =
                IntStream.range(0, chunks.count()).boxed().collect(Collectors.toMap(chunks::key, Function.identity()));
    }

    /** GETs since its start. */
    long gets() {
        return gets.get();
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        gets.incrementAndGet();
        Integer index = indexes.get(request.key());
        return index == null
                ? CompletableFuture.failedFuture(new CacheException(CacheErrorCode.ABSENT, request.target()))
                : CompletableFuture.supplyAsync(() -> chunks.bytes(index), AFTER_LATENCY);
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
