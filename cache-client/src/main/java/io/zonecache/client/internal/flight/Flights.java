package io.zonecache.client.internal.flight;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.model.CacheException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Holds a {@link Flight} for each chunk that is being loaded, shared by all requests for the chunk. Safe for concurrent use, never blocks. Has no
 * more entries than there are requests in flight.
 */
final class Flights {

    private final ChunkLoader loader;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ConcurrentMap<ChunkName, Flight> inFlight = new ConcurrentHashMap<>();

    /** @param random draws pauses; must be safe for concurrent use */
    Flights(ChunkLoader loader, ClientTimer timer, RandomGenerator random) {
        this.loader = loader;
        this.timer = timer;
        this.random = random;
    }

    /** The waiter is notified of the chunk or of a failure, once, unless it leaves; possibly before this method returns. */
    void join(ChunkName target, Flight.Waiter waiter) {
        Flight flight = inFlight.compute(
                target, (same, known) -> known != null && known.add(waiter) ? known : newFlight(same, waiter));
        flight.ensureStarted();
    }

    private Flight newFlight(ChunkName target, Flight.Waiter waiter) {
        Flight flight = new Flight(target, loader, timer, random, over -> inFlight.remove(target, over));
        flight.add(waiter);
        return flight;
    }

    /** The waiter gets no further notification. If it was the last one, the load is cancelled. No effect if it has been notified already. */
    void leave(ChunkName target, Flight.Waiter waiter) {
        Flight flight = inFlight.get(target);
        if (flight != null) {
            flight.leave(waiter);
        }
    }

    /** What has kept a chunk's load from its end so far; null if nothing has failed. */
    @Nullable
    CacheException lastFailure(ChunkName target) {
        Flight flight = inFlight.get(target);
        return flight == null ? null : flight.lastFailure();
    }

    int size() {
        return inFlight.size();
    }
}
