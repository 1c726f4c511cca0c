package io.zonecache.storage.slots;

import io.zonecache.model.ChunkKey;
import java.util.Arrays;

/**
 * Chunk key to slot: an open-addressing table of slot numbers over pages of key words.
 *
 * <p>Linear probing with deletion by shifting back, so there are no tombstones to sweep. An entry takes 32 bytes of key and
 * 4 bytes over the load factor (0.4 to 0.8) of table; a freed slot is reused, and the free list lies in the freed keys' own words.
 * The hash is seeded for each table: keys under the scheme {@code opaque} are whatever a client says. Growing rehashes all
 * entries, some 50 ns each. Not thread-safe.
 */
public final class KeyTable {

    public static final int NONE = -1;

    private static final int WORDS = 4;
    private static final int MIN_TABLE = 1024;
    private static final double MAX_LOAD = 0.8;

    private final LongPages words = new LongPages();
    private final long seed;
    private int[] table = newTable(MIN_TABLE);
    private int size;
    private int slotsUsed;
    private int freeHead = NONE;

    public KeyTable(long seed) {
        this.seed = seed;
    }

    /** How many keys are known. */
    public int size() {
        return size;
    }

    /** Every slot is below this number. */
    public int slotBound() {
        return slotsUsed;
    }

    /** The key's slot, or {@link #NONE}. */
    public int find(ChunkKey key) {
        int mask = table.length - 1;
        for (int at = home(key.w0(), key.w1(), key.w2(), key.w3()); ; at = at + 1 & mask) {
            int slot = table[at];
            if (slot == NONE || isKey(slot, key)) {
                return slot;
            }
        }
    }

    /** The key's slot, a new one if it had none. */
    public int findOrAdd(ChunkKey key) {
        int found = find(key);
        if (found != NONE) {
            return found;
        }
        if (size + 1 > table.length * MAX_LOAD) {
            grow();
        }
        int slot = takeSlot();
        int word = slot * WORDS;
        words.set(word, key.w0());
        words.set(word + 1, key.w1());
        words.set(word + 2, key.w2());
        words.set(word + 3, key.w3());
        insert(slot);
        size++;
        return slot;
    }

    public ChunkKey keyOf(int slot) {
        int word = slot * WORDS;
        return new ChunkKey(words.get(word), words.get(word + 1), words.get(word + 2), words.get(word + 3));
    }

    /** Frees the slot, which must be in use, for another key. */
    public void remove(int slot) {
        int mask = table.length - 1;
        int at = home(slot);
        while (table[at] != slot) {
            at = at + 1 & mask;
        }
        int hole = at;
        for (int next = hole + 1 & mask; table[next] != NONE; next = next + 1 & mask) {
            int home = home(table[next]);
            if ((next - home & mask) >= (next - hole & mask)) {
                table[hole] = table[next];
                hole = next;
            }
        }
        table[hole] = NONE;
        words.set(slot * WORDS, freeHead);
        freeHead = slot;
        size--;
    }

    public long memoryBytes() {
        return words.memoryBytes() + (long) table.length * Integer.BYTES;
    }

    private int takeSlot() {
        if (freeHead == NONE) {
            return slotsUsed++;
        }
        int slot = freeHead;
        freeHead = (int) words.get(slot * WORDS);
        return slot;
    }

    private void insert(int slot) {
        int mask = table.length - 1;
        int at = home(slot);
        while (table[at] != NONE) {
            at = at + 1 & mask;
        }
        table[at] = slot;
    }

    private void grow() {
        int[] old = table;
        table = newTable(old.length * 2);
        for (int slot : old) {
            if (slot != NONE) {
                insert(slot);
            }
        }
    }

    private boolean isKey(int slot, ChunkKey key) {
        int word = slot * WORDS;
        return words.get(word) == key.w0()
                && words.get(word + 1) == key.w1()
                && words.get(word + 2) == key.w2()
                && words.get(word + 3) == key.w3();
    }

    private int home(int slot) {
        int word = slot * WORDS;
        return home(words.get(word), words.get(word + 1), words.get(word + 2), words.get(word + 3));
    }

    /** Each word is multiplied after the seed has met it, so that no relation of words chosen beforehand cancels out. */
    private int home(long w0, long w1, long w2, long w3) {
        long h = (w0 ^ seed) * 0x9E3779B97F4A7C15L;
        h = (Long.rotateLeft(h, 29) ^ w1) * 0xBF58476D1CE4E5B9L;
        h = (Long.rotateLeft(h, 31) ^ w2) * 0x94D049BB133111EBL;
        h = (Long.rotateLeft(h, 27) ^ w3) * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32) & table.length - 1;
    }

    private static int[] newTable(int length) {
        int[] table = new int[length];
        Arrays.fill(table, NONE);
        return table;
    }
}
