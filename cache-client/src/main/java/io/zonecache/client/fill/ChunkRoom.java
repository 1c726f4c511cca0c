package io.zonecache.client.fill;

import io.zonecache.client.origin.Room;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The memory of one attempt at the origin: asked for by the origin where it knows the length first, else when the chunk is there. */
final class ChunkRoom implements Room {

    private final IntFunction<CompletableFuture<WaitLine.Held>> take;
    private @Nullable CompletableFuture<WaitLine.Held> taken;
    private @Nullable CacheException end;

    /** @param take for so many bytes of chunk */
    ChunkRoom(IntFunction<CompletableFuture<WaitLine.Held>> take) {
        this.take = take;
    }

    @Override
    public synchronized CompletableFuture<WaitLine.Held> make(int bytes) {
        if (end != null) {
            return CompletableFuture.failedFuture(end);
        }
        if (taken == null) {
            taken = Futures.call(() -> take.apply(bytes));
        }
        return taken;
    }

    /** The attempt has failed. */
    void letGo(CacheException failure) {
        CompletableFuture<WaitLine.Held> held;
        synchronized (this) {
            end = failure;
            held = taken;
        }
        if (held != null) {
            held.cancel(false);
            Futures.then(held, WaitLine.Held::release, inVain -> {});
        }
    }
}
