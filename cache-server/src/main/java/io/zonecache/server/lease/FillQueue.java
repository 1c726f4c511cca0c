package io.zonecache.server.lease;

import io.zonecache.model.ChunkKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that are being filled or waited for, and who waits for them.
 *
 * <p>A {@link Fill} for each chunk that has a lease or waiters. Waiters stand in a tree by deadline, and in their fill by arrival.
 * Fills that have waiters and no lease stand in a tree by number of waiters. A waiter whose connection is gone keeps its place and is
 * passed over. O(log waiting) for each change of one waiter, O(waiters of the chunk) for those of a chunk. Not thread-safe.
 */
final class FillQueue {

    private final Map<ChunkKey, Fill> fills = new HashMap<>();
    private final NavigableSet<Fill> withoutLease = new TreeSet<>(Fill.MOST_WAITERS_FIRST);
    private final NavigableSet<LeaseWaiter> waiters = new TreeSet<>(LeaseWaiter.BY_DEADLINE);

    /** Waiters that are there, of chunks without a lease: who could be served. */
    private final ClientTally servable = new ClientTally();

    private long sequence;
    private int away;

    @Nullable
    Fill get(ChunkKey key) {
        return fills.get(key);
    }

    /** That under which the chunk is being filled, or null. */
    @Nullable
    Lease leaseOf(ChunkKey key) {
        Fill fill = fills.get(key);
        return fill == null ? null : fill.lease;
    }

    List<Fill> all() {
        return List.copyOf(fills.values());
    }

    int size() {
        return fills.size();
    }

    /** Places taken, also those of waiters whose connection is gone. */
    int places() {
        return waiters.size();
    }

    /** Waiters that are there. */
    int waiting() {
        return waiters.size() - away;
    }

    boolean hasQueue() {
        return !withoutLease.isEmpty();
    }

    void enqueue(ChunkKey key, LeaseWaiter waiter) {
        Fill fill = fillOf(key);
        withoutLease.remove(fill);
        fill.waiters.put(waiter.place(), waiter);
        waiter.fill = fill;
        waiters.add(waiter);
        countServable(waiter);
        file(fill);
    }

    /** Where the same question waits already, this waiter takes its turn. Returns the one that had it, or null. */
    @Nullable
    LeaseWaiter replaceFormer(ChunkKey key, LeaseWaiter waiter) {
        Fill fill = fills.get(key);
        LeaseWaiter former = fill == null ? null : fill.waiters.replace(waiter.place(), waiter);
        if (former != null) {
            forget(former);
            waiter.fill = fill;
            waiters.add(waiter);
            countServable(waiter);
        }
        return former;
    }

    /** Takes the waiter out, if it waits. */
    void remove(LeaseWaiter waiter) {
        Fill fill = waiter.fill;
        if (fill != null) {
            withoutLease.remove(fill);
            fill.waiters.remove(waiter.place());
            forget(waiter);
            file(fill);
        }
    }

    /** Takes those waiters of a chunk out for whom the condition holds, and returns them, longest waiting first. */
    List<LeaseWaiter> removeWaiters(Fill fill, Predicate<LeaseWaiter> condition) {
        withoutLease.remove(fill);
        List<LeaseWaiter> removed =
                fill.waiters.values().stream().filter(condition).toList();
        for (LeaseWaiter waiter : removed) {
            fill.waiters.remove(waiter.place());
            forget(waiter);
        }
        file(fill);
        return removed;
    }

    /** The waiter's connection is gone; its place is kept until then, or until it would have left it. */
    void keepPlace(LeaseWaiter waiter, long untilNanos) {
        if (waiter.fill != null && !waiter.isAway) {
            waiters.remove(waiter);
            uncountServable(waiter);
            waiter.isAway = true;
            waiter.deadlineNanos = Math.min(waiter.deadlineNanos, untilNanos);
            waiters.add(waiter);
            away++;
        }
    }

    /** The waiter, whether it has waited or not, fills the chunk from now on; others go on waiting. */
    void beginFill(ChunkKey key, LeaseWaiter waiter, Lease lease) {
        Fill fill = fillOf(key);
        withoutLease.remove(fill);
        if (waiter.fill != null) {
            fill.waiters.remove(waiter.place());
            forget(waiter);
        }
        fill.waiters.values().forEach(this::uncountServable);
        fill.lease = lease;
    }

    /** The chunk's lease is over. */
    void endFill(ChunkKey key) {
        Fill fill = fillOf(key);
        fill.lease = null;
        fill.waiters.values().forEach(this::countServable);
        file(fill);
    }

    /** A waiter whose time is over, or null. */
    @Nullable
    LeaseWaiter late(long now) {
        return waiters.isEmpty() || waiters.first().deadlineNanos > now ? null : waiters.first();
    }

    /** When the next waiter's time is over, or Long.MAX_VALUE. */
    long nextDeadlineNanos() {
        return waiters.isEmpty() ? Long.MAX_VALUE : waiters.first().deadlineNanos;
    }

    /**
     * Who is next to get a lease of those that are there, or null.
     *
     * @param isPreferred whether a client goes before those of which this does not hold
     * @param mayBeServed whether a client may hold one more at all
     */
    @Nullable
    LeaseWaiter nextToServe(Predicate<String> isPreferred, Predicate<String> mayBeServed) {
        Predicate<String> condition = servable.anyClient(isPreferred) ? isPreferred : mayBeServed;
        for (Fill fill : withoutLease) {
            for (LeaseWaiter waiter : fill.waiters.values()) {
                if (!waiter.isAway && condition.test(waiter.client)) {
                    return waiter;
                }
            }
        }
        return null;
    }

    private Fill fillOf(ChunkKey key) {
        return fills.computeIfAbsent(key, absent -> new Fill(absent, sequence++));
    }

    /** Puts a fill where its state belongs, after a change; it must have been taken out of the tree before. */
    private void file(Fill fill) {
        if (fill.isIdle()) {
            fills.remove(fill.key);
        } else if (fill.lease == null) {
            withoutLease.add(fill);
        }
    }

    private void countServable(LeaseWaiter waiter) {
        if (isServable(waiter)) {
            servable.add(waiter.client);
        }
    }

    private void uncountServable(LeaseWaiter waiter) {
        if (isServable(waiter)) {
            servable.remove(waiter.client);
        }
    }

    private static boolean isServable(LeaseWaiter waiter) {
        return waiter.fill != null && waiter.fill.lease == null && !waiter.isAway;
    }

    private void forget(LeaseWaiter waiter) {
        waiters.remove(waiter);
        uncountServable(waiter);
        waiter.fill = null;
        if (waiter.isAway) {
            away--;
        }
    }
}
