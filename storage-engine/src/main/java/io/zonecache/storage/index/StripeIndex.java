package io.zonecache.storage.index;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.storage.eviction.Residency;
import io.zonecache.storage.slots.IntPages;
import io.zonecache.storage.slots.KeyTable;
import org.jspecify.annotations.Nullable;

/**
 * Chunk key to where its records are, with the references that decide what stays.
 *
 * <p>A resident entry with LRU-2 takes about 94 bytes at a million: 32 key, 4 to 8 table, 16 place, 20 stamps, 16 queue. What is
 * remembered of evicted keys takes as much and is bounded by {@link Residency} and by the number of keys in all. Not thread-safe: the store's lock guards it, and
 * no call takes longer than some array accesses (but for the growth of the table).
 */
public final class StripeIndex {

    public static final int NONE = KeyTable.NONE;

    private final KeyTable keys;
    private final Residency residency;
    private final @Nullable ChangeLog changes;
    private final int maxKeys;
    private final IntPages segments = new IntPages();
    private final IntPages sequences = new IntPages();
    private final IntPages recordBytes = new IntPages();
    private final IntPages checksums = new IntPages();
    private long liveBytes;

    /** An index of any size. */
    public StripeIndex(Residency residency, long hashSeed, @Nullable ChangeLog changes) {
        this(residency, hashSeed, changes, Integer.MAX_VALUE);
    }

    /**
     * @param changes told of what must be stored, if anything is stored
     * @param maxKeys the history gives way beyond so many keys; that no more are held is up to the caller, by {@link #isFull}
     */
    public StripeIndex(Residency residency, long hashSeed, @Nullable ChangeLog changes, int maxKeys) {
        this.maxKeys = maxKeys;
        this.residency = residency;
        this.keys = new KeyTable(hashSeed);
        this.changes = changes;
    }

    /** The slot of a key whose records are held, or {@link #NONE}. */
    public int find(ChunkKey key) {
        int slot = keys.find(key);
        return slot != NONE && residency.isResident(slot) ? slot : NONE;
    }

    /** Whether references to the key are known, be it held or remembered. */
    public boolean knows(ChunkKey key) {
        return keys.find(key) != NONE;
    }

    /** Whether this record and nothing else is held of its chunk. */
    public boolean holdsRecord(StripeHeader header) {
        int slot = find(header.key());
        return slot != NONE
                && isSingleRecord(slot)
                && recordBytes(slot) == header.recordBytes()
                && checksum(slot) == header.crc32c();
    }

    /** The slot of a key that is held or remembered, or {@link #NONE}. */
    public int slotOf(ChunkKey key) {
        return keys.find(key);
    }

    /** Whether the slot will probably stay longer than others, by what the policy knows of it. */
    public boolean isProven(int slot) {
        return residency.policy().isProven(slot);
    }

    /** When the key was referenced last, held or not; 0 if that isn't known. */
    public long lastReference(ChunkKey key) {
        int slot = slotOf(key);
        return slot == NONE ? 0 : residency.policy().lastReference(slot);
    }

    /** As {@link #find}, and counts as a reference even if nothing is held. */
    public int reference(ChunkKey key, long now) {
        int slot = keys.findOrAdd(key);
        residency.reference(slot, now);
        changed(slot);
        if (residency.isResident(slot)) {
            return slot;
        }
        trimHistory();
        return NONE;
    }

    /** The key's records are now at this place, and nowhere else; returns its slot. */
    public int put(ChunkKey key, Place place, long now) {
        int slot = keys.findOrAdd(key);
        if (residency.isResident(slot)) {
            liveBytes -= recordBytes(slot);
        } else {
            residency.admit(slot, now);
        }
        setPlace(slot, place);
        changed(slot);
        trimHistory();
        return slot;
    }

    /** The same records are at another place now. */
    public void move(int slot, int segment, int sequence) {
        segments.set(slot, segment);
        sequences.set(slot, sequence);
        changed(slot);
    }

    /** As an earlier run stored it; the key must be new here. Returns its slot. */
    public int restore(ChunkKey key, @Nullable Place place, long[] stamps) {
        int slot = keys.findOrAdd(key);
        if (place != null) {
            setPlace(slot, place);
        }
        residency.restore(slot, place != null, stamps);
        return slot;
    }

    /**
     * Records that were found on disk, of a key that isn't held: known as stored at that time if nothing else is known of it.
     *
     * @param storedAt not above {@code now}
     */
    public void recover(ChunkKey key, Place place, long storedAt, long now) {
        if (keys.find(key) != NONE) {
            put(key, place, now);
            return;
        }
        changed(restore(key, place, new long[] {storedAt, storedAt}));
        trimHistory();
    }

    /** Forgets what an earlier run remembered beyond the bound. To be called once after the last {@link #restore}. */
    public void trimHistory() {
        for (int slot = residency.nextToForget(); slot != NONE; slot = residency.nextToForget()) {
            forget(slot);
        }
        while (residency.residents() + residency.remembered() > maxKeys && residency.remembered() > 0) {
            forget(residency.oldestRemembered());
        }
    }

    /** Whether one more key can be held only in the place of another. */
    public boolean isFull() {
        return residency.residents() >= maxKeys;
    }

    /** The slot that the policy would let go next, or {@link #NONE}. */
    public int victim(long now) {
        return residency.victim(now);
    }

    /** The records of a slot that is held are held no more; its references stay known. */
    public void evict(int slot) {
        liveBytes -= recordBytes(slot);
        residency.evict(slot);
        changed(slot);
        trimHistory();
    }

    /** As {@link #evict}, ahead of a {@link #put} of the same key: that other records come ends no correlated period. */
    public void withdraw(int slot) {
        liveBytes -= recordBytes(slot);
        residency.withdraw(slot);
        changed(slot);
    }

    public boolean isResident(int slot) {
        return residency.isResident(slot);
    }

    public Residency residency() {
        return residency;
    }

    public ChunkKey keyOf(int slot) {
        return keys.keyOf(slot);
    }

    public int segment(int slot) {
        return segments.get(slot);
    }

    public int sequence(int slot) {
        return sequences.get(slot);
    }

    public int recordBytes(int slot) {
        return recordBytes.get(slot) & Integer.MAX_VALUE;
    }

    public int checksum(int slot) {
        return checksums.get(slot);
    }

    public boolean isSingleRecord(int slot) {
        return recordBytes.get(slot) >= 0;
    }

    public Place placeOf(int slot) {
        return new Place(segment(slot), sequence(slot), recordBytes(slot), checksum(slot), isSingleRecord(slot));
    }

    /** Every slot is below this number. */
    public int slotBound() {
        return keys.slotBound();
    }

    public int stripes() {
        return residency.residents();
    }

    public int remembered() {
        return residency.remembered();
    }

    public long liveBytes() {
        return liveBytes;
    }

    /** The history's part of {@link #memoryBytes}. */
    public long historyBytes() {
        int slots = Math.max(1, keys.slotBound());
        return memoryBytes() / slots * residency.remembered();
    }

    /** The history included. */
    public long memoryBytes() {
        return keys.memoryBytes()
                + residency.memoryBytes()
                + segments.memoryBytes()
                + sequences.memoryBytes()
                + recordBytes.memoryBytes()
                + checksums.memoryBytes();
    }

    private void forget(int slot) {
        if (changes != null) {
            changes.forgotten(slot, keys.keyOf(slot));
        }
        residency.forget(slot);
        keys.remove(slot);
    }

    private void setPlace(int slot, Place place) {
        segments.set(slot, place.segment());
        sequences.set(slot, place.sequence());
        recordBytes.set(slot, place.singleRecord() ? place.recordBytes() : place.recordBytes() | Integer.MIN_VALUE);
        checksums.set(slot, place.checksum());
        liveBytes += place.recordBytes();
    }

    private void changed(int slot) {
        if (changes != null) {
            changes.changed(slot);
        }
    }

    /**
     * Where records are and what they are.
     *
     * @param sequence the records' number within the segment
     * @param checksum of the record if it is a single one
     */
    public record Place(int segment, int sequence, int recordBytes, int checksum, boolean singleRecord) {}

    /** Told of every change that an index kept on disk must follow. */
    public interface ChangeLog {

        void changed(int slot);

        /** The slot stands for this key no more. */
        void forgotten(int slot, ChunkKey key);
    }
}
