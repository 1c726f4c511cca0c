package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.LongPages;

/** What came first goes first, however often it is asked for. Two stamps for each slot; nothing is remembered of what went. */
public final class Fifo implements EvictionPolicy {

    private final LongPages last = new LongPages();
    private final LongPages admitted = new LongPages();

    @Override
    public String name() {
        return "fifo";
    }

    @Override
    public void reference(int slot, long now) {
        last.set(slot, now);
    }

    @Override
    public void admit(int slot, long now) {
        if (admitted.get(slot) == 0) {
            admitted.set(slot, now);
        }
        if (last.get(slot) == 0) {
            last.set(slot, now);
        }
    }

    @Override
    public long rank(int slot) {
        return admitted.get(slot);
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
        admitted.set(slot, 0);
    }

    @Override
    public int stamps() {
        return 2;
    }

    @Override
    public long stamp(int slot, int i) {
        return i == 0 ? last.get(slot) : admitted.get(slot);
    }

    @Override
    public void restore(int slot, long[] stamps) {
        last.set(slot, stamps.length > 0 ? stamps[0] : 0);
        admitted.set(slot, stamps.length > 1 ? stamps[1] : last.get(slot));
    }

    @Override
    public long memoryBytes() {
        return last.memoryBytes() + admitted.memoryBytes();
    }
}
