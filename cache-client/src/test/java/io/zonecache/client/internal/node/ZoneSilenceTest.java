package io.zonecache.client.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ZoneSilenceTest {

    private final ZoneSilence silence = new ZoneSilence();

    @Test
    void shouldCountFromTheFirstRequestThatNobodyAnswers() {
        silence.sent(100);
        silence.sent(150);
        assertThat(silence.nanos(300)).isEqualTo(200);
        silence.heard(310);
        assertThat(silence.nanos(310)).isZero();
    }

    @Test
    void shouldNotTakeOneNodesSilenceForTheZonesHoweverLongNothingElseIsAsked() {
        silence.sent(100);
        silence.sent(100);
        silence.heard(110);
        assertThat(silence.nanos(1_000_000)).isZero();
        silence.unanswered(1_000_000);
        assertThat(silence.nanos(2_000_000)).isZero();
    }

    @Test
    void shouldNotCountTheWaitForAConnectionFromBeforeOthersWereHeard() {
        silence.heard(1_000);
        silence.sent(200);
        silence.unanswered(1_040);
        assertThat(silence.nanos(5_000)).isEqualTo(40);
        silence.heard(5_000);
        assertThat(silence.nanos(6_000)).isZero();
    }

    @Test
    void shouldAddUpShortRequestsButNoPauses() {
        silence.sent(0);
        silence.unanswered(100);
        assertThat(silence.nanos(1_000_000)).isEqualTo(100);
        silence.sent(2_000_000);
        assertThat(silence.nanos(2_000_050)).isEqualTo(150);
        silence.heard(2_000_060);
        silence.sent(3_000_000);
        assertThat(silence.nanos(3_000_001)).isEqualTo(1);
    }
}
