package io.zonecache.client.internal.memory;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the bytes in flight, which never exceed the budget; the local cache shrinks to make room for them. Two sides take memory: reads of the
 * zone, and fills with everything that is written to the zone. Neither side may take what one chunk of the largest size costs the other.
 *
 * <p>There is no deadlock, because no waiter for memory holds memory that others wait for:
 *
 * <ul>
 *   <li>a read takes memory for a round when the round is admitted, and releases all of it when the round ends. Within the round it waits for
 *       nodes and timers only: more memory is either free at once, or the round ends and is requeued;
 *   <li>so a read that waits for a fill, its own or another client's, holds no memory;
 *   <li>a fill takes the memory of the chunk and its write-back in one step, as soon as the origin reports the length. From then on it waits for the
 *       origin, for nodes, and in the queue of writes, where everything ahead of it has its memory too;
 *   <li>whatever the other side holds, the first waiter of each side is served once the work of its own side has finished.
 * </ul>
 *
 * Safe for concurrent use; no call blocks. Rationale: docs/decisions/0021-client-memory.md.
 */
public final class MemoryBudget {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryBudget.class);

    /** Assumes codes with no more parity than data; codes with more support proportionally smaller chunks. */
    private static final int MAX_CODED_FACTOR = 2;

    /** For the maximum number of stripes, each padded by a byte at most. */
    private static final long STRIPES_OVERHEAD_BYTES =
            (CodeSpec.MAX_DATA + CodeSpec.MAX_PARITY) * (StripeRecord.HEADER_BYTES + 1L);

    private final long capacityBytes;
    private final Share reads;
    private final Share fills;
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> waitingQueues = new CopyOnWriteArrayList<>();
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

    /** What a read and a fill of the largest chunk take at once: with less, one of them might never be served. */
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
        return (long) MAX_CODED_FACTOR * maxChunkBytes + STRIPES_OVERHEAD_BYTES;
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

    /** The peak of the bytes in flight. */
    public long peakBytes() {
        return peakBytes;
    }

    /**
     * Registers a listener that is called at every change, before {@link Share#tryTake} returns: it must be quick. What it throws is logged; the
     * next change calls it again.
     */
    public void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /** Registers a task that {@link Share#serve} runs to serve the waiters of a queue; never twice at once. */
    public void onRelease(Runnable line) {
        waitingQueues.add(line);
    }

    private synchronized boolean tryReserve(Share share, long bytes) {
        if (bytes > share.maxBytes - share.takenBytes || bytes > capacityBytes - inFlightBytes) {
            return false;
        }
        share.takenBytes += bytes;
        long now = inFlightBytes + bytes;
        inFlightBytes = now;
        peakBytes = Math.max(peakBytes, now);
        return true;
    }

    private synchronized void unreserve(Share share, long bytes) {
        share.takenBytes -= bytes;
        inFlightBytes = inFlightBytes - bytes;
    }

    /** A nested or concurrent call only requests one more pass of the running one: passes never nest. Each pass serves all, whatever one throws. */
    private void serve() {
        if (serving.getAndIncrement() > 0) {
            return;
        }
        Throwable failure = null;
        for (int seen = 1; seen > 0; seen = serving.addAndGet(-seen)) {
            for (Runnable line : waitingQueues) {
                try {
                    line.run();
                } catch (RuntimeException | Error e) {
                    failure = failure == null ? e : failure;
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void reportChange() {
        for (Runnable listener : changeListeners) {
            try {
                listener.run();
            } catch (RuntimeException | Error e) {
                LOG.warn("a change of the bytes in flight was not reported", e);
            }
        }
    }

    /** One side's part. */
    public final class Share {

        private final long maxBytes;
        private long takenBytes;

        private Share(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        /** The most that can ever be taken. */
        public long maxBytes() {
            return maxBytes;
        }

        /** Takes all of it, or nothing. */
        public boolean tryTake(long bytes) {
            boolean isTaken = tryReserve(this, bytes);
            if (isTaken) {
                reportChange();
            }
            return isTaken;
        }

        /** Releases memory; {@link #serve} must follow, outside any lock. */
        public void release(long bytes) {
            unreserve(this, bytes);
            reportChange();
        }

        /** Serves the waiters of both sides with what has been released. */
        public void serve() {
            MemoryBudget.this.serve();
        }

        /** As {@link MemoryBudget#onRelease}. */
        public void onRelease(Runnable line) {
            MemoryBudget.this.onRelease(line);
        }
    }
}
