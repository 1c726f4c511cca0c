package io.zonecache.client.internal.limit;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An amount that is shared by waiting callers: origin slots, bytes in flight, memory. First come, first served, so that no caller starves. No call
 * blocks: callers wait on a future, and a future that is cancelled leaves the queue. Whether an amount above the whole capacity is ever granted is
 * up to the {@link Resource}: a plain count grants it alone.
 *
 * <p>Each waiter has a deadline, which may move while it waits: no waiter is served after its deadline. One timer serves them all.
 *
 * <p>Futures complete outside the lock and one after the other, however deeply nested the calls that release: a thousand waiters that fail at once
 * do not become a thousand nested calls.
 */
public final class ResourceQueue {

    private final String what;
    private final Resource resource;
    private final CacheErrorCode refusal;
    private final WaiterLimit waiterLimit;
    private final ClientTimer timer;
    private final Deque<Waiter> urgent = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final Deque<Runnable> completions = new ArrayDeque<>();
    private long taken;
    private @Nullable Scheduled check;
    private long checkNanos;
    private boolean completing;
    private boolean isClosed;

    /**
     * @param what for messages: "origin slots"
     * @param capacity may change; call {@link #serve} after it has grown. While it is 0, no waiter is served
     */
    public ResourceQueue(String what, LongSupplier capacity, WaiterLimit waiterLimit, ClientTimer timer) {
        this(what, new Counted(capacity), CacheErrorCode.ORIGIN_LIMIT, waiterLimit, timer);
    }

    /** @param refusal the code of a wait that ends without success */
    public ResourceQueue(
            String what, Resource resource, CacheErrorCode refusal, WaiterLimit waiterLimit, ClientTimer timer) {
        this.what = what;
        this.resource = resource;
        this.refusal = refusal;
        this.waiterLimit = waiterLimit;
        this.timer = timer;
    }

    /** What the queue hands out. Called under its lock, except for {@link #onReleased}. */
    public interface Resource {

        /** For messages. */
        long capacity();

        /** @param taken what this queue's callers have taken already */
        boolean tryTake(long amount, long taken);

        default void release(long amount) {}

        /** Something has been released; called outside the lock. */
        default void onReleased(ResourceQueue queue) {
            queue.serve();
        }
    }

    /** A plain count; an amount larger than the capacity is granted when nothing else is taken. */
    private record Counted(LongSupplier supplier) implements Resource {

        @Override
        public long capacity() {
            return supplier.getAsLong();
        }

        @Override
        public boolean tryTake(long amount, long taken) {
            long max = capacity();
            return max > 0 && (taken == 0 || taken + amount <= max);
        }
    }

    /** What a caller holds until it is released; a second release does nothing. */
    public final class Reservation {

        private long amount;

        private Reservation(long amount) {
            this.amount = amount;
        }

        public void release() {
            shrinkTo(0);
        }

        /** Releases all but this amount. */
        public void shrinkTo(long remaining) {
            synchronized (ResourceQueue.this) {
                long released = amount - Math.min(amount, remaining);
                amount -= released;
                taken -= released;
                resource.release(released);
            }
            resource.onReleased(ResourceQueue.this);
        }
    }

    private static final class Waiter {
        private final long amount;
        private final LongSupplier deadlineNanos;
        private final boolean isUrgent;
        private final long sinceNanos;
        private final CompletableFuture<Reservation> granted = new CompletableFuture<>();
        private boolean isWaiting = true;

        Waiter(long amount, LongSupplier deadlineNanos, boolean isUrgent, long sinceNanos) {
            this.amount = amount;
            this.deadlineNanos = deadlineNanos;
            this.isUrgent = isUrgent;
            this.sinceNanos = sinceNanos;
        }
    }

    /** As {@link #acquire(long, LongSupplier)}, with a wait of at most {@code waitNanos}. */
    public CompletableFuture<Reservation> acquire(long amount, long waitNanos) {
        long deadlineNanos = timer.nanoTime() + waitNanos;
        return acquire(amount, () -> deadlineNanos, false);
    }

    /**
     * Takes an amount. Fails with the queue's refusal if the queue is full or the deadline has passed, and with {@code CLOSED}.
     *
     * @param deadlineNanos the time until which to wait, on the timer's clock; it may move later. What is free at once is granted in any case
     */
    public CompletableFuture<Reservation> acquire(long amount, LongSupplier deadlineNanos) {
        return acquire(amount, deadlineNanos, false);
    }

    /** As {@link #acquire(long, LongSupplier)}, ahead of all others and not counted as a waiter: for callers that hold what others wait for. */
    public CompletableFuture<Reservation> acquireUrgently(long amount, LongSupplier deadlineNanos) {
        return acquire(amount, deadlineNanos, true);
    }

    private CompletableFuture<Reservation> acquire(long amount, LongSupplier deadlineNanos, boolean isUrgent) {
        Waiter waiter = new Waiter(amount, deadlineNanos, isUrgent, timer.nanoTime());
        synchronized (this) {
            if (isClosed) {
                return CompletableFuture.failedFuture(Futures.closed(null));
            }
            if (urgent.isEmpty() && (isUrgent || waiters.isEmpty()) && tryTake(amount)) {
                return CompletableFuture.completedFuture(new Reservation(amount));
            }
            long waitNanos = deadlineNanos.getAsLong() - waiter.sinceNanos;
            if (waitNanos <= 0 || (!isUrgent && !waiterLimit.tryEnter())) {
                return CompletableFuture.failedFuture(noPlace(waitNanos));
            }
            (isUrgent ? urgent : waiters).addLast(waiter);
            try {
                checkAt(deadlineNanos.getAsLong());
            } catch (RuntimeException | Error e) {
                remove(waiter);
                throw e;
            }
        }
        Futures.thenRun(waiter.granted, () -> leave(waiter));
        serve();
        return waiter.granted;
    }

    /** Null if it is not free at once. */
    public synchronized @Nullable Reservation tryAcquire(long amount) {
        if (isClosed || waiting() > 0 || !tryTake(amount)) {
            return null;
        }
        return new Reservation(amount);
    }

    /** Serves the waiters for which enough is available now. */
    public void serve() {
        synchronized (this) {
            boolean isServed = true;
            while (isServed) {
                isServed = serveFirst(urgent.isEmpty() ? waiters : urgent);
            }
        }
        runCompletions();
    }

    private boolean serveFirst(Deque<Waiter> queue) {
        Waiter next = queue.peekFirst();
        if (next == null) {
            return false;
        }
        if (isLate(next, timer.nanoTime())) {
            remove(next);
            refuse(next);
            return true;
        }
        if (!tryTake(next.amount)) {
            return false;
        }
        remove(next);
        completions.add(() -> complete(next));
        return true;
    }

    /** Refuses waiters whose deadline has passed. To be called when deadlines have moved earlier; a later deadline is noticed in time anyway. */
    public void expire() {
        synchronized (this) {
            long now = timer.nanoTime();
            long earliest = Long.MAX_VALUE;
            List<Waiter> late = new ArrayList<>();
            for (Waiter waiter : all()) {
                if (isLate(waiter, now)) {
                    late.add(waiter);
                } else {
                    earliest = Math.min(earliest, waiter.deadlineNanos.getAsLong() - now);
                }
            }
            late.forEach(waiter -> {
                remove(waiter);
                refuse(waiter);
            });
            if (earliest < Long.MAX_VALUE) {
                checkOrRefuse(now + earliest);
            }
        }
        serve();
    }

    /** Without a timer, waiters would not be refused in time. */
    private void checkOrRefuse(long nanos) {
        try {
            checkAt(nanos);
        } catch (RuntimeException | Error e) {
            all().forEach(waiter -> {
                remove(waiter);
                refuse(waiter);
            });
        }
    }

    private List<Waiter> all() {
        List<Waiter> all = new ArrayList<>(urgent);
        all.addAll(waiters);
        return all;
    }

    private static boolean isLate(Waiter waiter, long now) {
        return waiter.deadlineNanos.getAsLong() - now <= 0;
    }

    /** Ensures that deadlines are checked then, or before. */
    private void checkAt(long nanos) {
        if (check != null) {
            if (checkNanos - nanos <= 0) {
                return;
            }
            check.cancel();
        }
        check = null;
        check = timer.schedule(nanos - timer.nanoTime(), this::onCheck);
        checkNanos = nanos;
    }

    private void onCheck() {
        synchronized (this) {
            check = null;
        }
        expire();
    }

    public void close() {
        synchronized (this) {
            isClosed = true;
            for (Waiter waiter : all()) {
                remove(waiter);
                completions.add(() -> waiter.granted.completeExceptionally(Futures.closed(null)));
            }
        }
        runCompletions();
    }

    public synchronized long taken() {
        return taken;
    }

    /** The number of waiters. */
    public synchronized int waiting() {
        return urgent.size() + waiters.size();
    }

    private void complete(Waiter served) {
        Reservation reservation = new Reservation(served.amount);
        if (!served.granted.complete(reservation)) {
            reservation.release();
        }
    }

    /** A waiter whose future was cancelled leaves the queue. */
    private void leave(Waiter waiter) {
        synchronized (this) {
            if (!remove(waiter)) {
                return;
            }
        }
        serve();
    }

    private boolean remove(Waiter waiter) {
        if (!waiter.isWaiting) {
            return false;
        }
        waiter.isWaiting = false;
        Deque<Waiter> queue = waiter.isUrgent ? urgent : waiters;
        // Usually it is the first.
        queue.removeFirstOccurrence(waiter);
        if (!waiter.isUrgent) {
            waiterLimit.leave();
        }
        if (waiting() == 0 && check != null) {
            check.cancel();
            check = null;
        }
        return true;
    }

    private void refuse(Waiter waiter) {
        long waitedMillis = TimeUnit.NANOSECONDS.toMillis(timer.nanoTime() - waiter.sinceNanos);
        CacheException late = new CacheException(
                refusal,
                what + ": none free within " + waitedMillis + " ms (expected: one sooner; " + resource.capacity()
                        + " in all)");
        completions.add(() -> waiter.granted.completeExceptionally(late));
    }

    private boolean tryTake(long amount) {
        boolean isTaken = resource.tryTake(amount, taken);
        taken += isTaken ? amount : 0;
        return isTaken;
    }

    private CacheException noPlace(long waitNanos) {
        return new CacheException(
                refusal,
                what + ": all " + resource.capacity() + " taken, "
                        + (waitNanos <= 0
                                ? "no time to wait (expected: some)"
                                : waiterLimit.waiters() + " reads wait (expected: fewer than "
                                        + waiterLimit.maxWaiters() + ")"));
    }

    private void runCompletions() {
        synchronized (this) {
            if (completing) {
                return;
            }
            completing = true;
        }
        boolean hasFailed = true;
        try {
            Runnable next = nextCompletion();
            while (next != null) {
                next.run();
                next = nextCompletion();
            }
            hasFailed = false;
        } finally {
            if (hasFailed) {
                synchronized (this) {
                    completing = false;
                }
            }
        }
    }

    /** Null if there is none; then another thread may run the next one. */
    private synchronized @Nullable Runnable nextCompletion() {
        Runnable next = completions.pollFirst();
        completing = next != null;
        return next;
    }
}
