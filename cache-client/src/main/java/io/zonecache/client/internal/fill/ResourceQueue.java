package io.zonecache.client.internal.fill;

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
 * An amount that is shared by callers who wait in turn: origin permits, bytes on their way, memory. First come, first served, so that
 * nobody starves; an amount above the whole capacity is admitted alone. Nobody blocks: a turn is a future.
 *
 * <p>Futures complete outside the lock and one after the other, however deep the calls that released: a thousand waiters that fail
 * at once do not become a thousand nested calls.
 */
final class ResourceQueue {

    private final String what;
    private final Stock stock;
    private final CacheErrorCode refusal;
    private final WaiterLimit room;
    private final ClientTimer timer;
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final Deque<Runnable> completions = new ArrayDeque<>();
    private long taken;
    private boolean completing;
    private boolean closed;

    /**
     * @param what for messages: "origin permits"
     * @param capacity may change; call {@link #serve} when it grew. While it is 0, nobody is served
     */
    ResourceQueue(String what, LongSupplier capacity, WaiterLimit room, ClientTimer timer) {
        this(what, new Counted(capacity), CacheErrorCode.ORIGIN_LIMIT, room, timer);
    }

    /** @param refusal what waits in vain fail with */
    ResourceQueue(String what, Stock stock, CacheErrorCode refusal, WaiterLimit room, ClientTimer timer) {
        this.what = what;
        this.stock = stock;
        this.refusal = refusal;
        this.room = room;
        this.timer = timer;
    }

    /** What the line gives out. Called under its lock, but for the last. */
    interface Stock {

        /** For messages. */
        long capacity();

        /** @param taken by this line's callers already */
        boolean tryTake(long amount, long taken);

        default void giveBack(long amount) {}

        /** Something has been given back. */
        default void serve(ResourceQueue line) {
            line.serve();
        }
    }

    /** This line's alone; what is larger than all of it may be taken alone. */
    private record Counted(LongSupplier supplier) implements Stock {

        @Override
        public long capacity() {
            return supplier.getAsLong();
        }

        @Override
        public boolean tryTake(long amount, long taken) {
            long most = capacity();
            return most > 0 && (taken == 0 || taken + amount <= most);
        }
    }

    /** What a caller holds until it releases it; the second release does nothing. */
    final class Held {

        private long amount;

        private Held(long amount) {
            this.amount = amount;
        }

        void release() {
            keep(0);
        }

        /** Gives back all but so much. */
        void keep(long rest) {
            synchronized (ResourceQueue.this) {
                long back = amount - Math.min(amount, rest);
                amount -= back;
                taken -= back;
                stock.giveBack(back);
            }
            stock.serve(ResourceQueue.this);
        }
    }

    private static final class Waiter {
        final long amount;
        final CompletableFuture<Held> turn = new CompletableFuture<>();

        @Nullable
        Scheduled timeout;

        Waiter(long amount) {
            this.amount = amount;
        }
    }

    /**
     * Fails with the line's refusal if there is no place to wait or the wait was in vain, and with {@code CLOSED}.
     *
     * @param first whether to go to the head of the line: for those who hold what others wait for
     */
    CompletableFuture<Held> acquire(long amount, long waitNanos, boolean first) {
        Waiter waiter = new Waiter(amount);
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(Futures.closed(null));
            }
            if (waiters.isEmpty() && tryTake(amount)) {
                return CompletableFuture.completedFuture(new Held(amount));
            }
            if (waitNanos <= 0 || !room.tryEnter()) {
                return CompletableFuture.failedFuture(noPlace(waitNanos));
            }
            if (first) {
                waiters.addFirst(waiter);
            } else {
                waiters.addLast(waiter);
            }
            waiter.timeout = timer.schedule(waitNanos, () -> giveUp(waiter, waitNanos));
        }
        serve();
        return waiter.turn;
    }

    /** Null if it can't be had at once. */
    @Nullable
    synchronized Held tryAcquire(long amount) {
        if (closed || !waiters.isEmpty() || !tryTake(amount)) {
            return null;
        }
        return new Held(amount);
    }

    /** Serves those whose turn has come. */
    void serve() {
        synchronized (this) {
            Waiter next = waiters.peekFirst();
            while (next != null && tryTake(next.amount)) {
                waiters.removeFirst();
                leave(next);
                Waiter served = next;
                completions.add(() -> complete(served));
                next = waiters.peekFirst();
            }
        }
        runCompletions();
    }

    void close() {
        List<Waiter> left;
        synchronized (this) {
            closed = true;
            left = new ArrayList<>(waiters);
            waiters.clear();
            for (Waiter waiter : left) {
                leave(waiter);
                completions.add(() -> waiter.turn.completeExceptionally(Futures.closed(null)));
            }
        }
        runCompletions();
    }

    synchronized long taken() {
        return taken;
    }

    private void complete(Waiter served) {
        Held held = new Held(served.amount);
        if (!served.turn.complete(held)) {
            held.release();
        }
    }

    private void giveUp(Waiter waiter, long waitedNanos) {
        synchronized (this) {
            if (!waiters.remove(waiter)) {
                return;
            }
            leave(waiter);
            completions.add(() -> waiter.turn.completeExceptionally(new CacheException(
                    refusal,
                    what + ": none free within " + TimeUnit.NANOSECONDS.toMillis(waitedNanos)
                            + " ms (expected: a turn sooner; " + stock.capacity() + " in all)")));
        }
        serve();
    }

    private void leave(Waiter waiter) {
        room.leave();
        if (waiter.timeout != null) {
            waiter.timeout.cancel();
        }
    }

    private boolean tryTake(long amount) {
        boolean isTaken = stock.tryTake(amount, taken);
        taken += isTaken ? amount : 0;
        return isTaken;
    }

    private CacheException noPlace(long waitNanos) {
        return new CacheException(
                refusal,
                what + ": all " + stock.capacity() + " taken, "
                        + (waitNanos <= 0
                                ? "no time to wait (expected: some)"
                                : room.taken() + " reads wait (expected: fewer than " + room.places() + ")"));
    }

    private void runCompletions() {
        synchronized (this) {
            if (completing) {
                return;
            }
            completing = true;
        }
        while (true) {
            Runnable next;
            synchronized (this) {
                next = completions.pollFirst();
                if (next == null) {
                    completing = false;
                    return;
                }
            }
            next.run();
        }
    }
}
