package io.zonecache.client.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NodeSilenceTest {

    private static final String FIRST = "first";
    private static final String SECOND = "second";

    private final NodeSilence silence = new NodeSilence();

    @Test
    void shouldCountFromTheFirstRequestThatIsUnanswered() {
        silence.sent(FIRST, 100);
        silence.sent(SECOND, 150);
        assertThat(silence.nanos(300)).isEqualTo(200);
        answered(FIRST, 310);
        assertThat(silence.nanos(400)).as("one is still in flight").isEqualTo(90);
        answered(SECOND, 420);
        assertThat(silence.nanos(10_000)).as("nothing is").isZero();
    }

    @Test
    void shouldNotCountPausesBetweenRequests() {
        silence.sent(FIRST, 0);
        silence.unanswered(FIRST, 100);
        assertThat(silence.nanos(1_000_000)).isEqualTo(100);
        silence.sent(FIRST, 2_000_000);
        assertThat(silence.nanos(2_000_050)).isEqualTo(150);
        answered(FIRST, 2_000_060);
        silence.sent(FIRST, 3_000_000);
        assertThat(silence.nanos(3_000_001)).isEqualTo(1);
    }

    @Test
    void shouldCountNothingForARequestThatWasNotSent() {
        silence.heard(10);
        silence.unanswered(FIRST, 20);
        silence.takeBack(FIRST);
        assertThat(silence.isWaiting()).isFalse();
        assertThat(silence.nanos(30)).isZero();
        silence.sent(FIRST, 30);
        silence.unanswered(SECOND, 40);
        assertThat(silence.isWaiting()).isTrue();
        assertThat(silence.nanos(50)).isEqualTo(20);
    }

    @Test
    void shouldLeaveNoTraceOfARequestThatIsTakenBack() {
        silence.sent(FIRST, 100);
        silence.unanswered(FIRST, 140);
        silence.sent(FIRST, 1_000);
        silence.sent(SECOND, 1_200);
        silence.takeBack(FIRST);
        assertThat(silence.nanos(1_210)).as("40 of before").isEqualTo(50);
        silence.takeBack(SECOND);
        assertThat(silence.isWaiting()).isFalse();
        assertThat(silence.nanos(9_000)).isEqualTo(40);
    }

    @Test
    void shouldBeginAnewWithEachPartOfAnAnswer() {
        silence.sent(FIRST, 100);
        silence.sent(SECOND, 100);
        silence.heard(250);
        assertThat(silence.nanos(300)).isEqualTo(50);
        silence.heard(400);
        assertThat(silence.nanos(410)).isEqualTo(10);
        silence.unanswered(FIRST, 500);
        assertThat(silence.nanos(600)).as("the other one is still in flight").isEqualTo(200);
    }

    private void answered(String request, long nanos) {
        silence.heard(nanos);
        silence.takeBack(request);
    }
}
