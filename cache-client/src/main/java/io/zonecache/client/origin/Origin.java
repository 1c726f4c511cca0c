package io.zonecache.client.origin;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The store below the cache. One attempt for each call: retries are the caller's. Bounded in threads and bytes; safe for
 * concurrent use; futures complete on the origin's own threads.
 */
public interface Origin extends AutoCloseable {

    /**
     * The chunk's bytes, not yet verified.
     *
     * <p>Fails with a {@link io.zonecache.model.CacheException}: {@code ABSENT} if the origin says that there is no such chunk (and
     * only then), {@code ORIGIN_LIMIT} if it asks to slow down, {@code ORIGIN_FAILED} for everything else, timeouts included; with an
     * {@link OriginRefusedException} where another try would only be told the same.
     * Cancelling the future or running out of timeouts aborts the call.
     */
    CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts);

    /**
     * The bytes of a range of an object that lies there already, exactly as many as it says and of no other version of the object.
     *
     * <p>Fails as {@link #fetch(ChunkKey, FetchTimeouts)} does; {@code ABSENT} also if the object has another ETag now: those bytes are gone for
     * good. {@code BAD_REQUEST} if this origin has no such objects.
     */
    default CompletableFuture<byte[]> fetch(ObjectRange range, FetchTimeouts timeouts) {
        return noObjects(range.uri());
    }

    /**
     * As {@link #fetch(ChunkKey, FetchTimeouts)}; fails as the room does too.
     *
     * @param room asked before memory is made for the chunk, where its length is known by then
     */
    default CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts, BufferReservation room) {
        return fetch(key, timeouts);
    }

    /** The same of {@link #fetch(ObjectRange, FetchTimeouts)}. */
    default CompletableFuture<byte[]> fetch(ObjectRange range, FetchTimeouts timeouts, BufferReservation room) {
        return fetch(range, timeouts);
    }

    /** The object as it is now. Fails as {@link #fetch(ObjectRange, FetchTimeouts)} does. */
    default CompletableFuture<StoredObject> stat(String uri, long timeoutMillis) {
        return noObjects(uri);
    }

    private <T> CompletableFuture<T> noObjects(String uri) {
        return CompletableFuture.failedFuture(new CacheException(
                CacheErrorCode.BAD_REQUEST,
                "object: \"" + uri + "\" at " + describe()
                        + " (expected: an origin that reads objects in ranges, s3://)"));
    }

    /** Stores a chunk; its bytes are those remaining in the buffer. Fails as {@link #fetch} does. */
    CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis);

    /** For messages: {@code s3://bucket/prefix}. */
    String describe();

    @Override
    void close();
}
