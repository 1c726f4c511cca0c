package io.zonecache.client.internal.limit;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.ClientTimer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * This client's own limit of concurrent origin fetches, with its queue. Fixed, or adaptive below the same bound: Netflix's gradient limit decreases
 * as the origin's latency rises above its long-term average. {@link OriginBackoff} lowers either of them further.
 *
 * <p>It grants slots. With a slot a read may request a lease that it expects at once, and then fetch, so that a client is granted no more leases at
 * once than it can use. Safe for concurrent use. Rationale and figures: docs/decisions/0009-fill.md.
 */
public final class OriginLimit {

    private static final int FIRST_ADAPTIVE_LIMIT = 4;

    /** Fetches that may wait within the origin: how fast the limit grows, and how much slowness it tolerates. */
    private static final int ADAPTIVE_QUEUE = 4;

    private static final long WINDOW_MILLIS = 100;
    private static final long MAX_WINDOW_MILLIS = 1_000;
    private static final int MIN_SAMPLES = 10;

    private final Limit limit;
    private final OriginBackoff backoff;
    private final ResourceQueue queue;
    private final ClientTimer timer;
    private final AtomicInteger fetchesInFlight = new AtomicInteger();

    /** @param maxFetches maximum number of concurrent fetches */
    public OriginLimit(
            int maxFetches, boolean isAdaptive, WaiterLimit waiterLimit, ClientTimer timer, RandomGenerator random) {
        this.limit = isAdaptive ? adaptive(maxFetches) : FixedLimit.of(maxFetches);
        this.backoff = new OriginBackoff(maxFetches, timer, random);
        this.timer = timer;
        this.queue = new ResourceQueue("origin slots of this client", this::limit, waiterLimit, timer);
    }

    /** Uses averages over short windows: single answers of an object store differ so widely that the limit would never grow. */
    private static Limit adaptive(int maxFetches) {
        Limit gradient = Gradient2Limit.newBuilder()
                .initialLimit(Math.min(FIRST_ADAPTIVE_LIMIT, maxFetches))
                .minLimit(1)
                .maxConcurrency(maxFetches)
                .queueSize(ADAPTIVE_QUEUE)
                .build();
        return WindowedLimit.newBuilder()
                .minWindowTime(WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .maxWindowTime(MAX_WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .windowSize(MIN_SAMPLES)
                .build(gradient);
    }

    private enum SlotState {
        HELD,
        FETCHING,
        RELEASED
    }

    /** The right to ask for a lease and to fetch. Released once, whatever it was used for. */
    public final class Slot {

        private final ResourceQueue.Reservation reservation;
        private final AtomicReference<SlotState> state = new AtomicReference<>(SlotState.HELD);

        private Slot(ResourceQueue.Reservation reservation) {
            this.reservation = reservation;
        }

        /** The origin is asked from now on; no effect once the slot is released. */
        public void beginFetch() {
            if (state.compareAndSet(SlotState.HELD, SlotState.FETCHING)) {
                fetchesInFlight.incrementAndGet();
            }
        }

        /** The origin has answered; the slot is still held. */
        public void endFetch() {
            if (state.compareAndSet(SlotState.FETCHING, SlotState.HELD)) {
                fetchesInFlight.decrementAndGet();
            }
        }

        public void release() {
            if (state.getAndSet(SlotState.RELEASED) == SlotState.FETCHING) {
                fetchesInFlight.decrementAndGet();
            }
            reservation.release();
        }
    }

    /**
     * A slot, first come, first served; a future that is cancelled leaves the queue. Fails as {@link ResourceQueue#acquire} does.
     *
     * @param isUrgent ahead of all that are not: for a read that holds a lease
     */
    public CompletableFuture<Slot> acquire(LongSupplier deadlineNanos, boolean isUrgent) {
        CompletableFuture<ResourceQueue.Reservation> granted =
                isUrgent ? queue.acquireUrgently(1, deadlineNanos) : queue.acquire(1, deadlineNanos);
        CompletableFuture<Slot> slot = new CompletableFuture<>();
        Futures.then(
                granted,
                reservation -> {
                    if (!slot.complete(new Slot(reservation))) {
                        reservation.release();
                    }
                },
                slot::completeExceptionally);
        Futures.thenRun(slot, () -> granted.cancel(false));
        return slot;
    }

    /** The expected fetch time has changed: waiters that can no longer finish in time leave the queue. */
    public void deadlinesChanged() {
        queue.expire();
    }

    /**
     * An attempt at the origin has succeeded.
     *
     * @param startNanos when it began
     * @param tookNanos how long the origin took: less than since then if the attempt has waited for this client
     */
    public void succeeded(long startNanos, long tookNanos) {
        backoff.succeeded(startNanos);
        sample(tookNanos);
    }

    /**
     * The origin has answered something smaller than a fetch, whose time says nothing of a fetch's.
     *
     * @param startNanos when it was asked
     */
    public void answered(long startNanos) {
        if (backoff.succeeded(startNanos)) {
            queue.serve();
        }
    }

    /** An attempt was given up after this time. */
    public void timedOut(long tookNanos) {
        sample(tookNanos);
    }

    /**
     * Samples only what took as long as the origin takes: an error that comes at once would look like a fast origin. Waiters are
     * served here, as a listener of the limit would run their callers' code under its lock.
     */
    private void sample(long tookNanos) {
        long rttNanos = Math.max(1, tookNanos);
        limit.onSample(timer.nanoTime() - rttNanos, rttNanos, slotsInUse(), false);
        queue.serve();
    }

    public void onSlowDown(long startNanos) {
        long pauseNanos = backoff.onSlowDown(startNanos);
        if (pauseNanos > 0) {
            timer.schedule(pauseNanos, queue::serve);
        }
    }

    /** How long the origin must not be asked; 0 if it may be asked. */
    public long pausedNanos() {
        return backoff.pausedNanos();
    }

    public int limit() {
        return Math.min(limit.getLimit(), backoff.limit());
    }

    /** Origin fetches in flight. */
    public int fetchesInFlight() {
        return fetchesInFlight.get();
    }

    /** Origin fetches in flight, and slots whose read requests a lease or is about to fetch or to write back. */
    public int slotsInUse() {
        return (int) queue.taken();
    }

    public void close() {
        queue.close();
    }
}
