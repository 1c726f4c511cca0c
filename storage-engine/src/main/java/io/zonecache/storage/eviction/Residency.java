package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.IntPages;

/**
 * One cache under one policy: which slots are resident, which were and are remembered, and what goes next of either.
 *
 * <p>The history of slots that aren't resident is bounded by {@link HistoryBound}; the one referenced longest ago is forgotten first.
 * Not thread-safe.
 */
public final class Residency {

    public static final int NONE = SlotQueue.NONE;

    /** After the two of the residents. */
    private static final int REMEMBERED = 3;

    private static final int RESTORED = 4;

    private final EvictionPolicy policy;
    private final HistoryBound bound;
    private final IntPages places = new IntPages();
    private final ResidentQueue residents;
    private final HistoryQueue remembered;
    private long latest;

    /**
     * As in a node's store, with no bound in time.
     *
     * @param historyPercent most that are remembered, in percent of the residents
     */
    public Residency(EvictionPolicy policy, int historyPercent) {
        this(policy, HistoryBound.ofStore(historyPercent, HistoryBound.FOREVER));
    }

    public Residency(EvictionPolicy policy, HistoryBound bound) {
        this.policy = policy;
        this.bound = bound;
        this.residents = new ResidentQueue(policy, places);
        this.remembered = new HistoryQueue(REMEMBERED, RESTORED, places, policy::lastReference);
    }

    public EvictionPolicy policy() {
        return policy;
    }

    public int residents() {
        return residents.size();
    }

    public int remembered() {
        return remembered.size();
    }

    public boolean isResident(int slot) {
        return residents.contains(slot);
    }

    /** A GET, hit or miss. A slot that is new becomes a remembered one. */
    public void reference(int slot, long now) {
        latest = now;
        if (residents.contains(slot)) {
            policy.reference(slot, now);
            return;
        }
        if (remembered.remove(slot) && bound.isTooOld(policy.lastReference(slot), now)) {
            policy.forget(slot);
        }
        policy.reference(slot, now);
        remembered.add(slot);
    }

    /** A PUT of a slot that isn't resident. */
    public void admit(int slot, long now) {
        latest = now;
        remembered.remove(slot);
        policy.admit(slot, now);
        residents.add(slot);
    }

    /** As stored by an earlier run. */
    public void restore(int slot, boolean resident, long[] stamps) {
        policy.restore(slot, stamps);
        if (resident) {
            residents.add(slot);
        } else {
            remembered.restore(slot);
        }
    }

    /** The resident that goes next, or {@link #NONE}. It stays until {@link #evict} or {@link #forget}. */
    public int victim(long now) {
        latest = now;
        return residents.victim(now);
    }

    /** The slot leaves the residents; its references stay known. */
    public void evict(int slot) {
        if (residents.remove(slot)) {
            policy.evicted(slot, latest);
            remembered.add(slot);
        }
    }

    /** The slot leaves the residents for the moment, to be admitted with other content: what is known of it stays as it is. */
    public void withdraw(int slot) {
        if (residents.remove(slot)) {
            remembered.add(slot);
        }
    }

    /** Nothing stays known of the slot, which may stand for another key from now on. */
    public void forget(int slot) {
        if (!residents.remove(slot)) {
            remembered.remove(slot);
        }
        policy.forget(slot);
    }

    /**
     * The remembered slot that must be forgotten to keep the history within its bound, or {@link #NONE}. To be asked after every
     * {@link #reference} of a slot that isn't resident and every {@link #evict}.
     */
    public int nextToForget() {
        if (remembered.size() > (policy.remembersEvicted() ? bound.maxRemembered(residents.size()) : 0)) {
            return remembered.peek();
        }
        if (bound.retainedPeriod() == HistoryBound.FOREVER) {
            return NONE;
        }
        int oldest = remembered.peek();
        return oldest != NONE && bound.isTooOld(policy.lastReference(oldest), latest) ? oldest : NONE;
    }

    /** The remembered slot that was referenced longest ago, or {@link #NONE}. */
    public int oldestRemembered() {
        return remembered.peek();
    }

    public long memoryBytes() {
        return policy.memoryBytes() + places.memoryBytes() + residents.memoryBytes() + remembered.memoryBytes();
    }
}
