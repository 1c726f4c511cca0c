package io.zonecache.client.fill;

import io.zonecache.client.memory.MemoryBudget;
import io.zonecache.client.time.ClientTimer;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The fills' side of the client's memory, given out in turn. Whoever has some never waits here for more, so that all who wait are
 * served in the end: a fetch takes what its write-back will cost together with the chunk.
 */
final class FillMemory {

    private final MemoryBudget.Share share;
    private final WaitLine line;

    FillMemory(MemoryBudget.Share share, ClientTimer timer) {
        this.share = share;
        // Whoever waits here holds an origin permit or is a caller of prime: the room needs no bound of its own.
        this.line = new WaitLine(
                "bytes of memory", new Bytes(share), CacheErrorCode.BUSY, new WaitingRoom(Integer.MAX_VALUE), timer);
        share.onRoom(line::serve);
    }

    /** Fails with {@code TOO_LARGE} if there will never be so much, {@code BUSY} if there was not in time, or {@code CLOSED}. */
    CompletableFuture<WaitLine.Held> take(long bytes, long waitNanos) {
        if (bytes > share.mostBytes()) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.TOO_LARGE,
                    "memory for a chunk and its stripes: " + bytes + " bytes (expected: at most " + share.mostBytes()
                            + ", of memoryBytes)"));
        }
        return line.acquire(bytes, waitNanos, false);
    }

    /** Now or never. */
    WaitLine.@Nullable Held tryTake(long bytes) {
        return line.tryAcquire(bytes);
    }

    void close() {
        line.close();
    }

    private record Bytes(MemoryBudget.Share share) implements WaitLine.Stock {

        @Override
        public long capacity() {
            return share.mostBytes();
        }

        @Override
        public boolean tryTake(long amount, long taken) {
            return share.tryTake(amount);
        }

        @Override
        public void giveBack(long amount) {
            share.release(amount);
        }

        @Override
        public void serve(WaitLine line) {
            share.serve();
        }
    }
}
