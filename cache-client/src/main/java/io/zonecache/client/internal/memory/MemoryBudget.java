package io.zonecache.client.internal.memory;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the bytes in flight, which never exceed the budget; the local cache gives way to them. Two sides take: reads of the zone,
 * and fills with all that goes into the zone. Neither may take what one largest chunk costs the other.
 *
 * <p>Nobody waits for memory in a circle, because nobody who waits holds what others wait for:
 *
 * <ul>
 *   <li>a read takes memory for a round when it enters, and gives all of it back when the round ends. Within the round it waits for
 *       nodes and clocks only: more is had at once, or the round ends and comes again later;
 *   <li>so a read that waits for a fill, its own or another client's, holds nothing;
 *   <li>a fill takes what the chunk and its write-back cost in one piece, as soon as the origin tells the length. From then on it
 *       waits for the origin and for nodes, and in the line of writes, where all before it have their memory too;
 *   <li>and however much the other side holds, the first in each side's line will have its turn once those of its own side are through.
 * </ul>
 *
 * Safe for concurrent use; nobody blocks. Why it is so: docs/decisions/0021-client-memory.md.
 */
public final class MemoryBudget {

    /** What is provided for: codes with no more parity than data. Others do with chunks that are so much smaller. */
    private static final int MAX_CODED_TIMES = 2;

    /** Of the most stripes that there can be, each padded by a byte at most. */
    private static final long STRIPES_OVERHEAD_BYTES =
            (CodeSpec.MAX_DATA + CodeSpec.MAX_PARITY) * (StripeRecord.HEADER_BYTES + 1L);

    private final long capacityBytes;
    private final Share reads;
    private final Share fills;
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> waitingLines = new CopyOnWriteArrayList<>();
    private final AtomicInteger serving = new AtomicInteger();
    private volatile long inFlightBytes;
    private volatile long peakBytes;

    /**
     * @param capacityBytes at least {@link #minBytes}
     * @param maxChunkBytes the longest chunk that is fetched
     */
    public MemoryBudget(long capacityBytes, int maxChunkBytes) {
        this.capacityBytes = capacityBytes;
        this.reads = new Share(capacityBytes - fillBytes(maxChunkBytes));
        this.fills = new Share(capacityBytes - readBytes(maxChunkBytes));
    }

    /** What a read and a fill of the largest chunk take at once: with less, one of them might never have its turn. */
    public static long minBytes(int maxChunkBytes) {
        return readBytes(maxChunkBytes) + fillBytes(maxChunkBytes);
    }

    /** The stripes, and as much again to find a corrupt one. */
    private static long readBytes(int maxChunkBytes) {
        return 2 * codedBytes(maxChunkBytes);
    }

    /** The chunk, and the stripes that are written back. */
    private static long fillBytes(int maxChunkBytes) {
        return maxChunkBytes + codedBytes(maxChunkBytes);
    }

    private static long codedBytes(int maxChunkBytes) {
        return (long) MAX_CODED_TIMES * maxChunkBytes + STRIPES_OVERHEAD_BYTES;
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /** For chunks that come in from nodes. */
    public Share reads() {
        return reads;
    }

    /** For chunks that come in from the origin, and stripes that go to nodes. */
    public Share fills() {
        return fills;
    }

    public long inFlightBytes() {
        return inFlightBytes;
    }

    /** The most that has been in flight at once. */
    public long peakBytes() {
        return peakBytes;
    }

    /** Hears of every change, before who has taken goes on: must be quick. */
    public void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /** Is run by {@link Share#serve}, to give those who wait their turn; never twice at once. */
    public void onRelease(Runnable line) {
        waitingLines.add(line);
    }

    private synchronized boolean count(Share share, long bytes) {
        if (bytes > share.maxBytes - share.takenBytes || bytes > capacityBytes - inFlightBytes) {
            return false;
        }
        share.takenBytes += bytes;
        long now = inFlightBytes + bytes;
        inFlightBytes = now;
        peakBytes = Math.max(peakBytes, now);
        return true;
    }

    private synchronized void uncount(Share share, long bytes) {
        share.takenBytes -= bytes;
        inFlightBytes = inFlightBytes - bytes;
    }

    /** Calls from within, or while another thread is at it, only make it go round once more: turns never nest. */
    private void serve() {
        if (serving.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        try {
            while (seen > 0) {
                waitingLines.forEach(Runnable::run);
                seen = serving.addAndGet(-seen);
            }
        } catch (RuntimeException | Error e) {
            serving.set(0);
            throw e;
        }
    }

    /** One side's part. */
    public final class Share {

        private final long maxBytes;
        private long takenBytes;

        private Share(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        /** What can ever be taken. */
        public long maxBytes() {
            return maxBytes;
        }

        /** Takes all of it, or nothing. */
        public boolean tryTake(long bytes) {
            boolean isTaken = count(this, bytes);
            if (isTaken) {
                changeListeners.forEach(Runnable::run);
            }
            return isTaken;
        }

        /** Gives it back; {@link #serve} is to follow, outside of any lock. */
        public void release(long bytes) {
            uncount(this, bytes);
            changeListeners.forEach(Runnable::run);
        }

        /** Lets those of both sides go on who wait for what has been released. */
        public void serve() {
            MemoryBudget.this.serve();
        }

        /** As {@link MemoryBudget#onRelease}. */
        public void onRelease(Runnable line) {
            MemoryBudget.this.onRelease(line);
        }
    }
}
