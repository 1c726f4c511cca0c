package io.zonecache.client.internal.read;

import io.zonecache.client.internal.memory.MemoryBudget.Share;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the rounds in flight, by number and by the bytes of incoming chunks; further rounds wait in a bounded FIFO queue. A chunk's size is
 * known only from its first stripe; until then a round holds an estimate based on recent chunks. A round that turns out to need more than
 * is free is requeued at the head of the queue, and admitted once that much memory is free.
 *
 * <p>Not a {@link io.zonecache.client.internal.limit.ResourceQueue}, which hands out one amount that the caller states when it starts to
 * wait, until a deadline per waiter. A round needs a slot and memory together; its amount is determined when it is admitted, and
 * changes while it is held; a requeued round goes ahead of rounds requeued earlier; and a read's deadline is enforced by its request, which
 * cancels the ticket, so no timer is needed here.
 *
 * <p>Thread-safe; tasks run on the thread that frees capacity.
 */
final class ReadGate {

    /** 512 KiB under 4-of-5. */
    private static final long FIRST_BYTES = 640 << 10;

    /** The estimate follows larger chunks at once and smaller ones by a part: too little costs a second round, too much a moment's wait. */
    private static final int ESTIMATE_DECAY = 16;

    private final int limit;
    private final int queueLength;
    private final Share memory;
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private final AtomicLong estimateBytes = new AtomicLong(FIRST_BYTES);
    private int waitingCount;
    private int underWay;

    ReadGate(int limit, int queueLength, Share memory) {
        this.limit = limit;
        this.queueLength = queueLength;
        this.memory = memory;
        memory.onRelease(this::serve);
    }

    /** A place in the queue. */
    final class Ticket {

        private final long needBytes;
        private @Nullable Consumer<RoundMemory> task;

        private Ticket(long needBytes, Consumer<RoundMemory> task) {
            this.needBytes = needBytes;
            this.task = task;
        }

        /** Leaves the queue; has no effect once the task has been given its memory. */
        void cancel() {
            synchronized (ReadGate.this) {
                if (task != null) {
                    task = null;
                    waitingCount--;
                }
                dropCancelled();
            }
            // The next one may need less.
            memory.serve();
        }
    }

    /**
     * Runs the task once there is a slot and memory, here or on the thread that frees them. The task brings its memory to {@link #leave}
     * or {@link #requeue}.
     *
     * @throws CacheException {@code BUSY} if the queue is full
     */
    Ticket enter(Consumer<RoundMemory> task) {
        Ticket ticket = new Ticket(0, task);
        RoundMemory taken;
        synchronized (this) {
            taken = waitingCount == 0 ? admit(0) : null;
            if (taken != null) {
                ticket.task = null;
            } else if (waitingCount < queueLength) {
                waiting.addLast(ticket);
                waitingCount++;
            } else {
                throw new CacheException(
                        CacheErrorCode.BUSY,
                        "reads waiting in this client: " + waitingCount + " (expected: fewer than " + queueLength
                                + ")");
            }
        }
        if (taken != null) {
            task.accept(taken);
        }
        return ticket;
    }

    /** A round is over for want of memory, and is to be had again with so much, before others. */
    Ticket requeue(RoundMemory held, long needBytes, Consumer<RoundMemory> task) {
        Ticket ticket = new Ticket(needBytes, task);
        held.release();
        synchronized (this) {
            underWay--;
            waiting.addFirst(ticket);
            waitingCount++;
        }
        memory.serve();
        return ticket;
    }

    /** A round is over. */
    void leave(RoundMemory held) {
        held.release();
        synchronized (this) {
            underWay--;
        }
        memory.serve();
    }

    /** A chunk takes so much, as its first stripe tells. */
    void seen(long bytes) {
        estimateBytes.updateAndGet(old -> Math.max(bytes, old - (old - bytes) / ESTIMATE_DECAY));
    }

    synchronized int underWay() {
        return underWay;
    }

    synchronized int waiting() {
        return waitingCount;
    }

    private void serve() {
        while (true) {
            Consumer<RoundMemory> task;
            RoundMemory taken;
            synchronized (this) {
                dropCancelled();
                Ticket next = waiting.peekFirst();
                task = next == null ? null : next.task;
                taken = next == null ? null : admit(next.needBytes);
                if (next == null || task == null || taken == null) {
                    return;
                }
                waiting.removeFirst();
                waitingCount--;
                next.task = null;
            }
            task.accept(taken);
        }
    }

    private void dropCancelled() {
        Ticket first = waiting.peekFirst();
        while (first != null && first.task == null) {
            waiting.removeFirst();
            first = waiting.peekFirst();
        }
        // Those in the middle of the queue, before they outnumber the others.
        if (waiting.size() > 2 * waitingCount + queueLength) {
            waiting.removeIf(ticket -> ticket.task == null);
        }
    }

    private @Nullable RoundMemory admit(long needBytes) {
        boolean isEstimate = needBytes == 0;
        long bytes = isEstimate ? Math.min(estimateBytes.get(), memory.maxBytes()) : needBytes;
        if (underWay == limit || !memory.tryTake(bytes)) {
            return null;
        }
        underWay++;
        return new RoundMemory(this, memory, bytes, isEstimate);
    }
}
