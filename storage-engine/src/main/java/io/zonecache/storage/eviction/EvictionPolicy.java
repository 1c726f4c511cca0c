package io.zonecache.storage.eviction;

/**
 * Ranks slots by what is known of their references. Keeps the references only: which slots are resident is a
 * {@link ResidentQueue}'s business, so that several tiers can follow the same references.
 *
 * <p>Times are in units of the caller's choice (the store: milliseconds of running time; a simulation: accesses), at least 1, and
 * never fall. Not thread-safe.
 */
public interface EvictionPolicy {

    /** As in {@code --policy}: {@code lru-2}, {@code lru}, {@code fifo}. */
    String name();

    /** The slot was asked for, whether it is resident or not. */
    void reference(int slot, long now);

    /** The slot has become resident. Not a reference, unless nothing is known of the slot: then it counts as its first. */
    void admit(int slot, long now);

    /** The slot is resident no more, perhaps from before the time at which it was to be evictable. */
    default void evicted(int slot, long now) {}

    /** The lowest goes first. Never falls as long as the slot is known. */
    long rank(int slot);

    /** Whether all is known of the slot that its rank could take into account: then it will probably stay longer than those without. */
    default boolean isProven(int slot) {
        return true;
    }

    /** The time from which the slot may go. Never falls as long as the slot is known. */
    long evictableFrom(int slot);

    /** 0 if nothing is known of the slot. */
    long lastReference(int slot);

    /** Whether references are worth keeping for what was evicted. */
    boolean remembersEvicted();

    /** Nothing is known of the slot any more. */
    void forget(int slot);

    /** How many numbers {@link #stamp} has for each slot: what must be stored to know as much after a restart. */
    int stamps();

    /** In falling order of time. */
    long stamp(int slot, int i);

    /** The opposite of {@link #stamp}; stamps that are missing count as never, those too many are ignored. */
    void restore(int slot, long[] stamps);

    long memoryBytes();
}
