package io.zonecache.client.internal.limit;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.model.CacheErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * This client's part of the zone's origin reserve, for fetches without a lease: {@code reserve / expectedClients} fetches in flight on average.
 *
 * <p>From one on, it is a plain limit. Below one, fetches run one at a time with a random pause before each, drawn so that the time spent fetching
 * is that fraction of all time: with a share s and fetches of d, the mean pause is d * (1/s - 1). The pause comes first, because clients that lose
 * the zone lose it together. The duration of a fetch is an average over those seen. The bound holds in expectation only, and only while there are
 * no more clients than expected.
 *
 * <p>Which read is served is decided when the pause is over: the first one that still has enough time. So no permit is spent on a read that ends
 * before its fetch.
 */
public final class ReserveLimit {

    private static final double FIRST_GUESS_NANOS = 50e6;
    private static final double WEIGHT_OF_NEWEST = 0.2;

    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ResourceQueue queue;
    private double fetchNanos = FIRST_GUESS_NANOS;
    private long fetches;

    /** Read by the queue under its own lock, so without this one's. */
    private volatile double share;

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

    /** The phase of the only permit, while the share is below one. */
    private enum Phase {
        IDLE,
        PAUSING,
        /** The permit is available or taken. */
        OPEN
    }

    public ReserveLimit(WaiterLimit waiterLimit, ClientTimer timer, RandomGenerator random) {
        this.timer = timer;
        this.random = random;
        this.queue = new ResourceQueue(
                "uncoordinated fetches", new Permits(), CacheErrorCode.ORIGIN_LIMIT, waiterLimit, timer);
    }

    /** What the queue hands out. The release of a permit, used or not, ends its phase. */
    private final class Permits implements ResourceQueue.Resource {

        @Override
        public long capacity() {
            return share >= 1 ? (long) share : phase.get() == Phase.OPEN ? 1 : 0;
        }

        @Override
        public boolean tryTake(long amount, long taken) {
            return taken + amount <= capacity();
        }

        @Override
        public void release(long amount) {
            if (amount > 0) {
                phase.compareAndSet(Phase.OPEN, Phase.IDLE);
            }
        }

        @Override
        public void onReleased(ResourceQueue permits) {
            permits.serve();
            pauseIfWanted();
        }
    }

    /**
     * A permit to fetch; call {@link Permit#end} when the fetch is over. A future that is cancelled leaves the queue. Fails as
     * {@link ResourceQueue#acquire} does.
     *
     * @param newShare the part of all time spent fetching or, from one on, the number of concurrent fetches; above 0
     */
    public CompletableFuture<Permit> enter(double newShare, LongSupplier deadlineNanos) {
        share = newShare;
        CompletableFuture<ResourceQueue.Reservation> place = queue.acquire(1, deadlineNanos);
        CompletableFuture<Permit> permit = new CompletableFuture<>();
        Futures.then(
                place,
                reservation -> {
                    if (!permit.complete(new Permit(reservation))) {
                        reservation.release();
                    }
                },
                permit::completeExceptionally);
        Futures.thenRun(permit, () -> place.cancel(false));
        try {
            pauseIfWanted();
        } catch (RuntimeException | Error e) {
            permit.cancel(false);
            throw e;
        }
        return permit;
    }

    private void pauseIfWanted() {
        if (share >= 1 || queue.waiting() == 0 || !phase.compareAndSet(Phase.IDLE, Phase.PAUSING)) {
            return;
        }
        try {
            timer.schedule(pauseNanos(), this::open);
        } catch (RuntimeException | Error e) {
            phase.set(Phase.IDLE);
            throw e;
        }
    }

    private synchronized long pauseNanos() {
        return (long) (fetchNanos * (1 / share - 1) * 2 * random.nextDouble());
    }

    private void open() {
        phase.set(Phase.OPEN);
        queue.serve();
        if (queue.taken() == 0 && phase.compareAndSet(Phase.OPEN, Phase.IDLE)) {
            // All have left; or one has come since, and gets a pause of its own.
            pauseIfWanted();
        }
    }

    private synchronized void fetched(long nanos) {
        fetches++;
        fetchNanos += Math.max(WEIGHT_OF_NEWEST, 1.0 / fetches) * (nanos - fetchNanos);
    }

    /** The expected fetch time has changed: waiters that can no longer finish in time leave the queue. */
    public void deadlinesChanged() {
        queue.expire();
    }

    /** Permits that were granted and have not ended. */
    public int permitsInUse() {
        return (int) queue.taken();
    }

    public void close() {
        queue.close();
    }

    /** The right to make one fetch. */
    public final class Permit {

        private final ResourceQueue.Reservation reservation;
        private final long startNanos = timer.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();

        private Permit(ResourceQueue.Reservation reservation) {
            this.reservation = reservation;
        }

        /** Idempotent. */
        public void end() {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            fetched(timer.nanoTime() - startNanos);
            reservation.release();
        }
    }
}
