package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.IntPages;

/**
 * What one tier holds, and which of it goes next under a policy.
 *
 * <p>Slots met as victims before they may go (LRU-k's correlated period) wait in a second queue, by the time from which they may.
 * At most a sixty-fourth of the tier may wait: beyond that, and when nothing else is left, the one that may go soonest goes, or the
 * next that would have to wait if it ranks lower. The paper has no such bound; without it, a scan that fills the tier within one
 * correlated period would push out all that isn't asked for in that period, however hot: docs/decisions/0004. Not thread-safe.
 */
public final class ResidentQueue {

    public static final int NONE = SlotQueue.NONE;

    private static final int BY_RANK = 1;
    private static final int WAITING = 2;
    private static final int WAITING_SHARE = 64;

    private final EvictionPolicy policy;
    private final SlotQueue byRank;
    private final SlotQueue waiting;

    public ResidentQueue(EvictionPolicy policy) {
        this(policy, new IntPages());
    }

    ResidentQueue(EvictionPolicy policy, IntPages places) {
        this.policy = policy;
        this.byRank = new SlotQueue(BY_RANK, places, policy::rank);
        this.waiting = new SlotQueue(WAITING, places, policy::evictableFrom);
    }

    public int size() {
        return byRank.size() + waiting.size();
    }

    public boolean contains(int slot) {
        return byRank.contains(slot) || waiting.contains(slot);
    }

    /** The slot must not be resident here. */
    public void add(int slot) {
        byRank.add(slot);
    }

    public boolean remove(int slot) {
        return byRank.remove(slot) || waiting.remove(slot);
    }

    /** The slot that goes next, which stays until it is removed; {@link #NONE} if there is none. */
    public int victim(long now) {
        for (int slot = waiting.peek(); slot != NONE && policy.evictableFrom(slot) <= now; slot = waiting.peek()) {
            waiting.remove(slot);
            byRank.add(slot);
        }
        int mayWait = Math.max(1, size() / WAITING_SHARE);
        for (int slot = byRank.peek(); slot != NONE; slot = byRank.peek()) {
            if (policy.evictableFrom(slot) <= now) {
                return slot;
            }
            if (waiting.size() >= mayWait) {
                break;
            }
            byRank.remove(slot);
            waiting.add(slot);
        }
        int lowest = byRank.peek();
        int soonest = waiting.peek();
        if (lowest == NONE || soonest == NONE) {
            return lowest == NONE ? soonest : lowest;
        }
        return policy.rank(lowest) < policy.rank(soonest) ? lowest : soonest;
    }

    public long memoryBytes() {
        return byRank.memoryBytes() + waiting.memoryBytes();
    }
}
