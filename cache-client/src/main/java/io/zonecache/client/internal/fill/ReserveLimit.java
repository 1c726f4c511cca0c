package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.time.ClientTimer;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * This client's part of the zone's origin reserve, for fetches that no node has granted: {@code reserve / expectedClients} fetches
 * in flight on average.
 *
 * <p>From one on, it is a plain limit. Below one, fetches go one at a time with a random pause before each, drawn so that the time
 * spent fetching is that fraction of all time: with a share s and fetches of d, the mean pause is d * (1/s - 1). The pause comes
 * first, as clients that lose the zone lose it together. What a fetch takes is averaged over those seen. The bound holds in
 * expectation only, and only while there are no more clients than expected.
 */
final class ReserveLimit {

    private static final double FIRST_GUESS_NANOS = 50e6;
    private static final double WEIGHT_OF_NEWEST = 0.2;

    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ResourceQueue line;
    private volatile double share;
    private double fetchNanos = FIRST_GUESS_NANOS;

    ReserveLimit(WaiterLimit room, ClientTimer timer, RandomGenerator random) {
        this.timer = timer;
        this.random = random;
        this.line = new ResourceQueue("uncoordinated fetches", () -> Math.max(1, (long) share), room, timer);
    }

    /** A turn to fetch; call {@link Turn#end} when the fetch is over. Fails as {@link ResourceQueue#acquire} does. */
    CompletableFuture<Turn> enter(double newShare, long waitNanos) {
        share = newShare;
        return line.acquire(1, waitNanos, false).thenCompose(held -> {
            CompletableFuture<Turn> turn = new CompletableFuture<>();
            timer.schedule(pauseNanos(newShare), () -> turn.complete(new Turn(held, timer.nanoTime())));
            return turn;
        });
    }

    private synchronized long pauseNanos(double newShare) {
        return newShare >= 1 ? 0 : (long) (fetchNanos * (1 / newShare - 1) * 2 * random.nextDouble());
    }

    private synchronized void fetched(long nanos) {
        fetchNanos += WEIGHT_OF_NEWEST * (nanos - fetchNanos);
    }

    void close() {
        line.close();
    }

    /** One fetch. */
    final class Turn {

        private final ResourceQueue.Held held;
        private final long startNanos;

        private Turn(ResourceQueue.Held held, long startNanos) {
            this.held = held;
            this.startNanos = startNanos;
        }

        void end() {
            fetched(timer.nanoTime() - startNanos);
            held.release();
        }
    }
}
