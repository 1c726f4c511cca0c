package io.zonecache.client.origin;

import java.util.concurrent.CompletableFuture;

/** Where a chunk from the origin is to go. An origin that learns the length before the bytes asks for room first. */
@FunctionalInterface
public interface BufferReservation {

    /** Any chunk, at once. */
    BufferReservation UNBOUNDED = bytes -> CompletableFuture.completedFuture(null);

    /**
     * Call it once at most, and bring exactly so many bytes then.
     *
     * @return completes when memory may be made for them, and fails if it may not be in time
     */
    CompletableFuture<?> make(int bytes);
}
