package io.zonecache.storage.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.storage.slots.IntPages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both queues over one array of places, against a list and a map. */
class QueuesTest {

    private static final int SLOTS = 400;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final IntPages places = new IntPages();
    private final long[] key = new long[SLOTS];

    @Test
    void shouldAlwaysNameTheSmallestNumberThatIsQueued() {
        SlotQueue queue = new SlotQueue(1, places, slot -> key[slot]);
        SlotQueue other = new SlotQueue(2, places, slot -> key[slot]);
        Map<Integer, Boolean> queued = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            int slot = random.nextInt(SLOTS);
            key[slot] += random.nextInt(1_000);
            if (random.nextBoolean()) {
                Boolean inOther = queued.remove(slot);
                assertThat(queue.remove(slot)).as("seed %d", seed).isEqualTo(Boolean.FALSE.equals(inOther));
                assertThat(other.remove(slot)).as("seed %d", seed).isEqualTo(Boolean.TRUE.equals(inOther));
            } else if (!queued.containsKey(slot)) {
                queued.put(slot, random.nextInt(8) == 0);
                (queued.get(slot) ? other : queue).add(slot);
            }
            long[] least = {Long.MAX_VALUE};
            int[] size = {0};
            queued.forEach((member, inOther) -> {
                least[0] = inOther ? least[0] : Math.min(least[0], key[member]);
                size[0] += inOther ? 0 : 1;
            });
            assertThat(queue.size()).as("seed %d, step %d", seed, step).isEqualTo(size[0]);
            int head = queue.peek();
            assertThat(head == SlotQueue.NONE ? Long.MAX_VALUE : key[head])
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(least[0]);
        }
    }

    @Test
    void shouldForgetWhatAnEarlierRunLeftFirstAndThenInTheOrderOfItsComing() {
        HistoryQueue queue = new HistoryQueue(1, 2, places, slot -> key[slot]);
        List<Integer> restored = new ArrayList<>();
        for (int slot = 0; slot < SLOTS / 2; slot++) {
            key[slot] = random.nextInt(1_000_000);
            restored.add(slot);
            queue.restore(slot);
        }
        restored.sort(Comparator.comparingLong(slot -> key[slot]));
        List<Integer> added = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int slot = random.nextInt(SLOTS);
            boolean known = added.remove((Integer) slot) || restored.remove((Integer) slot);
            assertThat(queue.contains(slot)).as("seed %d", seed).isEqualTo(known);
            assertThat(queue.remove(slot)).as("seed %d", seed).isEqualTo(known);
            if (random.nextInt(3) > 0) {
                queue.add(slot);
                added.add(slot);
            }
            assertThat(queue.size()).isEqualTo(restored.size() + added.size());
            List<Integer> next = restored.isEmpty() ? added : restored;
            assertThat(queue.peek() == SlotQueue.NONE ? -1 : key[queue.peek()])
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(next.isEmpty() ? -1 : key[next.get(0)]);
            if (restored.isEmpty() && !added.isEmpty()) {
                assertThat(queue.peek()).as("seed %d", seed).isEqualTo(added.get(0));
            }
        }
    }
}
