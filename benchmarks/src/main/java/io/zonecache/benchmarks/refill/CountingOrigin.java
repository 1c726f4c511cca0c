package io.zonecache.benchmarks.refill;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Chunks in memory, each of which takes a fixed time; counts what it is asked. Thread-safe. */
final class CountingOrigin implements Origin {

    private final Map<ChunkKey, byte[]> chunks = new HashMap<>();
    private final List<ChunkKey> keys = new ArrayList<>();
    private final long latencyMillis;
    private long gets;
    private int inFlight;
    private int maxInFlight;
    private long changedNanos;
    private double flightNanos;

    CountingOrigin(int count, int chunkBytes, long latencyMillis) {
        this.latencyMillis = latencyMillis;
        ChunkOracle oracle = new ChunkOracle(2026, chunkBytes);
        for (int i = 0; i < count; i++) {
            keys.add(oracle.key(i));
            chunks.put(oracle.key(i), oracle.chunk(i));
        }
    }

    List<ChunkKey> keys() {
        return keys;
    }

    /**
     * What was asked since the last {@link #reset}.
     *
     * @param flightSeconds the fetches' times, added up
     */
    record Counts(long gets, int maxInFlight, double flightSeconds) {}

    synchronized Counts counts() {
        return new Counts(gets, maxInFlight, flightNanos / 1e9);
    }

    synchronized void reset() {
        gets = 0;
        maxInFlight = inFlight;
        flightNanos = 0;
    }

    private synchronized void change(int by) {
        long now = System.nanoTime();
        flightNanos += (double) inFlight * (now - changedNanos);
        changedNanos = now;
        inFlight += by;
        maxInFlight = Math.max(maxInFlight, inFlight);
        gets += by > 0 ? 1 : 0;
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        byte[] chunk = chunks.get(request.key());
        if (chunk == null) {
            return CompletableFuture.failedFuture(new CacheException(CacheErrorCode.ABSENT, request.target()));
        }
        change(1);
        return CompletableFuture.supplyAsync(
                () -> {
                    change(-1);
                    return chunk;
                },
                CompletableFuture.delayedExecutor(latencyMillis, TimeUnit.MILLISECONDS));
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        return CompletableFuture.failedFuture(
                new CacheException(CacheErrorCode.BAD_REQUEST, "chunk " + key + ": this origin is read only"));
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
