package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PeerSilenceTest {

    /** As if the clock were about to wrap. */
    private static final long START = Long.MAX_VALUE - 1_000;

    private final PeerSilence silence = new PeerSilence(START);

    @Test
    void shouldAddUpShortRequestsButNoPauses() {
        for (int i = 0; i < 4; i++) {
            assertThat(add(10_000L * i, 10_000L * i + 100)).isFalse();
        }
        assertThat(add(90_000, 90_099)).isFalse();
        assertThat(add(95_000, 95_001)).isTrue();
    }

    @Test
    void shouldCountOverlappingRequestsOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(add(0, 20)).isFalse();
        }
        assertThat(add(10, 499)).isFalse();
        assertThat(add(10, 500)).isTrue();
    }

    @Test
    void shouldBeginAnewWhenTheNodeIsHeard() {
        add(0, 400);
        silence.heard(at(1_000));
        assertThat(add(900, 1_300)).isFalse();
        assertThat(add(1_300, 1_500)).isTrue();
    }

    @Test
    void shouldTakeOneLongSilenceForEnoughWhateverOtherConnectionsCarry() {
        silence.heard(at(490));
        assertThat(add(0, 500)).isTrue();
    }

    private boolean add(long fromMillis, long nowMillis) {
        return silence.add(at(fromMillis), at(nowMillis));
    }

    private static long at(long millis) {
        return START + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
