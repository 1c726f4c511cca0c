package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SettlingTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Settling settling = new Settling(0, 600 * SECOND);
    private long now;
    private long reads;
    private long repairs;

    @Test
    void shouldSettleAfterAWindowInWhichTheZoneIsWholeAndRepairsAreRare() {
        probeFor(9, null, 1_000, 1);
        assertThat(settling.isSettled()).isFalse();
        probeFor(4, null, 1_000, 1);
        assertThat(settling.isSettled()).isTrue();
        assertThat(settling.isQuiet()).isTrue();
    }

    @Test
    void shouldWaitForANodeThatIsDown() {
        probeFor(120, "nodes down: n3", 1_000, 0);
        assertThat(settling.isSettled()).isFalse();
        probeFor(13, null, 1_000, 0);
        assertThat(settling.isSettled()).isTrue();
    }

    @Test
    void shouldBeginAnewWhenANodeGoesDownWithinTheWindow() {
        probeFor(8, null, 1_000, 0);
        probeFor(1, "nodes down: n3", 1_000, 0);
        probeFor(8, null, 1_000, 0);
        assertThat(settling.isSettled()).isFalse();
    }

    @Test
    void shouldWaitWhileANodeThatCameBackEmptyIsRepaired() {
        probeFor(100, null, 1_000, 50);
        assertThat(settling.isQuiet()).isFalse();
        assertThat(settling.isSettled()).isFalse();
        probeFor(22, null, 1_000, 10);
        assertThat(settling.isSettled()).isTrue();
    }

    @Test
    void shouldTakeAFewRepairsForQuietWhereReadsAreFew() {
        probeFor(13, null, 1, 0);
        assertThat(settling.isQuiet()).isTrue();
        probeFor(11, null, 1, 1);
        assertThat(settling.isQuiet()).isTrue();
        probeFor(22, null, 1, 2);
        assertThat(settling.isQuiet()).isFalse();
    }

    @Test
    void shouldStaySettledWhateverHappensToOthersLater() {
        probeFor(13, null, 1_000, 0);
        probeFor(60, "nodes down: n3", 1_000, 50);
        assertThat(settling.isSettled()).isTrue();
        assertThat(settling.isQuiet()).isFalse();
    }

    @Test
    void shouldSettleAtItsLimitInAnyCase() {
        probeFor(599, "nodes down: n3", 1_000, 50);
        assertThat(settling.isSettled()).isFalse();
        probeFor(2, "nodes down: n3", 1_000, 50);
        assertThat(settling.isSettled()).isTrue();
        assertThat(settling.isQuiet()).isFalse();
    }

    private void probeFor(int seconds, @Nullable String unrest, int readsEachSecond, int repairsEachSecond) {
        for (int second = 0; second < seconds; second++) {
            now += SECOND;
            reads += readsEachSecond;
            repairs += repairsEachSecond;
            settling.observe(now, unrest, reads, repairs);
        }
    }
}
