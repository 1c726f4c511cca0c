package io.zonecache.testkit.origin;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls of an origin, and their ends. */
public final class OriginCalls {

    /** Far longer than any call takes. */
    public static final long TIMEOUT_MILLIS = 30_000;

    public static final FetchTimeouts TIMEOUTS = FetchTimeouts.of(TIMEOUT_MILLIS);

    private static final long AWAIT_SECONDS = 60;

    private OriginCalls() {}

    /** Random bytes, the same for each seed. */
    public static byte[] chunk(long seed, int bytes) {
        byte[] chunk = new byte[bytes];
        new Random(seed).nextBytes(chunk);
        return chunk;
    }

    /** Stores a chunk and returns its key. */
    public static ChunkKey store(Origin origin, byte[] chunk) throws Exception {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        await(origin.store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        return key;
    }

    public static CompletableFuture<byte[]> fetch(Origin origin, ChunkKey key) {
        return origin.fetch(FetchRequest.ofChunk(key, TIMEOUTS));
    }

    public static CompletableFuture<byte[]> fetch(Origin origin, ObjectRange range) {
        return origin.fetch(FetchRequest.ofRange(range, TIMEOUTS));
    }

    /** The future's value; throws what it fails with. */
    public static <T> T await(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(AWAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** The future's failure; an assertion fails if it has none, or another than a {@link CacheException}. */
    public static CacheException failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(AWAIT_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("no failure but " + value);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CacheException failure) {
                return failure;
            }
            throw new AssertionError("no CacheException", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
