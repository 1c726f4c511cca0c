package io.zonecache.cli.demo.worker;

import io.zonecache.client.Chunk;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.FillConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** The real cache, its local tier off. */
final class ZoneChunkSource implements ChunkSource {

    private static final long VIEW_POLL_NANOS = 50_000_000;

    private final ZoneCache cache;

    private ZoneChunkSource(ZoneCache cache) {
        this.cache = cache;
    }

    static ZoneChunkSource open(WorkerSetup setup) {
        ClientConfig config = ClientConfig.builder()
                .nodes(setup.nodes())
                .localCacheBytes(0)
                .readDeadline(Duration.ofMillis(setup.deadlineMillis()))
                .fill(FillConfig.singleAttempt())
                .build();
        ZoneCache cache = ZoneCache.builder()
                .config(config)
                .origin(Origins.parse(setup.origin(), Map.of("endpoint", setup.s3Endpoint())))
                .build();
        awaitView(cache, Duration.ofSeconds(60));
        return new ZoneChunkSource(cache);
    }

    /** On a busy machine the first attempt to learn the view may fail; the client goes on trying by itself. */
    private static void awaitView(ZoneCache cache, Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        cache.whenReady().join();
        while (cache.view().isEmpty()) {
            if (System.nanoTime() > deadlineNanos) {
                cache.close();
                throw new IllegalStateException("no node of the zone answered within " + timeout.toSeconds() + " s");
            }
            LockSupport.parkNanos(VIEW_POLL_NANOS);
        }
    }

    @Override
    public CompletableFuture<ByteBuffer> get(ChunkKey key) {
        return cache.get(key).thenApply(Chunk::buffer);
    }

    @Override
    public Served served() {
        ZoneCacheStats stats = cache.stats();
        return new Served(
                stats.reads().fromLocal(),
                stats.reads().fromZone(),
                stats.reads().fromOrigin());
    }

    @Override
    public int nodesSkipped() {
        return cache.stats().nodesSkipped();
    }

    @Override
    public CompletableFuture<Void> whenIdle() {
        return cache.whenIdle();
    }

    @Override
    public void close() {
        cache.close();
    }
}
