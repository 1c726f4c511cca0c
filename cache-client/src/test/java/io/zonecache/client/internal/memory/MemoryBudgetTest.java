package io.zonecache.client.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.memory.MemoryBudget.Share;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public final class MemoryBudgetTest {

    private static final int CHUNK = 10_000;

    private final MemoryBudget budget = new MemoryBudget(MemoryBudget.minBytes(CHUNK) + 1_000, CHUNK);

    /** For tests in which memory is no matter. */
    public static MemoryBudget ample() {
        return new MemoryBudget(1L << 40, 1 << 24);
    }

    @Test
    void shouldLeaveEachSideWhatALargestChunkTakes() {
        Share reads = budget.reads();
        Share fills = budget.fills();
        assertThat(reads.tryTake(reads.maxBytes() + 1)).isFalse();
        assertThat(reads.tryTake(reads.maxBytes())).isTrue();
        assertThat(fills.tryTake(3 * CHUNK)).as("a chunk and its stripes").isTrue();
        fills.release(3 * CHUNK);
        reads.release(reads.maxBytes());
        assertThat(fills.tryTake(fills.maxBytes())).isTrue();
        assertThat(reads.tryTake(2 * CHUNK)).as("a chunk and its parity").isTrue();
        assertThat(budget.inFlightBytes()).isLessThanOrEqualTo(budget.capacityBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverGiveOutMoreThanThereIs(long seed) {
        Random random = new Random(seed);
        Deque<Runnable> releases = new ArrayDeque<>();
        long expected = 0;
        long peak = 0;
        for (int i = 0; i < 20_000; i++) {
            Share share = random.nextBoolean() ? budget.reads() : budget.fills();
            long bytes = random.nextLong(1, 2 * CHUNK);
            long before = budget.inFlightBytes();
            if (random.nextInt(3) > 0 && share.tryTake(bytes)) {
                expected += bytes;
                releases.add(() -> share.release(bytes));
            } else if (!releases.isEmpty()) {
                releases.remove().run();
                expected -= before - budget.inFlightBytes();
            }
            peak = Math.max(peak, expected);
            assertThat(budget.inFlightBytes()).as("seed %d", seed).isEqualTo(expected);
            assertThat(expected).as("seed %d", seed).isBetween(0L, budget.capacityBytes());
        }
        releases.forEach(Runnable::run);
        assertThat(budget.inFlightBytes()).as("seed %d", seed).isZero();
        assertThat(budget.peakBytes()).as("seed %d", seed).isEqualTo(peak);
    }

    @Test
    void shouldTellOfEveryChangeBeforeTheTakerGoesOn() {
        long[] heard = {0};
        budget.onChange(() -> heard[0] = budget.inFlightBytes());
        assertThat(budget.reads().tryTake(7)).isTrue();
        assertThat(heard[0]).isEqualTo(7);
        budget.reads().release(7);
        assertThat(heard[0]).isZero();
    }

    @Test
    void shouldGiveTurnsOneAfterTheOtherAndMissNone() {
        int[] depth = {0};
        int[] runs = {0};
        budget.onRelease(() -> {
            assertThat(++depth[0]).isEqualTo(1);
            if (++runs[0] < 100_000) {
                budget.reads().serve();
            }
            depth[0]--;
        });
        budget.reads().serve();
        assertThat(runs[0]).isEqualTo(100_000);
    }

    @Test
    void shouldGiveTurnsAgainAfterOneThatThrew() {
        int[] runs = {0};
        budget.onRelease(() -> {
            if (++runs[0] == 1) {
                throw new IllegalStateException("broken");
            }
        });
        assertThatThrownBy(() -> budget.fills().serve()).hasMessage("broken");
        budget.fills().serve();
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    void shouldServeAllThatWasAskedForThoughOneThrows() {
        int[] runs = {0, 0};
        budget.onRelease(() -> {
            if (++runs[0] == 1) {
                budget.reads().serve();
                throw new NoClassDefFoundError("injected");
            }
        });
        budget.onRelease(() -> runs[1]++);
        assertThatThrownBy(() -> budget.fills().serve()).hasMessage("injected");
        assertThat(runs).containsExactly(2, 2);
    }

    @Test
    void shouldLeaveNothingTakenThoughAListenerThrows() {
        int[] heard = {0};
        budget.onChange(() -> {
            throw new NoClassDefFoundError("injected");
        });
        budget.onChange(() -> heard[0]++);
        assertThat(budget.reads().tryTake(7)).isTrue();
        budget.reads().release(7);
        assertThat(budget.inFlightBytes()).isZero();
        assertThat(heard[0]).isEqualTo(2);
    }
}
