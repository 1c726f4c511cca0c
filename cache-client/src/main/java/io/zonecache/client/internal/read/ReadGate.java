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
 * Bounds the rounds under way at once, by number and by the bytes of chunks that are coming in; more wait in turn, in a bounded
 * queue. How large a chunk is, its first stripe tells: until then a round holds what chunks of late have taken. A round that turns out
 * to need more than can be had comes back to the head of the queue, and enters once that much is free.
 *
 * <p>Thread-safe; tasks run on the thread that frees capacity.
 */
final class ReadGate {

    /** 512 KiB under 4-of-5. */
    private static final long FIRST_BYTES = 640 << 10;

    /** The estimate follows larger chunks at once and smaller ones by a part: too little costs a second round, too much a moment's wait. */
    private static final int FALL = 16;

    private final int limit;
    private final int queueLength;
    private final Share memory;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final AtomicLong usualBytes = new AtomicLong(FIRST_BYTES);
    private int underWay;

    /** @param needBytes 0 where nothing is known yet */
    private record Entry(long needBytes, Consumer<RoundMemory> task) {}

    ReadGate(int limit, int queueLength, Share memory) {
        this.limit = limit;
        this.queueLength = queueLength;
        this.memory = memory;
        memory.onRelease(this::serve);
    }

    /**
     * @param task gets the round's memory, and brings it to {@link #leave} or {@link #requeue}
     * @throws CacheException {@code BUSY} if the queue is full
     */
    void enter(Consumer<RoundMemory> task) {
        Entry entry = new Entry(0, task);
        RoundMemory taken;
        synchronized (this) {
            taken = waiting.isEmpty() ? admit(entry) : null;
            if (taken == null) {
                if (waiting.size() >= queueLength) {
                    throw new CacheException(
                            CacheErrorCode.BUSY,
                            "reads waiting in this client: " + waiting.size() + " (expected: fewer than " + queueLength
                                    + ")");
                }
                waiting.addLast(entry);
                return;
            }
        }
        task.accept(taken);
    }

    /** A round is over. */
    void leave(RoundMemory held) {
        held.release();
        synchronized (this) {
            underWay--;
        }
        memory.serve();
    }

    /** A round is over for want of memory, and to be had again. */
    void requeue(RoundMemory held, long needBytes, Consumer<RoundMemory> task) {
        held.release();
        synchronized (this) {
            underWay--;
            waiting.addFirst(new Entry(needBytes, task));
        }
        memory.serve();
    }

    /** A chunk takes so much, as its first stripe tells. */
    void seen(long bytes) {
        usualBytes.updateAndGet(usual -> Math.max(bytes, usual - (usual - bytes) / FALL));
    }

    private void serve() {
        while (true) {
            Entry next;
            RoundMemory taken;
            synchronized (this) {
                next = waiting.peekFirst();
                taken = next == null ? null : admit(next);
                if (next == null || taken == null) {
                    return;
                }
                waiting.removeFirst();
            }
            next.task().accept(taken);
        }
    }

    private @Nullable RoundMemory admit(Entry entry) {
        boolean isEstimate = entry.needBytes() == 0;
        long bytes = isEstimate ? Math.min(usualBytes.get(), memory.maxBytes()) : entry.needBytes();
        if (underWay == limit || !memory.tryTake(bytes)) {
            return null;
        }
        underWay++;
        return new RoundMemory(this, memory, bytes, isEstimate);
    }
}
