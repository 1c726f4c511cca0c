package io.zonecache.client.internal.write;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.ChunkKey;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of which fewer than all n stripes are known to be stored, and when to check each of them next: after a second, then after pauses that
 * double up to 15 s. Holds names only, and not for ever: a chunk is dropped after ten minutes, by which time a node that is gone for good has lost
 * its places to others, and the oldest one is dropped if there are too many.
 *
 * <p>Pure: the caller supplies the time. Not thread-safe. Every operation is O(log chunks).
 */
final class IncompleteChunks {

    /** Some 200 bytes each, and the URIs and ETags of ranges. */
    static final int MAX_CHUNKS = 4_096;

    static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Together with its jitter, and the time that the chunks before it take, well within a minute of the node's return. */
    static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** Twice the time after which a node that is down loses its places. */
    static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final double JITTER = 0.2;

    /** A chunk that waits, or that is being checked. */
    static final class Entry {

        final ChunkName name;
        private final long number;
        private final long addedNanos;
        private int stripesHeld;
        private long pauseNanos = FIRST_PAUSE_NANOS;
        private long dueNanos;

        private Entry(ChunkName name, long number, int stripesHeld, long nowNanos) {
            this.name = name;
            this.number = number;
            this.stripesHeld = stripesHeld;
            this.addedNanos = nowNanos;
            this.dueNanos = nowNanos + FIRST_PAUSE_NANOS;
        }

        /** Stripes known to be stored. */
        int stripesHeld() {
            return stripesHeld;
        }

        /** The clock may overflow, so times are compared by their difference. */
        private static int compareDue(Entry one, Entry other) {
            long difference = one.dueNanos - other.dueNanos;
            return difference != 0 ? Long.signum(difference) : Long.compare(one.number, other.number);
        }
    }

    private final RandomGenerator random;
    private final Map<ChunkKey, Entry> chunks = new LinkedHashMap<>();
    private final TreeSet<Entry> waiting = new TreeSet<>((Comparator<Entry>) Entry::compareDue);
    private long added;
    private long dropped;

    IncompleteChunks(RandomGenerator random) {
        this.random = random;
    }

    /** The chunks that wait and those that are being checked. */
    int size() {
        return chunks.size();
    }

    /** Chunks that were dropped because they were too old or too many. */
    long dropped() {
        return dropped;
    }

    /** A chunk has just been stored with this many stripes; what was known of it before no longer counts. */
    void add(ChunkName name, int stripesHeld, long nowNanos) {
        remove(name.key());
        if (chunks.size() == MAX_CHUNKS) {
            drop(chunks.values().iterator().next());
        }
        Entry entry = new Entry(name, added++, stripesHeld, nowNanos);
        chunks.put(name.key(), entry);
        waiting.add(entry);
    }

    /** @return whether it was here */
    boolean remove(ChunkKey key) {
        Entry removed = chunks.remove(key);
        if (removed != null) {
            waiting.remove(removed);
        }
        return removed != null;
    }

    void clear() {
        chunks.clear();
        waiting.clear();
    }

    /** When {@link #takeDue} has the next one; {@link Long#MAX_VALUE} if none waits. */
    long nextDueNanos() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.first().dueNanos;
    }

    /** The chunk that has been due for the longest time, to be checked now; null if none is due. */
    @Nullable
    Entry takeDue(long nowNanos) {
        while (!waiting.isEmpty() && waiting.first().dueNanos - nowNanos <= 0) {
            Entry due = waiting.pollFirst();
            if (nowNanos - due.addedNanos < MAX_AGE_NANOS) {
                return due;
            }
            drop(due);
        }
        return null;
    }

    /** The chunk was checked, and has to be checked again. */
    void retryLater(Entry taken, int stripesHeld, long nowNanos) {
        if (chunks.get(taken.name.key()) == taken) {
            taken.stripesHeld = stripesHeld;
            taken.dueNanos = nowNanos + (long) (taken.pauseNanos * (1 + JITTER * random.nextDouble()));
            taken.pauseNanos = Math.min(MAX_PAUSE_NANOS, 2 * taken.pauseNanos);
            waiting.add(taken);
        }
    }

    /**
     * The chunk was checked, and need not be checked again.
     *
     * @return false if it had left, or has been stored anew meanwhile
     */
    boolean finish(Entry taken) {
        return chunks.remove(taken.name.key(), taken);
    }

    private void drop(Entry entry) {
        dropped++;
        remove(entry.name.key());
    }
}
