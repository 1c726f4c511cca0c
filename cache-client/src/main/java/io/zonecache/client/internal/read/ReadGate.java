package io.zonecache.client.internal.read;

import io.zonecache.client.internal.memory.MemoryBudget.Share;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.ArrayDeque;
import java.util.Deque;
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

    final ChunkSizeEstimate estimate = new ChunkSizeEstimate();

    private final int limit;
    private final int queueLength;
    private final Share memory;
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private int waitingCount;
    private int inFlight;

    ReadGate(int limit, int queueLength, Share memory) {
        this.limit = limit;
        this.queueLength = queueLength;
        this.memory = memory;
        memory.onRelease(this::admitWaiting);
    }

    /** A place in the queue, taken by {@link #enter} or {@link #enterFirst}; its owner may cancel it before that, too. */
    final class Ticket {

        private final long needBytes;
        private @Nullable Consumer<RoundMemory> task;
        private boolean isWaiting;

        private Ticket(long needBytes, Consumer<RoundMemory> task) {
            this.needBytes = needBytes;
            this.task = task;
        }

        /** Has no effect once the task has been given its memory. {@link #serve} must follow: the next one may need less. */
        void cancel() {
            synchronized (ReadGate.this) {
                task = null;
                if (isWaiting) {
                    isWaiting = false;
                    waitingCount--;
                    dropCancelled();
                }
            }
        }
    }

    /**
     * A ticket that is not in the queue yet.
     *
     * @param needBytes what the round needs; 0 if that is unknown, and the estimate is used
     * @param task run once there is a slot and memory, on the thread that enters the ticket or frees them; must pass the memory to {@link #leave}
     */
    Ticket ticket(long needBytes, Consumer<RoundMemory> task) {
        return new Ticket(needBytes, task);
    }

    /**
     * Runs the ticket's task, or queues it.
     *
     * @throws CacheException {@code BUSY} if the queue is full
     */
    void enter(Ticket ticket) {
        Consumer<RoundMemory> task;
        RoundMemory taken;
        synchronized (this) {
            task = ticket.task;
            if (task == null) {
                return;
            }
            taken = waitingCount == 0 ? admit(ticket.needBytes) : null;
            if (taken != null) {
                ticket.task = null;
            } else if (waitingCount < queueLength) {
                waiting.addLast(ticket);
                ticket.isWaiting = true;
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
    }

    /** Queues a ticket ahead of all others, however many there are: its round has run before. */
    void enterFirst(Ticket ticket) {
        synchronized (this) {
            if (ticket.task != null) {
                waiting.addFirst(ticket);
                ticket.isWaiting = true;
                waitingCount++;
            }
        }
        serve();
    }

    /** A round is over: its memory and slot are free. {@link #serve} must follow, outside any lock. */
    void leave(RoundMemory held) {
        try {
            held.release();
        } finally {
            synchronized (this) {
                inFlight--;
            }
        }
    }

    /** Admits waiting rounds with what has become free. */
    void serve() {
        memory.serve();
    }

    /** What a read is told that waits until its deadline. */
    synchronized CacheException full() {
        return new CacheException(
                CacheErrorCode.BUSY,
                inFlight >= limit
                        ? "reads of the zone in flight in this client: " + inFlight + " (expected: fewer than " + limit
                                + ")"
                        : "memory of this client for chunks that are read: less free than one takes (expected: "
                                + estimate.bytes() + " bytes)");
    }

    synchronized int inFlight() {
        return inFlight;
    }

    synchronized int waiting() {
        return waitingCount;
    }

    private void admitWaiting() {
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
                next.isWaiting = false;
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
        // Removes those in the middle of the queue, before they outnumber the others.
        if (waiting.size() > 2 * waitingCount + queueLength) {
            waiting.removeIf(ticket -> ticket.task == null);
        }
    }

    private @Nullable RoundMemory admit(long needBytes) {
        if (inFlight == limit) {
            return null;
        }
        boolean isEstimate = needBytes == 0;
        RoundMemory taken = new RoundMemory(memory, estimate, isEstimate);
        if (!taken.tryHold(isEstimate ? Math.min(estimate.bytes(), memory.maxBytes()) : needBytes)) {
            return null;
        }
        inFlight++;
        return taken;
    }
}
