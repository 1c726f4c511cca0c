package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.LongPages;

/** Least recently used goes first; nothing is remembered of what went. One stamp for each slot. */
public final class Lru implements EvictionPolicy {

    private final LongPages last = new LongPages();

    @Override
    public String name() {
        return "lru";
    }

    @Override
    public void reference(int slot, long now) {
        last.set(slot, now);
    }

    @Override
    public void admit(int slot, long now) {
        if (last.get(slot) == 0) {
            last.set(slot, now);
        }
    }

    @Override
    public long rank(int slot) {
        return last.get(slot);
    }

    @Override
    public long evictableFrom(int slot) {
        return 0;
    }

    @Override
    public long lastReference(int slot) {
        return last.get(slot);
    }

    @Override
    public boolean remembersEvicted() {
        return false;
    }

    @Override
    public void forget(int slot) {
        last.set(slot, 0);
    }

    @Override
    public int stamps() {
        return 1;
    }

    @Override
    public long stamp(int slot, int i) {
        return last.get(slot);
    }

    @Override
    public void restore(int slot, long[] stamps) {
        last.set(slot, stamps.length > 0 ? stamps[0] : 0);
    }

    @Override
    public long memoryBytes() {
        return last.memoryBytes();
    }
}
