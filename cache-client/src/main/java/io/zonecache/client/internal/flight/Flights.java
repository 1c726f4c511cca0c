package io.zonecache.client.internal.flight;

import io.zonecache.client.internal.time.ClientTimer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;

/**
 * A {@link Flight} for each chunk that is being loaded, which all who want the chunk share. Safe for concurrent use, never blocks. Has no more
 * entries than there are requests under way.
 */
final class Flights {

    private final ChunkLoader loader;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ConcurrentMap<LoadKey, Flight> inFlight = new ConcurrentHashMap<>();

    /** @param random draws pauses; must be safe for concurrent use */
    Flights(ChunkLoader loader, ClientTimer timer, RandomGenerator random) {
        this.loader = loader;
        this.timer = timer;
        this.random = random;
    }

    /** The waiter hears of the chunk or of a failure, once, unless it leaves; maybe before this method returns. */
    void join(LoadKey target, Flight.Waiter waiter) {
        Flight flight = inFlight.compute(
                target, (same, known) -> known != null && known.add(waiter) ? known : newFlight(same, waiter));
        flight.ensureStarted();
    }

    private Flight newFlight(LoadKey target, Flight.Waiter waiter) {
        Flight flight = new Flight(target, loader, timer, random, over -> inFlight.remove(target, over));
        flight.add(waiter);
        return flight;
    }

    /** The waiter hears nothing more. If it was the last one, the load is cancelled. No effect if it has heard already. */
    void leave(LoadKey target, Flight.Waiter waiter) {
        Flight flight = inFlight.get(target);
        if (flight != null) {
            flight.leave(waiter);
        }
    }

    int size() {
        return inFlight.size();
    }
}
