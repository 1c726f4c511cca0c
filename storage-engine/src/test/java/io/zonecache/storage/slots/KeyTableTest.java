package io.zonecache.storage.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTableTest {

    @Test
    void shouldAgreeWithAMapOverRandomAdditionsAndRemovals() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        KeyTable table = new KeyTable(seed);
        Map<ChunkKey, Integer> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            ChunkKey key = key(random.nextInt(6_000));
            Integer known = model.get(key);
            assertThat(table.find(key))
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(known == null ? KeyTable.NONE : known);
            if (known == null) {
                int slot = table.findOrAdd(key);
                assertThat(model.put(key, slot)).isNull();
                assertThat(table.keyOf(slot)).isEqualTo(key);
            } else if (random.nextBoolean()) {
                table.remove(known);
                model.remove(key);
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        assertThat(table.slotBound()).as("slots are reused").isLessThanOrEqualTo(6_000);
    }

    @Test
    void shouldKeepKeysApartThatDifferInOneWordOnly() {
        KeyTable table = new KeyTable(42);
        ChunkKey[] keys = {
            new ChunkKey(0, 0, 0, 0),
            new ChunkKey(1, 0, 0, 0),
            new ChunkKey(0, 1, 0, 0),
            new ChunkKey(0, 0, 1, 0),
            new ChunkKey(0, 0, 0, 1)
        };
        for (ChunkKey key : keys) {
            table.findOrAdd(key);
        }
        assertThat(table.size()).isEqualTo(keys.length);
    }

    private static ChunkKey key(int number) {
        return new ChunkKey(0, number % 7, 0, number);
    }
}
