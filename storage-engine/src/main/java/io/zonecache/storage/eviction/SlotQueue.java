package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.IntPages;
import io.zonecache.storage.slots.LongPages;
import java.util.function.IntToLongFunction;

/**
 * Slots ordered by a number that never falls: an 8-ary heap with lazily refreshed keys.
 *
 * <p>The heap keeps the number that each slot had when it was last looked at. As numbers only rise, that is a lower bound; so a root
 * whose number is still true is the true minimum, and one whose number has risen is sifted down and the next one is looked at. A
 * reference thus costs the heap nothing, and a root is refreshed at most once for every reference since it was last looked at.
 *
 * <p>The root stands at index 7, so that the eight children of a node begin at a multiple of eight: their keys are one cache line of
 * one page. 16 bytes for each slot, 4 of which (its place, with the number of the queue in the lowest bits) several queues share,
 * a slot being in one of them at a time. Not thread-safe.
 */
final class SlotQueue {

    static final int NONE = -1;

    private static final int ARITY = 8;
    private static final int ROOT = ARITY - 1;
    /** In a place: which queue it is a place in. */
    static final int ID_BITS = 3;

    static final int MAX_ID = (1 << ID_BITS) - 1;

    private final int id;
    private final IntToLongFunction currentKey;
    private final IntPages places;
    private final IntPages slots = new IntPages();
    private final LongPages keys = new LongPages();
    private int end = ROOT;
    private boolean rootIsGone;

    /**
     * @param id of 1 to 7, another for each queue over the same places
     * @param currentKey must not fall as long as the slot is queued
     */
    SlotQueue(int id, IntPages places, IntToLongFunction currentKey) {
        if (id < 1 || id > MAX_ID) {
            throw new IllegalArgumentException("id: " + id + " (expected: 1.." + MAX_ID + ")");
        }
        this.id = id;
        this.places = places;
        this.currentKey = currentKey;
    }

    int size() {
        return end - ROOT - (rootIsGone ? 1 : 0);
    }

    boolean contains(int slot) {
        return (places.get(slot) & MAX_ID) == id;
    }

    /** The slot must not be in any of the queues. */
    void add(int slot) {
        long key = currentKey.applyAsLong(slot);
        if (rootIsGone) {
            rootIsGone = false;
            siftDown(ROOT, slot, key);
        } else {
            siftUp(end++, slot, key);
        }
    }

    boolean remove(int slot) {
        if (!contains(slot)) {
            return false;
        }
        if (slots.get(ROOT) == slot && !rootIsGone) {
            places.set(slot, 0);
            rootIsGone = true;
            return true;
        }
        fillRoot();
        int hole = places.get(slot) >>> ID_BITS;
        places.set(slot, 0);
        end--;
        if (hole < end) {
            int moved = slots.get(end);
            long key = keys.get(end);
            if (hole > ROOT && key < keys.get(parentOf(hole))) {
                siftUp(hole, moved, key);
            } else {
                siftDown(hole, moved, key);
            }
        }
        return true;
    }

    /** The slot of the smallest number, or {@link #NONE}. */
    int peek() {
        fillRoot();
        while (end > ROOT) {
            int slot = slots.get(ROOT);
            long key = currentKey.applyAsLong(slot);
            if (key == keys.get(ROOT)) {
                return slot;
            }
            siftDown(ROOT, slot, key);
        }
        return NONE;
    }

    /** Without what the places take. */
    long memoryBytes() {
        return slots.memoryBytes() + keys.memoryBytes();
    }

    /** A root that went may be followed by a newcomer, which then costs one way down instead of one down and one up. */
    private void fillRoot() {
        if (rootIsGone) {
            rootIsGone = false;
            end--;
            if (end > ROOT) {
                siftDown(ROOT, slots.get(end), keys.get(end));
            }
        }
    }

    private static int parentOf(int place) {
        return place / ARITY + ARITY - 2;
    }

    private void siftUp(int place, int slot, long key) {
        int at = place;
        while (at > ROOT) {
            int parent = parentOf(at);
            long parentKey = keys.get(parent);
            if (parentKey <= key) {
                break;
            }
            put(at, slots.get(parent), parentKey);
            at = parent;
        }
        put(at, slot, key);
    }

    private void siftDown(int place, int slot, long key) {
        int at = place;
        for (int first = ARITY * (at - ARITY + 2); first < end; first = ARITY * (at - ARITY + 2)) {
            long[] page = keys.pageOf(first);
            int offset = LongPages.offsetOf(first);
            int last = Math.min(ARITY, end - first);
            int least = 0;
            long minKey = page[offset];
            for (int child = 1; child < last; child++) {
                long childKey = page[offset + child];
                if (childKey < minKey) {
                    minKey = childKey;
                    least = child;
                }
            }
            if (minKey >= key) {
                break;
            }
            put(at, slots.get(first + least), minKey);
            at = first + least;
        }
        put(at, slot, key);
    }

    private void put(int place, int slot, long key) {
        slots.set(place, slot);
        keys.set(place, key);
        places.set(slot, place << ID_BITS | id);
    }
}
