package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.IntPages;
import java.util.function.IntToLongFunction;

/**
 * Slots that are remembered but not resident, in the order in which they are forgotten: those that an earlier run remembered, the one
 * referenced longest ago first, then those of this run by the time of their last miss or their eviction, whichever came later.
 *
 * <p>A doubly linked list, so that a miss and an eviction cost the history some array accesses each. 8 bytes for each slot, 4 of
 * which are the place that it shares with the {@link SlotQueue}s. Not thread-safe.
 */
final class HistoryQueue {

    static final int NONE = SlotQueue.NONE;

    private final int id;
    private final IntPages places;
    /** After {@link SlotQueue#ID_BITS} of its place, a slot has the one before it, plus 1; here is the one after it. */
    private final IntPages after = new IntPages();

    private final SlotQueue restored;
    private int first = NONE;
    private int last = NONE;
    private int listed;

    /** @param restoredId as {@code id}, the number of a queue among those that share the places */
    HistoryQueue(int id, int restoredId, IntPages places, IntToLongFunction lastReference) {
        this.id = id;
        this.places = places;
        this.restored = new SlotQueue(restoredId, places, lastReference);
    }

    int size() {
        return listed + restored.size();
    }

    boolean contains(int slot) {
        return isListed(slot) || restored.contains(slot);
    }

    /** The slot must not be in any of the queues. It is forgotten after all that are here. */
    void add(int slot) {
        places.set(slot, (last + 1) << SlotQueue.ID_BITS | id);
        if (last == NONE) {
            first = slot;
        } else {
            after.set(last, slot);
        }
        after.set(slot, NONE);
        last = slot;
        listed++;
    }

    /** As an earlier run remembered it. */
    void restore(int slot) {
        restored.add(slot);
    }

    boolean remove(int slot) {
        if (!isListed(slot)) {
            return restored.remove(slot);
        }
        int before = before(slot);
        int next = after.get(slot);
        if (before == NONE) {
            first = next;
        } else {
            after.set(before, next);
        }
        if (next == NONE) {
            last = before;
        } else {
            places.set(next, (before + 1) << SlotQueue.ID_BITS | id);
        }
        places.set(slot, 0);
        listed--;
        return true;
    }

    /** The slot to be forgotten first, or {@link #NONE}. */
    int peek() {
        int slot = restored.peek();
        return slot == NONE ? first : slot;
    }

    /** Without what the places take. */
    long memoryBytes() {
        return after.memoryBytes() + restored.memoryBytes();
    }

    private boolean isListed(int slot) {
        return (places.get(slot) & SlotQueue.MAX_ID) == id;
    }

    private int before(int slot) {
        return (places.get(slot) >>> SlotQueue.ID_BITS) - 1;
    }
}
