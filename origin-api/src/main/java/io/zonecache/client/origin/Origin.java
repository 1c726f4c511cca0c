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
 * {@link CacheException}s. {@code OriginContract} of the module {@code testkit} tests all this.
 */
public interface Origin extends AutoCloseable {

    /**
     * Fetches a chunk, or a range of an object.
     *
     * <p>The future fails with {@code ABSENT} if the origin says that there is no such chunk or object, or that the object has another ETag now (and
     * only then), {@code ORIGIN_LIMIT} if it asks to slow down (and only then), {@code BUSY} if this client has no thread or memory for the call,
     * {@code CLOSED}, {@code BAD_REQUEST} for a range that this origin can't have ({@link #noObjects}), and {@code ORIGIN_FAILED} for everything
     * else, timeouts included; with an {@link OriginRefusedException} if another attempt would only get the same answer, and with an
     * {@link OriginDeniedException} if another client might get another one.
     *
     * @param request what is asked for, and how long it may take
     * @return completes with the chunk's bytes, not yet verified, or with exactly as many bytes as the range has, of the version that it names;
     *     cancelling it aborts the call
     */
    CompletableFuture<byte[]> fetch(FetchRequest request);

    /**
     * Asks for the current state of an object. The future fails as that of {@link #fetch} does. By default the origin has no objects.
     *
     * @param request which object, and how long it may take
     * @return completes with the object's ETag and length; cancelling it aborts the call
     */
    default CompletableFuture<StoredObject> stat(StatRequest request) {
        return CompletableFuture.failedFuture(noObjects(request.uri()));
    }

    /**
     * Whether what comes from here may be stored in the zone, where all who know its key can read it. False for content that its owner has
     * encrypted at the store with a key of its own.
     */
    default boolean allowsWriteBack() {
        return true;
    }

    /**
     * The failure of calls for objects at an origin that stores chunks only.
     *
     * @param uri the object's name
     * @return {@code BAD_REQUEST}
     */
    default CacheException noObjects(String uri) {
        return new CacheException(
                CacheErrorCode.BAD_REQUEST,
                "object: \"" + uri + "\" at " + describe() + " (expected: an origin that reads objects in ranges)");
    }

    /**
     * Stores a chunk. The future fails as that of {@link #fetch} does.
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
