package io.zonecache.storage.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The two-pool experiment of O'Neil, O'Neil and Weikum, table 4.1: 100 hot and 10,000 cold pages, referenced in strict alternation,
 * each at random within its pool.
 */
class TwoPoolTest {

    private static final int HOT_PAGES = 100;
    private static final int COLD_PAGES = 10_000;
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 400_000;
    private static final long SEED = 19930526;

    @ParameterizedTest
    @CsvSource({
        "1, 60, 0.14", "2, 60, 0.291", "3, 60, 0.300",
        "1, 100, 0.22", "2, 100, 0.459", "3, 100, 0.495",
        "1, 200, 0.37", "2, 200, 0.505", "3, 200, 0.505"
    })
    void shouldHitAsOftenAsInThePaper(int k, int capacity, double expected) {
        Random random = new Random(SEED);
        CacheModel cache = new CacheModel(new LruK(k, 0), capacity, HistoryBound.NONE);
        int hits = 0;
        for (int i = 0; i < WARM_UP + MEASURED; i++) {
            int page = i % 2 == 0 ? random.nextInt(HOT_PAGES) : HOT_PAGES + random.nextInt(COLD_PAGES);
            boolean hit = cache.access(page, i + 1);
            hits += hit && i >= WARM_UP ? 1 : 0;
        }
        assertThat((double) hits / MEASURED).as("seed %d", SEED).isCloseTo(expected, within(0.01));
    }
}
