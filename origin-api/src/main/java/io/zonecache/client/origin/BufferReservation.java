package io.zonecache.client.origin;

import java.util.concurrent.CompletableFuture;

/**
 * The right to hold a chunk from the origin in memory. An origin that learns a chunk's length before its bytes asks for that right first, so that
 * chunks on their way in stay within the client's memory. Safe for concurrent use, never blocks.
 */
@FunctionalInterface
public interface BufferReservation {

    /** Grants any number of bytes at once. */
    BufferReservation UNBOUNDED = bytes -> CompletableFuture.completedFuture(null);

    /**
     * Asks for memory. To be called at most once for a chunk, which must then have exactly this many bytes.
     *
     * @param bytes the chunk's length, 1 or more
     * @return completes when the chunk may be held in memory; fails with a {@link io.zonecache.model.CacheException} if it may not be in time
     *     ({@code BUSY}), or never ({@code TOO_LARGE})
     */
    CompletableFuture<?> reserve(int bytes);
}
