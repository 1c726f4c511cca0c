package io.zonecache.storage.eviction;

import java.util.HashMap;
import java.util.Map;

/** A cache of so many entries of one size over a policy; keys are numbers, slots are handed out and freed as the policy forgets. */
final class CacheModel {

    private final Residency residency;
    private final int capacity;
    private final Map<Long, Integer> slots = new HashMap<>();
    private final Map<Integer, Long> keys = new HashMap<>();
    private int nextSlot;

    CacheModel(EvictionPolicy policy, int capacity, int historyPercent) {
        this(policy, capacity, HistoryBound.ofStore(historyPercent, HistoryBound.FOREVER));
    }

    CacheModel(EvictionPolicy policy, int capacity, HistoryBound history) {
        this.residency = new Residency(policy, history);
        this.capacity = capacity;
    }

    Residency residency() {
        return residency;
    }

    boolean holds(long key) {
        Integer slot = slots.get(key);
        return slot != null && residency.isResident(slot);
    }

    /** A GET, and the PUT that follows if it missed; whether it hit. */
    boolean access(long key, long now) {
        boolean hit = get(key, now);
        if (!hit) {
            put(key, now);
        }
        return hit;
    }

    boolean get(long key, long now) {
        int slot = slotOf(key);
        residency.reference(slot, now);
        boolean hit = residency.isResident(slot);
        trim();
        return hit;
    }

    void put(long key, long now) {
        int slot = slotOf(key);
        if (!residency.isResident(slot)) {
            while (residency.residents() >= capacity) {
                residency.evict(residency.victim(now));
            }
            residency.admit(slot, now);
        }
        trim();
    }

    private int slotOf(long key) {
        Integer known = slots.get(key);
        if (known != null) {
            return known;
        }
        int slot = nextSlot++;
        slots.put(key, slot);
        keys.put(slot, key);
        return slot;
    }

    private void trim() {
        for (int slot = residency.nextToForget(); slot != Residency.NONE; slot = residency.nextToForget()) {
            residency.forget(slot);
            slots.remove(keys.remove(slot));
        }
    }
}
