package io.zonecache.client.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SilenceTest {

    private final Silence silence = new Silence();

    @Test
    void shouldCountFromTheFirstRequestThatIsUnanswered() {
        silence.sent(100);
        silence.sent(150);
        assertThat(silence.nanos(300)).isEqualTo(200);
        silence.heard(310);
        assertThat(silence.nanos(400)).as("one is still under way").isEqualTo(90);
        silence.heard(420);
        assertThat(silence.nanos(10_000)).as("nothing is").isZero();
    }

    @Test
    void shouldNotCountPausesBetweenRequests() {
        silence.sent(0);
        silence.unanswered(100);
        assertThat(silence.nanos(1_000_000)).isEqualTo(100);
        silence.sent(2_000_000);
        assertThat(silence.nanos(2_000_050)).isEqualTo(150);
        silence.heard(2_000_060);
        silence.sent(3_000_000);
        assertThat(silence.nanos(3_000_001)).isEqualTo(1);
    }

    @Test
    void shouldTakeMoreAnswersThanRequestsForNoRequest() {
        silence.heard(10);
        silence.unanswered(20);
        assertThat(silence.isWaiting()).isFalse();
        silence.sent(30);
        assertThat(silence.isWaiting()).isTrue();
    }

    @Test
    void shouldBeginAnewWithEachPartOfAnAnswer() {
        silence.sent(100);
        silence.sent(100);
        silence.progressed(250);
        assertThat(silence.nanos(300)).isEqualTo(50);
        silence.progressed(400);
        assertThat(silence.nanos(410)).isEqualTo(10);
        silence.unanswered(500);
        assertThat(silence.nanos(600)).as("the other one is still under way").isEqualTo(200);
    }
}
