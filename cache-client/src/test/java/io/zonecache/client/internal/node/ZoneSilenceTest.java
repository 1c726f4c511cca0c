package io.zonecache.client.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ZoneSilenceTest {

    private static final String FIRST = "first";
    private static final String SECOND = "second";

    private long nowNanos;
    private final ZoneSilence silence = new ZoneSilence(() -> nowNanos);

    @Test
    void shouldCountFromTheFirstRequestThatNobodyAnswers() {
        silence.sent(FIRST, 100);
        silence.sent(SECOND, 150);
        assertThat(nanos(300)).isEqualTo(200);
        silence.heard(310);
        assertThat(nanos(310)).isZero();
    }

    @Test
    void shouldNotTakeOneNodesSilenceForTheZonesHoweverLongNothingElseIsAsked() {
        silence.sent(FIRST, 100);
        silence.sent(SECOND, 100);
        silence.heard(110);
        assertThat(nanos(1_000_000)).isZero();
        silence.unanswered(FIRST, 1_000_000);
        assertThat(nanos(2_000_000)).isZero();
    }

    @Test
    void shouldNotCountTheWaitForAConnectionFromBeforeOthersWereHeard() {
        silence.sent(FIRST, 200);
        silence.heard(1_000);
        silence.unanswered(FIRST, 1_040);
        assertThat(nanos(5_000)).isZero();
        silence.heard(5_000);
        assertThat(nanos(6_000)).isZero();
    }

    @Test
    void shouldNotLetTheEndOfAnOlderRequestEndTheCountOfALaterOne() {
        silence.sent(FIRST, 0);
        silence.heard(10);
        silence.sent(SECOND, 20);
        silence.unanswered(FIRST, 30);
        assertThat(nanos(50)).isEqualTo(30);
        silence.takeBack(FIRST);
        assertThat(nanos(60)).isEqualTo(40);
    }

    @Test
    void shouldAddUpShortRequestsButNoPauses() {
        silence.sent(FIRST, 0);
        silence.unanswered(FIRST, 100);
        assertThat(nanos(1_000_000)).isEqualTo(100);
        silence.sent(FIRST, 2_000_000);
        assertThat(nanos(2_000_050)).isEqualTo(150);
        silence.heard(2_000_060);
        silence.sent(FIRST, 3_000_000);
        assertThat(nanos(3_000_001)).isEqualTo(1);
    }

    private long nanos(long atNanos) {
        nowNanos = atNanos;
        return silence.nanos();
    }
}
