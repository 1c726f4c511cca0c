package io.zonecache.client.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.node.NodeTracker.Choice;
import io.zonecache.client.internal.node.NodeTracker.Outcome;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.ContactListener;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class NodeTrackerTest {

    private static final List<ZoneNode> NODES = List.of(node("a", 1), node("b", 1), node("c", 1), node("d", 1));

    private static final long MILLI = 1_000_000L;

    private final VirtualTimer timer = new VirtualTimer();
    private final NodeTracker tracker = new NodeTracker(timer, timer::nanoTime, NodeListener.NONE);
    private final Map<ZoneNode, Deque<RequestEvidence>> written = new HashMap<>();

    @Test
    void shouldSkipNoMoreThanMSilentNodesTheLongestSilentOnes() {
        ask(List.of(NODES.get(2)), 1);
        timer.advanceMillis(10);
        ask(NODES, 1);
        timer.advanceMillis(600);
        ended(NODES.get(3), Outcome.ANSWERED, 1);
        assertThat(chosen(NODES, 1)).containsExactly(true, true, false, true);
        assertThat(tracker.isSkipped(NODES.get(0))).isTrue();
        assertThat(chosen(NODES, 2)).containsExactly(true, false, false, true);
        assertThat(chosen(NODES, 3)).containsExactly(false, false, false, true);
    }

    @Test
    void shouldSkipNobodyForSilenceWhileNobodyAtAllIsHeard() {
        ask(NODES, 1);
        timer.advanceMillis(2_000);
        assertThat(chosen(NODES, 1)).containsExactly(true, true, true, true);
        NODES.forEach(node -> assertThat(tracker.isSkipped(node)).isFalse());
    }

    @Test
    void shouldNotTakeTheZoneForSilentBecauseOneNodeIs() {
        ask(NODES, 1);
        NODES.subList(0, 3).forEach(node -> ended(node, Outcome.ANSWERED, MILLI));
        timer.advanceMillis(5_000);
        assertThat(tracker.isZoneSilent()).as("nothing else is asked").isFalse();
        ended(NODES.get(3), Outcome.TIMED_OUT, 5_000 * MILLI);
        ask(NODES.subList(0, 1), 1);
        ended(NODES.get(0), Outcome.ANSWERED, MILLI);
        timer.advanceMillis(10);
        ContactListener.Attempt attempt = tracker.connecting(NODES.get(3).address());
        ask(NODES.subList(0, 1), 1);
        ended(NODES.get(0), Outcome.ANSWERED, MILLI);
        timer.advanceMillis(3_000);
        attempt.ended(true);
        assertThat(tracker.isZoneSilent())
                .as("a connection that has long been waited for")
                .isFalse();
    }

    @Test
    void shouldCountNeitherAsAnAnswerNorAsSilenceWhatEndsForReasonsOfTheClient() {
        ZoneNode node = NODES.get(3);
        written(node);
        timer.advanceMillis(400);
        ended(node, Outcome.NOT_SENT, 0);
        for (int i = 0; i < 10; i++) {
            timer.advanceMillis(600);
            otherAnswers();
            assertThat(tracker.isSkipped(node)).as("nothing is in flight").isFalse();
        }
        written(node);
        ended(node, Outcome.NOT_SENT, 0);
        timer.advanceMillis(5_000);
        assertThat(tracker.isZoneSilent()).isFalse();
    }

    @Test
    void shouldGoOnCountingWhenAnotherRequestFailsThatWasNeverWritten() {
        ZoneNode node = NODES.get(3);
        written(node);
        tracker.begin(node).ended(Outcome.FAILED, 0);
        timer.advanceMillis(600);
        otherAnswers();
        assertThat(tracker.isSkipped(node)).isTrue();
    }

    @Test
    void shouldNotCountTheWaitForAConnectionOfThisClient() {
        ZoneNode node = NODES.get(3);
        RequestEvidence request = written(node);
        timer.advanceMillis(400);
        request.requeued();
        timer.advanceMillis(5_000);
        otherAnswers();
        assertThat(tracker.isSkipped(node)).isFalse();
        assertThat(tracker.isZoneSilent()).isFalse();
        request.written();
        timer.advanceMillis(499);
        otherAnswers();
        assertThat(tracker.isSkipped(node)).isFalse();
        timer.advanceMillis(1);
        assertThat(tracker.isSkipped(node)).isTrue();
        ended(node, Outcome.ANSWERED, MILLI);
        timer.advanceMillis(600);
        otherAnswers();
        assertThat(tracker.isSkipped(node)).as("counted once, uncounted once").isFalse();
    }

    @Test
    void shouldCountAConnectOnlyIfItIsLeftUnanswered() {
        ZoneNode node = NODES.get(3);
        tracker.begin(node).ended(Outcome.TIMED_OUT, 60_000 * MILLI);
        tracker.choose(NODES, 1);
        for (int i = 0; i < 10; i++) {
            ContactListener.Attempt connected = tracker.connecting(node.address());
            timer.advanceMillis(400);
            connected.ended(false);
        }
        otherAnswers();
        assertThat(tracker.isSkipped(node)).isFalse();
        for (int i = 0; i < 2; i++) {
            ContactListener.Attempt unanswered = tracker.connecting(node.address());
            timer.advanceMillis(250);
            unanswered.ended(true);
            timer.advanceMillis(10_000);
            otherAnswers();
            assertThat(tracker.isSkipped(node)).as("after %d ms", 250 * (i + 1)).isEqualTo(i > 0);
        }
    }

    @Test
    void shouldGoAroundANodeThatAnswersAllButReadsAndStillAskItForLeases() {
        ZoneNode node = NODES.get(3);
        written(node);
        for (int i = 0; i < 50; i++) {
            timer.advanceMillis(100);
            tracker.answered(node.address(), node);
        }
        assertThat(tracker.isZoneSilent()).isFalse();
        assertThat(tracker.isSilent(node)).as("to reads").isTrue();
        assertThat(tracker.isUnresponsive(node)).as("to reads").isTrue();
        assertThat(tracker.isGone(node)).isFalse();
        timer.advanceMillis(2_000);
        assertThat(tracker.isGone(node)).as("no answer of any kind").isTrue();
        tracker.answered(node.address(), null);
        assertThat(tracker.isGone(node)).isFalse();
    }

    @Test
    void shouldTakeAnAnswerOfAnyKindForTheEndOfTheZonesSilence() {
        ask(NODES, 1);
        timer.advanceMillis(2_000);
        assertThat(tracker.isZoneSilent()).isTrue();
        tracker.answered("seed.of.the.zone:7400", null);
        assertThat(tracker.isZoneSilent()).isFalse();
    }

    @Test
    void shouldSkipNoNodeWhoseAnswerIsStillComing() {
        ask(NODES, 1);
        for (int i = 0; i < 20; i++) {
            timer.advanceMillis(400);
            NODES.subList(0, 3).forEach(this::progressed);
            assertThat(chosen(NODES, 4)).as("after %d parts", i + 1).startsWith(true, true, true);
        }
        assertThat(tracker.isZoneSilent()).isFalse();
        assertThat(tracker.isSkipped(NODES.get(3)))
                .as("nothing has come of its answer")
                .isTrue();
        progressed(NODES.get(3));
        assertThat(tracker.isSkipped(NODES.get(3))).isFalse();
        timer.advanceMillis(600);
        ended(NODES.get(0), Outcome.ANSWERED, 1);
        assertThat(chosen(NODES, 4)).as("the rest does not come").containsExactly(true, false, false, false);
    }

    @Test
    void shouldNotSkipForSilenceWhenAsManyNodesAreGoneAlready() {
        for (int i = 0; i < 3; i++) {
            ask(NODES, 1);
            NODES.forEach(node -> ended(node, node.equals(NODES.get(0)) ? Outcome.FAILED : Outcome.ANSWERED, 1));
        }
        ask(NODES, 1);
        timer.advanceMillis(600);
        ended(NODES.get(3), Outcome.ANSWERED, 1);
        assertThat(chosen(NODES, 3)).as("a probe").containsExactly(true, false, false, true);
        assertThat(chosen(NODES, 3)).containsExactly(false, false, false, true);
        assertThat(chosen(NODES, 1)).containsExactly(false, true, true, true);
    }

    @Test
    void shouldAskASilentNodeWhileAnotherOneIsGone() {
        ask(NODES, 1);
        for (int i = 0; i < 3; i++) {
            ended(NODES.get(0), Outcome.FAILED, 0);
        }
        timer.advanceMillis(10);
        ended(NODES.get(2), Outcome.ANSWERED, 1);
        ended(NODES.get(3), Outcome.ANSWERED, 1);
        timer.advanceMillis(100);
        assertThat(chosen(NODES, 1)).containsExactly(false, true, true, true);
        timer.advanceMillis(500);
        ended(NODES.get(2), Outcome.ANSWERED, 1);
        ended(NODES.get(3), Outcome.ANSWERED, 1);
        assertThat(tracker.isSkipped(NODES.get(1))).isTrue();
        assertThat(chosen(NODES, 1)[1])
                .as("two lost stripes would send the read to the origin")
                .isTrue();
    }

    @Test
    void shouldSkipAnyNumberOfNodesThatRefuse() {
        for (int i = 0; i < 3; i++) {
            ask(NODES, 1);
            NODES.forEach(node -> ended(node, Outcome.FAILED, 0));
        }
        assertThat(chosen(NODES, 1)).containsExactly(false, false, false, false);
        timer.advanceMillis(250);
        assertThat(chosen(NODES, 1)).as("probes").containsExactly(true, true, true, true);
        assertThat(chosen(NODES, 1)).containsExactly(false, false, false, false);
        ended(NODES.get(1), Outcome.ANSWERED, 1_000);
        assertThat(chosen(NODES, 1)).containsExactly(false, true, false, false);
        assertThat(tracker.scoreNanos(NODES.get(1))).isEqualTo(1_000);
    }

    @Test
    void shouldSkipWhoIsSlowComparedWithOthersAndTakeItBackWithAFastAnswer() {
        ZoneNode slow = NODES.get(1);
        answers(slow, 20, 6);
        assertThat(tracker.isSkipped(slow)).isTrue();
        assertThat(tracker.isUnresponsive(slow)).isFalse();
        assertThat(ask(NODES, 1)).containsExactly(Choice.ASK, Choice.AVOID, Choice.ASK, Choice.ASK);
        assertThat(tracker.chooseRequired(List.of(slow))).containsExactly(Choice.DOUBT);
        assertThat(ask(NODES, 0)).containsExactly(Choice.ASK, Choice.DOUBT, Choice.ASK, Choice.ASK);
        timer.advanceMillis(250);
        assertThat(ask(NODES, 1)).containsExactly(Choice.ASK, Choice.DOUBT, Choice.ASK, Choice.ASK);
        ended(slow, Outcome.ANSWERED, 20 * MILLI);
        assertThat(tracker.isSkipped(slow)).as("still slow").isTrue();
        timer.advanceMillis(500);
        assertThat(ask(NODES, 1)[1]).as("a probe").isEqualTo(Choice.DOUBT);
        ended(slow, Outcome.ANSWERED, MILLI);
        assertThat(tracker.isSkipped(slow)).isFalse();
    }

    @Test
    void shouldGoPastASilentCoordinatorOnlyWhenItIsSilentForSeconds() {
        ZoneNode silent = NODES.get(1);
        ask(NODES, 1);
        for (int i = 0; i < 3; i++) {
            timer.advanceMillis(600);
            answers(NODES.get(0), 1, 1);
            assertThat(tracker.isSkipped(silent)).isTrue();
            assertThat(tracker.isUnresponsive(silent))
                    .as("after %d ms", 600 * (i + 1))
                    .isFalse();
        }
        timer.advanceMillis(600);
        assertThat(tracker.isUnresponsive(silent)).isTrue();
        ended(silent, Outcome.ANSWERED, 2_400 * MILLI);
        assertThat(tracker.isUnresponsive(silent)).isFalse();
    }

    @Test
    void shouldCallNobodySlowWhileAllAre() {
        for (int i = 0; i < 200; i++) {
            for (ZoneNode node : NODES) {
                ask(List.of(node), 1);
                ended(node, Outcome.ANSWERED, (100 + 10 * i % 70) * MILLI);
            }
        }
        NODES.forEach(node -> assertThat(tracker.isSkipped(node)).isFalse());
    }

    @Test
    void shouldNotMindAHiccup() {
        answers(NODES.get(1), 900, 3);
        assertThat(tracker.isSkipped(NODES.get(1))).isFalse();
        answers(NODES.get(1), 1, 10);
        answers(NODES.get(1), 900, 3);
        assertThat(tracker.isSkipped(NODES.get(1))).isFalse();
    }

    @Test
    void shouldSkipWhoSendsBadStripesAndProbeItLessOftenEachTime() {
        ZoneNode corrupting = NODES.get(2);
        long probeAfterMillis = 250;
        for (int relapse = 0; relapse < 5; relapse++) {
            for (int i = 0; i < 6 && !tracker.isSkipped(corrupting); i++) {
                ask(List.of(corrupting), 0);
                ended(corrupting, Outcome.ANSWERED, MILLI);
                tracker.corruptStripe(corrupting);
            }
            List<ZoneNode> only = List.of(corrupting);
            assertThat(ask(only, 1)).containsExactly(Choice.AVOID);
            timer.advanceMillis(probeAfterMillis - 1);
            assertThat(ask(only, 1)).as("relapse %d", relapse).containsExactly(Choice.AVOID);
            timer.advanceMillis(1);
            assertThat(ask(only, 1)).as("relapse %d", relapse).containsExactly(Choice.DOUBT);
            ended(corrupting, Outcome.ANSWERED, MILLI);
            assertThat(tracker.isSkipped(corrupting)).isFalse();
            probeAfterMillis = Math.min(4 * probeAfterMillis, 5_000);
        }
    }

    @Test
    void shouldJudgeStripesByThoseThatWereUsed() {
        ZoneNode node = NODES.get(2);
        for (int i = 0; i < 100; i++) {
            ask(List.of(node), 0);
            ended(node, Outcome.ANSWERED, MILLI);
            if (i % 4 == 0) {
                tracker.corruptStripe(node);
            } else if (i % 4 < 3) {
                tracker.validStripe(node);
            }
        }
        assertThat(tracker.isSkipped(node)).isFalse();
        for (int corrupt = 0; corrupt < 6 && !tracker.isSkipped(node); corrupt++) {
            for (int answers = 0; answers < 5; answers++) {
                ask(List.of(node), 0);
                ended(node, Outcome.ANSWERED, MILLI);
            }
            tracker.corruptStripe(node);
        }
        assertThat(tracker.isSkipped(node)).isTrue();
    }

    @Test
    void shouldNeverSkipMoreThanMNodesForDoubtsOfWhateverKindTheSlowestLast() {
        answers(NODES.get(0), 60, 6);
        answers(NODES.get(1), 20, 6);
        for (int i = 0; i < 6; i++) {
            ask(List.of(NODES.get(2)), 0);
            ended(NODES.get(2), Outcome.ANSWERED, MILLI);
            tracker.corruptStripe(NODES.get(2));
        }
        Choice ask = Choice.ASK;
        Choice doubt = Choice.DOUBT;
        Choice skip = Choice.AVOID;
        assertThat(ask(NODES, 3)).containsExactly(skip, skip, skip, ask);
        assertThat(ask(NODES, 2)).containsExactly(skip, doubt, skip, ask);
        assertThat(ask(NODES, 1)).containsExactly(doubt, doubt, skip, ask);
        assertThat(ask(NODES, 0)).containsExactly(doubt, doubt, doubt, ask);
    }

    /** One node's latency, with the last one at 1 ms. */
    private void answers(ZoneNode node, long millis, int times) {
        for (int i = 0; i < times; i++) {
            for (ZoneNode other : List.of(NODES.get(3), node)) {
                ask(List.of(other), 0);
                ended(other, Outcome.ANSWERED, (other.equals(node) ? millis : 1) * MILLI);
            }
        }
    }

    @Test
    void shouldOnlyProbeWhatTheViewCallsDownUntilItAnswers() {
        tracker.update(view(NodeState.DOWN, 1));
        ZoneNode down = node("a", 1).withState(NodeState.DOWN);
        assertThat(tracker.isSkipped(down)).isTrue();
        timer.advanceMillis(250);
        assertThat(chosen(List.of(down), 0)).containsExactly(true);
        ended(down, Outcome.ANSWERED, 1);
        assertThat(tracker.isSkipped(down)).as("own evidence counts more").isFalse();
        tracker.update(view(NodeState.DOWN, 1));
        assertThat(tracker.isSkipped(down)).as("the view repeats itself").isFalse();
        tracker.update(view(NodeState.UP, 1));
        assertThat(tracker.isSkipped(node("a", 1))).isFalse();
    }

    @Test
    void shouldTrustANodeThatTheViewCallsUpAgain() {
        tracker.update(view(NodeState.DOWN, 1));
        tracker.update(view(NodeState.UP, 1));
        assertThat(tracker.isSkipped(node("a", 1))).isFalse();
    }

    @Test
    void shouldStartAnewWithANodeUnderAnotherAddress() {
        for (int i = 0; i < 3; i++) {
            ask(NODES, 1);
            ended(NODES.get(0), Outcome.FAILED, 0);
        }
        assertThat(tracker.isSkipped(NODES.get(0))).isTrue();
        assertThat(tracker.isSkipped(node("a", 2))).isFalse();
    }

    /** A node that all is well with. */
    private void otherAnswers() {
        written(NODES.get(0));
        ended(NODES.get(0), Outcome.ANSWERED, MILLI);
    }

    private RequestEvidence written(ZoneNode node) {
        RequestEvidence request = tracker.begin(node);
        request.written();
        written.computeIfAbsent(node, any -> new ArrayDeque<>()).add(request);
        return request;
    }

    /** Ends the oldest request to the node, or else one that was never written. */
    private void ended(ZoneNode node, Outcome outcome, long latencyNanos) {
        RequestEvidence oldest = written.getOrDefault(node, new ArrayDeque<>()).poll();
        (oldest == null ? tracker.begin(node) : oldest).ended(outcome, latencyNanos);
    }

    private void progressed(ZoneNode node) {
        Objects.requireNonNull(written.get(node)).element().progressed();
    }

    private boolean[] chosen(List<ZoneNode> placement, int maxDoubted) {
        Choice[] choices = ask(placement, maxDoubted);
        boolean[] asked = new boolean[choices.length];
        for (int i = 0; i < asked.length; i++) {
            asked[i] = choices[i].isAsked();
        }
        return asked;
    }

    /** Chooses, and writes requests to those that are to be asked. */
    private Choice[] ask(List<ZoneNode> placement, int maxDoubted) {
        return written(placement, tracker.choose(placement, maxDoubted));
    }

    private Choice[] written(List<ZoneNode> placement, Choice[] choices) {
        for (int i = 0; i < choices.length; i++) {
            if (choices[i].isAsked()) {
                written(placement.get(i));
            }
        }
        return choices;
    }

    private static ZoneView view(NodeState stateOfA, int port) {
        ZoneSettings settings = new ZoneSettings("zone", 1, KeyScheme.SHA256, CodeSpec.parse("1-of-2"), 2, 64, 4, 100);
        return new ZoneView(settings, 1, List.of(node("a", port).withState(stateOfA), node("b", port)));
    }

    private static ZoneNode node(String id, int port) {
        return new ZoneNode(id, "10.0.0." + (int) id.charAt(0) + ":" + port, id, 1, NodeState.UP);
    }
}
