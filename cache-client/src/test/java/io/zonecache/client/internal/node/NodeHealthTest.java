package io.zonecache.client.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.node.NodeHealth.SkipReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class NodeHealthTest {

    private static final long MILLI = 1_000_000L;

    private final NodeHealth node = new NodeHealth();

    /** In flight, oldest first. */
    private final Queue<Object> requests = new ArrayDeque<>();

    @Test
    void shouldSkipAfterThreeErrorsInARow() {
        fail(0);
        fail(1);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
        answer(2);
        fail(3);
        fail(4);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
        fail(5);
        assertThat(node.skipReason()).isEqualTo(SkipReason.ERRORS);
    }

    @Test
    void shouldSkipAfterHalfASecondOfSilence() {
        sent(0);
        node.checkSilence(499 * MILLI, 499 * MILLI);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
        node.checkSilence(500 * MILLI, 500 * MILLI);
        assertThat(node.skipReason()).isEqualTo(SkipReason.SILENCE);
    }

    @Test
    void shouldNotTakeItsOwnTroubleForANodesSilence() {
        sent(100 * MILLI);
        node.checkSilence(5_000 * MILLI, 99 * MILLI);
        assertThat(node.skipReason()).as("nobody was heard since").isEqualTo(SkipReason.NONE);
        node.checkSilence(5_000 * MILLI, 101 * MILLI);
        assertThat(node.skipReason()).isEqualTo(SkipReason.SILENCE);
    }

    @Test
    void shouldNotTakeSlownessForSilence() {
        for (int i = 0; i < 20; i++) {
            sent(i * 100L * MILLI);
        }
        for (int i = 0; i < 20; i++) {
            answered((2_000 + i * 400L) * MILLI, 900 * MILLI, false);
            node.checkSilence((2_000 + i * 400L + 399) * MILLI, (2_000 + i * 400L + 399) * MILLI);
            assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
        }
    }

    @Test
    void shouldNotCountIdleTimeAsSilence() {
        sent(0);
        answered(MILLI, MILLI, false);
        sent(100_000 * MILLI);
        node.checkSilence(100_499 * MILLI, 100_499 * MILLI);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
    }

    @Test
    void shouldAddUpTheSilenceOfShortRequests() {
        for (int i = 0; i < 5; i++) {
            assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
            sent(i * 10_000L * MILLI);
            timedOut((i * 10_000L + 100) * MILLI, (i * 10_000L + 100) * MILLI);
        }
        assertThat(node.skipReason()).isEqualTo(SkipReason.SILENCE);
    }

    @Test
    void shouldProbeAfterAQuarterSecondDoublingToFive() {
        sent(0);
        node.checkSilence(500 * MILLI, 500 * MILLI);
        List<Long> probes = new ArrayList<>();
        for (long millis = 500; millis < 30_000; millis++) {
            if (node.takeProbe(millis * MILLI)) {
                probes.add(millis);
                assertThat(node.takeProbe(millis * MILLI)).as("one at a time").isFalse();
            }
        }
        assertThat(probes).startsWith(750L, 1_250L, 2_250L, 4_250L, 8_250L, 13_250L, 18_250L);
    }

    @Test
    void shouldComeBackWithAnyAnswerALateOneToo() {
        sent(0);
        node.checkSilence(600 * MILLI, 600 * MILLI);
        assertThat(node.skipReason()).isEqualTo(SkipReason.SILENCE);
        answered(700 * MILLI, 700 * MILLI, false);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
        assertThat(node.takeProbe(10_000 * MILLI)).isFalse();
    }

    @Test
    void shouldStaySkippedWhileProbesFail() {
        for (int i = 0; i < 3; i++) {
            fail(i);
        }
        assertThat(node.takeProbe(300 * MILLI)).isTrue();
        fail(300);
        assertThat(node.skipReason()).isEqualTo(SkipReason.ERRORS);
        assertThat(node.takeProbe(500 * MILLI)).isFalse();
        assertThat(node.takeProbe(801 * MILLI)).isTrue();
        answer(802);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
    }

    @Test
    void shouldSkipWhatTheViewCallsDownUntilItAnswers() {
        node.down(0);
        assertThat(node.skipReason()).isEqualTo(SkipReason.DOWN);
        assertThat(node.takeProbe(250 * MILLI)).isTrue();
        answer(251);
        assertThat(node.skipReason()).isEqualTo(SkipReason.NONE);
    }

    @Test
    void shouldFollowLatenciesWithItsScore() {
        assertThat(node.scoreNanos()).isZero();
        sent(0);
        answered(1, 1_000, false);
        assertThat(node.scoreNanos()).isEqualTo(1_000);
        for (int i = 0; i < 200; i++) {
            sent(i);
            answered(i, 5_000, false);
        }
        assertThat(node.scoreNanos()).isBetween(4_900L, 5_000L);
    }

    private void sent(long nowNanos) {
        Object request = new Object();
        requests.add(request);
        node.requestSent(request, nowNanos);
    }

    private void answered(long nowNanos, long latencyNanos, boolean isSlow) {
        node.answered(nowNanos, latencyNanos, isSlow);
        node.takeBack(requests.remove());
    }

    private void failed(long nowNanos) {
        node.failed(nowNanos);
        node.takeBack(requests.remove());
    }

    private void timedOut(long nowNanos, long othersHeardNanos) {
        node.timedOut(requests.remove(), nowNanos, othersHeardNanos);
    }

    private void fail(long millis) {
        sent(millis * MILLI);
        failed(millis * MILLI);
    }

    private void answer(long millis) {
        sent(millis * MILLI);
        answered(millis * MILLI, MILLI, false);
    }
}
