package io.zonecache.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MILLI = 1_000_000L;

    @Test
    void shouldSpreadTurnsEvenly() {
        Pace pace = new Pace(100, 0);
        for (int i = 0; i < 50; i++) {
            assertThat(pace.takeNanos(0)).isEqualTo(i * 10L * MILLI);
        }
    }

    @Test
    void shouldNotMakeUpForTimeThatNobodyUsed() {
        Pace pace = new Pace(100, 0);
        assertThat(pace.takeNanos(0)).isZero();
        assertThat(pace.takeNanos(1_000 * MILLI)).isZero();
        assertThat(pace.takeNanos(1_000 * MILLI)).isEqualTo(10 * MILLI);
    }

    @Test
    void shouldNotHoldBackWhoHasNoLimit() {
        Pace pace = new Pace(0, 0);
        for (int i = 0; i < 50; i++) {
            assertThat(pace.takeNanos(0)).isZero();
        }
    }
}
