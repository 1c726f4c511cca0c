package io.zonecache.client.internal.limit;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The fills' side of the client's memory, handed out first come, first served. A caller that holds some never waits here for more, so every waiter is
 * served eventually: a fetch takes what its write-back will cost together with the chunk.
 */
public final class FillMemoryQueue {

    private final MemoryBudget.Share share;
    private final ResourceQueue queue;

    public FillMemoryQueue(MemoryBudget.Share share, ClientTimer timer) {
        this.share = share;
        // Not bounded here: fetches are bounded by origin slots and permits of the reserve, and calls of prime by their
        // own number.
        this.queue = new ResourceQueue(
                "bytes of memory", new Bytes(share), CacheErrorCode.BUSY, WaiterLimit.unbounded(), timer);
        share.onRelease(queue::serve);
    }

    /** Fails with {@code TOO_LARGE} if the share is smaller, {@code BUSY} if not in time, or {@code CLOSED}. */
    public CompletableFuture<ResourceQueue.Reservation> take(long bytes, long waitNanos) {
        if (bytes > share.maxBytes()) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.TOO_LARGE,
                    "memory for a chunk and its stripes: " + bytes + " bytes (expected: at most " + share.maxBytes()
                            + ", of memoryBytes)"));
        }
        return queue.acquire(bytes, waitNanos);
    }

    /** Null if it is not free at once. */
    public ResourceQueue.@Nullable Reservation tryTake(long bytes) {
        return queue.tryAcquire(bytes);
    }

    public void close() {
        queue.close();
    }

    private record Bytes(MemoryBudget.Share share) implements ResourceQueue.Resource {

        @Override
        public long capacity() {
            return share.maxBytes();
        }

        @Override
        public boolean tryTake(long amount, long taken) {
            return share.tryTake(amount);
        }

        @Override
        public void release(long amount) {
            share.release(amount);
        }

        @Override
        public void onReleased(ResourceQueue released) {
            share.serve();
        }
    }
}
