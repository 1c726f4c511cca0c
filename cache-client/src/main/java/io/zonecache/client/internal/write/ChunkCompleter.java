package io.zonecache.client.internal.write;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.client.internal.write.ChunkCompletion.Outcome;
import io.zonecache.client.internal.write.IncompleteChunks.Entry;
import io.zonecache.model.CodeSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes chunks that were stored with fewer than all n stripes: each has nothing to spare when the next node is lost. Works on two at a time;
 * {@link IncompleteChunks} decides when, {@link ChunkCompletion} does it. Safe for concurrent use, never blocks.
 */
final class ChunkCompleter {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkCompleter.class);

    private static final int MAX_IN_FLIGHT = 2;

    /** The resolution of a timer; it also keeps a chunk that has just been checked from being checked again at once. */
    private static final long MIN_DELAY_NANOS = 1_000_000L;

    private final WriteContext context;
    private final IncompleteChunks chunks;
    private int inFlight;
    private long gone;
    private long completed;
    private boolean isClosed;

    private @Nullable Scheduled timer;
    private long timerNanos;

    ChunkCompleter(WriteContext context) {
        this.context = context;
        this.chunks = new IncompleteChunks(context.random);
    }

    /**
     * A write has ended, with this many of the chunk's stripes acknowledged. Only chunks that can be read but have too few are of interest.
     *
     * @param code that it was written with
     */
    void written(ChunkName name, int acknowledged, CodeSpec code) {
        synchronized (this) {
            if (isClosed || acknowledged < code.data()) {
                return;
            }
            if (acknowledged < code.stripes()) {
                chunks.add(name, acknowledged, context.nanoTime());
            } else {
                chunks.remove(name.key());
            }
        }
        schedule();
    }

    /** Chunks that are known to have fewer than n stripes. */
    synchronized int incomplete() {
        return chunks.size();
    }

    /** Chunks that have got all n stripes, from this client or from others. */
    synchronized long completed() {
        return completed;
    }

    /** Chunks that were given up. */
    synchronized long dropped() {
        return chunks.dropped() + gone;
    }

    /** Forgets all chunks. */
    synchronized void close() {
        isClosed = true;
        chunks.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** A timer that can't be set is set with the next chunk. */
    private void schedule() {
        try {
            synchronized (this) {
                long dueNanos = chunks.nextDueNanos();
                if (isClosed || dueNanos == Long.MAX_VALUE || inFlight == MAX_IN_FLIGHT) {
                    return;
                }
                if (timer == null || dueNanos - timerNanos < 0) {
                    setTimer(dueNanos);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("chunks with too few stripes: the timer failed", e);
        }
    }

    private void setTimer(long dueNanos) {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        timerNanos = dueNanos;
        timer = context.timer.schedule(Math.max(MIN_DELAY_NANOS, dueNanos - context.nanoTime()), this::onTimer);
    }

    private void onTimer() {
        List<Entry> due = new ArrayList<>(MAX_IN_FLIGHT);
        synchronized (this) {
            timer = null;
            while (!isClosed && inFlight < MAX_IN_FLIGHT) {
                Entry next = chunks.takeDue(context.nanoTime());
                if (next == null) {
                    break;
                }
                inFlight++;
                due.add(next);
            }
        }
        due.forEach(this::complete);
        schedule();
    }

    private void complete(Entry entry) {
        Futures.then(
                Futures.call(() -> new ChunkCompletion(context, entry.name, entry.stripesHeld()).start()),
                result -> ended(entry, result.outcome(), result.stripesHeld()),
                failure -> ended(entry, Outcome.INCOMPLETE, entry.stripesHeld()));
    }

    private void ended(Entry entry, Outcome outcome, int stripesHeld) {
        synchronized (this) {
            inFlight--;
            if (outcome == Outcome.INCOMPLETE) {
                chunks.retryLater(entry, stripesHeld, context.nanoTime());
            } else if (chunks.finish(entry)) {
                completed += outcome == Outcome.COMPLETE ? 1 : 0;
                gone += outcome == Outcome.GONE ? 1 : 0;
            }
        }
        schedule();
    }
}
