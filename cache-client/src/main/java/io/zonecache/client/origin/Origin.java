package io.zonecache.client.origin;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The store below the cache.
 *
 * <p>An implementation makes one attempt for each call and leaves retries to the caller, bounds its threads and its bytes, does not block the
 * caller, and is safe for concurrent use. Its futures complete on threads of its own, which should be daemons. All failures are
 * {@link CacheException}s.
 */
public interface Origin extends AutoCloseable {

    /**
     * Fetches a chunk.
     *
     * <p>The future fails with {@code ABSENT} if the origin says that there is no such chunk (and only then), {@code ORIGIN_LIMIT} if it asks to
     * slow down (and only then), {@code BUSY} if this client has no thread or memory for the call, {@code CLOSED}, and {@code ORIGIN_FAILED} for
     * everything else, timeouts included; with an {@link OriginRefusedException} if another attempt would only get the same answer.
     *
     * @param key the chunk's key
     * @param timeouts how long the call may take; it is aborted then
     * @return completes with the chunk's bytes, not yet verified; cancelling it aborts the call
     */
    CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts);

    /**
     * Fetches a range of an object that the store already holds.
     *
     * <p>The future fails as that of {@link #fetch(ChunkKey, FetchTimeouts)} does; with {@code ABSENT} also if the object has another ETag now, as
     * those bytes are gone for good; and with {@code BAD_REQUEST} if this origin has no such objects, which is what the default does.
     *
     * @param range the range
     * @param timeouts how long the call may take; it is aborted then
     * @return completes with exactly as many bytes as the range has, of the version that it names; cancelling it aborts the call
     */
    default CompletableFuture<byte[]> fetch(ObjectRange range, FetchTimeouts timeouts) {
        return noObjects(range.uri());
    }

    /**
     * Fetches a chunk as {@link #fetch(ChunkKey, FetchTimeouts)} does, which is what the default calls.
     *
     * @param key the chunk's key
     * @param timeouts how long the call may take; it is aborted then
     * @param reservation asked before memory is allocated for the chunk, if its length is known by then; the future fails as it does
     * @return completes with the chunk's bytes, not yet verified; cancelling it aborts the call
     */
    default CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts, BufferReservation reservation) {
        return fetch(key, timeouts);
    }

    /**
     * Fetches a range as {@link #fetch(ObjectRange, FetchTimeouts)} does, which is what the default calls.
     *
     * @param range the range
     * @param timeouts how long the call may take; it is aborted then
     * @param reservation asked before memory is allocated for the range; the future fails as it does
     * @return completes with exactly as many bytes as the range has; cancelling it aborts the call
     */
    default CompletableFuture<byte[]> fetch(ObjectRange range, FetchTimeouts timeouts, BufferReservation reservation) {
        return fetch(range, timeouts);
    }

    /**
     * Asks for the current state of an object. The future fails as that of {@link #fetch(ObjectRange, FetchTimeouts)} does.
     *
     * @param uri {@code s3://BUCKET/KEY}, the key as it is, not escaped
     * @param timeoutMillis how long the call may take; it is aborted then
     * @return completes with the object's ETag and length; cancelling it aborts the call
     */
    default CompletableFuture<StoredObject> stat(String uri, long timeoutMillis) {
        return noObjects(uri);
    }

    private <T> CompletableFuture<T> noObjects(String uri) {
        return CompletableFuture.failedFuture(new CacheException(
                CacheErrorCode.BAD_REQUEST,
                "object: \"" + uri + "\" at " + describe()
                        + " (expected: an origin that reads objects in ranges, s3://)"));
    }

    /**
     * Stores a chunk. The future fails as that of {@link #fetch(ChunkKey, FetchTimeouts)} does.
     *
     * @param key the chunk's key
     * @param chunk its remaining bytes, which must not change until the future completes
     * @param timeoutMillis how long the call may take; it is aborted then
     * @return completes when the chunk is stored; cancelling it aborts the call
     */
    CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis);

    /** The origin's name in messages, such as {@code s3://bucket/prefix}. */
    String describe();

    /** Aborts calls in flight, which fail, and ends all threads and connections. Idempotent. */
    @Override
    void close();
}
