package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.origin.BufferReservation;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The memory of one attempt at the origin: asked for by the origin where it knows the length first, else when the chunk is there. */
final class AttemptReservation implements BufferReservation {

    private final IntFunction<CompletableFuture<ResourceQueue.Held>> take;
    private @Nullable CompletableFuture<ResourceQueue.Held> taken;
    private @Nullable CacheException end;

    /** @param take for so many bytes of chunk */
    AttemptReservation(IntFunction<CompletableFuture<ResourceQueue.Held>> take) {
        this.take = take;
    }

    @Override
    public synchronized CompletableFuture<ResourceQueue.Held> make(int bytes) {
        if (end != null) {
            return CompletableFuture.failedFuture(end);
        }
        if (taken == null) {
            taken = Futures.call(() -> take.apply(bytes));
        }
        return taken;
    }

    /** The attempt has failed. */
    void release(CacheException failure) {
        CompletableFuture<ResourceQueue.Held> held;
        synchronized (this) {
            end = failure;
            held = taken;
        }
        if (held != null) {
            held.cancel(false);
            Futures.then(held, ResourceQueue.Held::release, inVain -> {});
        }
    }
}
