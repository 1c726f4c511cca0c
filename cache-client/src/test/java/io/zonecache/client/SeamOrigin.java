package io.zonecache.client;

import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.origin.BufferReservation;
import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Chunks and one object's ranges in virtual time; it fails as a {@link SeamFault} says. */
final class SeamOrigin implements Origin {

    private static final long LATENCY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final VirtualTimer timer;
    private final SeamFault fault;
    private final Map<ChunkKey, byte[]> chunks = new HashMap<>();

    SeamOrigin(VirtualTimer timer, SeamFault fault) {
        this.timer = timer;
        this.fault = fault;
    }

    void add(ChunkKey key, byte[] chunk) {
        chunks.put(key, chunk);
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        return fault.call(Seam.ORIGIN, () -> answer(request.key(), request.reservation()));
    }

    private CompletableFuture<byte[]> answer(ChunkKey key, BufferReservation reservation) {
        byte[] chunk = chunks.get(key);
        if (chunk == null) {
            return CompletableFuture.failedFuture(new CacheException(CacheErrorCode.ABSENT, "chunk " + key));
        }
        return reservation.reserve(chunk.length).thenCompose(held -> {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            timer.schedule(LATENCY_NANOS, () -> answer.complete(chunk));
            return answer;
        });
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        throw new UnsupportedOperationException("reads store nothing");
    }

    @Override
    public String describe() {
        fault.check(Seam.ORIGIN_NAME);
        return "memory";
    }

    @Override
    public void close() {}
}
