package io.zonecache.client.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.time.VirtualTimer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OriginBackoffTest {

    private final VirtualTimer timer = new VirtualTimer();
    private final OriginBackoff slowDown = new OriginBackoff(16, timer, new Random(1));

    private long ask() {
        return slowDown.onSlowDown(timer.nanoTime()) / 1_000_000;
    }

    private void passPause() {
        timer.advanceMillis(slowDown.pausedNanos() / 1_000_000 + 1);
        assertThat(slowDown.pausedNanos()).isZero();
    }

    @Test
    void shouldPauseLongerEachTimeInARowUpToABound() {
        long[] expected = {500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000};
        for (long millis : expected) {
            assertThat(ask()).isBetween(millis, millis * 5 / 4);
            assertThat(slowDown.limit()).isZero();
            passPause();
        }
        assertThat(slowDown.succeeded(timer.nanoTime())).isTrue();
        assertThat(ask()).as("after a success").isBetween(500L, 625L);
    }

    @Test
    void shouldHalveForEachWaveAndNeverStop() {
        int[] expected = {8, 4, 2, 1, 1, 1};
        for (int limit : expected) {
            assertThat(ask()).isPositive();
            passPause();
            assertThat(slowDown.limit()).isEqualTo(limit);
        }
    }

    @Test
    void shouldCountOneWaveOnce() {
        long together = timer.nanoTime();
        timer.advanceMillis(20);
        assertThat(slowDown.onSlowDown(together)).isPositive();
        for (int i = 0; i < 15; i++) {
            timer.advanceMillis(2);
            assertThat(slowDown.onSlowDown(together)).isZero();
            assertThat(slowDown.succeeded(together)).isFalse();
        }
        passPause();
        assertThat(slowDown.onSlowDown(together))
                .as("an answer later than the pause")
                .isZero();
        assertThat(slowDown.limit()).isEqualTo(8);
    }

    @Test
    void shouldGrowBackByOneForEachSuccessUpToTheLimit() {
        assertThat(ask()).isPositive();
        passPause();
        for (int limit = 9; limit <= 16; limit++) {
            assertThat(slowDown.succeeded(timer.nanoTime())).isTrue();
            assertThat(slowDown.limit()).isEqualTo(limit);
        }
        assertThat(slowDown.succeeded(timer.nanoTime())).isFalse();
        assertThat(slowDown.limit()).isEqualTo(16);
    }
}
