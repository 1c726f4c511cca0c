package io.zonecache.server.lease;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many leases a node may have running, as views come and go: falls at once, grows late.
 *
 * <p>Nodes learn of a view one after the other, and leases outlive it. So a share may grow only when the leases granted under
 * the larger shares of others have ended. Every rise therefore leaves the old value behind as a ceiling with an end, and the
 * share is the least of the target and the ceilings not over. A ceiling that is not lower than one that lasts longer says
 * nothing and is dropped, so ceilings rise from first to last: at most one for each value below the target, and a change or
 * a look costs amortised O(1). Not thread-safe.
 */
final class OriginShare {

    private record Ceiling(int share, long untilNanos) {}

    private final Deque<Ceiling> ceilings = new ArrayDeque<>();
    private int target;

    /** Nothing is granted until then, whatever views say. */
    OriginShare(long closedUntilNanos) {
        ceilings.add(new Ceiling(0, closedUntilNanos));
    }

    /** @param growsAtNanos when a rise takes effect; a fall does at once */
    void change(int newTarget, long growsAtNanos) {
        if (newTarget > target) {
            limit(new Ceiling(target, growsAtNanos));
        }
        target = newTarget;
    }

    private void limit(Ceiling added) {
        Deque<Ceiling> later = new ArrayDeque<>();
        while (!ceilings.isEmpty() && ceilings.getLast().untilNanos > added.untilNanos) {
            later.push(ceilings.removeLast());
        }
        while (!ceilings.isEmpty() && ceilings.getLast().share >= added.share) {
            ceilings.removeLast();
        }
        if (later.isEmpty() || later.getFirst().share > added.share) {
            ceilings.add(added);
        }
        ceilings.addAll(later);
    }

    int at(long nowNanos) {
        while (!ceilings.isEmpty() && ceilings.getFirst().untilNanos <= nowNanos) {
            ceilings.removeFirst();
        }
        return ceilings.isEmpty() ? target : Math.min(target, ceilings.getFirst().share);
    }

    int target() {
        return target;
    }

    /** When the share may next rise by itself, or Long.MAX_VALUE. */
    long nextRiseNanos(long nowNanos) {
        return at(nowNanos) < target ? ceilings.getFirst().untilNanos : Long.MAX_VALUE;
    }
}
