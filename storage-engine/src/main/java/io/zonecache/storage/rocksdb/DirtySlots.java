package io.zonecache.storage.rocksdb;

import io.zonecache.model.ChunkKey;
import io.zonecache.storage.index.StripeIndex;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which slots differ from the stored index, and which stored keys stand for nothing any more. Two bits for each slot; keys to delete
 * are at most as many as were stored at the last flush. Guarded by the store's lock.
 */
final class DirtySlots implements StripeIndex.ChangeLog {

    private final BitSet dirty = new BitSet();
    private final BitSet stored = new BitSet();
    private final Deque<ChunkKey> deleted = new ArrayDeque<>();

    @Override
    public void changed(int slot) {
        dirty.set(slot);
    }

    @Override
    public void forgotten(int slot, ChunkKey key) {
        dirty.clear(slot);
        if (stored.get(slot)) {
            stored.clear(slot);
            deleted.add(key);
        }
    }

    /** The slot is in the stored index, as it is or not. */
    void isStored(int slot) {
        stored.set(slot);
    }

    /** Whatever was stored must be stored again. */
    void storedChanged() {
        dirty.or(stored);
    }

    /** The first dirty slot from this one on, which is clean and stored afterwards; -1 if there is none. */
    int takeNext(int fromSlot) {
        int slot = dirty.nextSetBit(fromSlot);
        if (slot >= 0) {
            dirty.clear(slot);
            stored.set(slot);
        }
        return slot;
    }

    @Nullable
    ChunkKey takeDeleted() {
        return deleted.poll();
    }

    /** It could not be written after all. */
    void putBackDeleted(ChunkKey key) {
        deleted.add(key);
    }

    boolean isEmpty() {
        return dirty.isEmpty() && deleted.isEmpty();
    }

    long memoryBytes() {
        return (dirty.size() + stored.size()) / Byte.SIZE + deleted.size() * 56L;
    }
}
