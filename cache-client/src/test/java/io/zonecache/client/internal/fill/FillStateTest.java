package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fill decides to do next, event by event. */
final class FillStateTest {

    private static final long MILLI = 1_000_000;
    private static final ZoneNode A = new ZoneNode("a", "10.0.0.1:7400", "a", 1, NodeState.UP);
    private static final ZoneNode B = new ZoneNode("b", "10.0.0.2:7400", "b", 1, NodeState.UP);

    private long nowMillis = 10_000;
    private boolean hasSlot;
    private long fetchMillis = 20;
    private boolean isOriginPaused;
    private int retries = 10;
    private final FillState state = state(Basis.PROVEN);

    private ZoneRead.Miss miss(Basis basis) {
        return new ZoneRead.Miss(List.of(A, B), nowMillis * MILLI, 0, basis);
    }

    private FillState state(Basis basis) {
        return new FillState(
                FillConfig.defaults(),
                ChunkName.of(ChunkKey.sha256Of(new byte[] {1})),
                miss(basis),
                node -> false,
                () -> retries-- > 0,
                new Random(1));
    }

    private FillSnapshot now() {
        return new FillSnapshot(nowMillis * MILLI, 15_000 * MILLI, hasSlot, fetchMillis * MILLI, isOriginPaused);
    }

    private static LeaseReply refused(CacheErrorCode code) {
        return new LeaseReply.Refused(code, "no", 0);
    }

    private FillStep.Ask askFirst() {
        assertThat(state.begin(now())).isEqualTo(new FillStep.AwaitSlot(false));
        hasSlot = true;
        return (FillStep.Ask) state.slotTaken(now());
    }

    @Test
    void shouldAskForALeaseAtOnceAndHoldNothingButTheSlotMeanwhile() {
        FillStep.Ask ask = askFirst();
        assertThat(ask.node()).isEqualTo(A);
        assertThat(ask.question().waitMillis()).isZero();
        assertThat(ask.mayHoldSlot()).isTrue();
        assertThat(ask.mayHoldLease()).isFalse();
    }

    @Test
    void shouldWaitAtTheNodeWithoutASlot() {
        long nonce = askFirst().question().nonce();
        FillStep.Ask waiting = (FillStep.Ask) state.answered(refused(CacheErrorCode.FILLING), now());
        assertThat(waiting.question().waitMillis()).isEqualTo(2_000);
        assertThat(waiting.mayHoldSlot()).isFalse();
        assertThat(waiting.question().nonce()).as("the same question").isEqualTo(nonce);
    }

    @ParameterizedTest
    @EnumSource(names = {"BUSY", "DRAINING", "RATE_LIMITED", "REQUEST_TIMEOUT"})
    void shouldAskAgainWhereThatIsTheAdviceOfTheLastNodesRefusal(CacheErrorCode code) {
        askFirst();
        FillStep next = state.answered(refused(code), now());
        next = next instanceof FillStep.Ask ? state.answered(refused(code), now()) : next;
        assertThat(next).isInstanceOf(FillStep.Pause.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"BAD_REQUEST", "FORBIDDEN", "INTERNAL", "STORAGE_FULL", "TOO_LARGE"})
    void shouldFailWhereNoNodeWouldAnswerOtherwise(CacheErrorCode code) {
        askFirst();
        FillStep next = state.answered(refused(code), now());
        next = next instanceof FillStep.Ask ? state.answered(refused(code), now()) : next;
        assertThat(next)
                .isInstanceOfSatisfying(
                        FillStep.Fail.class,
                        fail -> assertThat(fail.failure().code()).isEqualTo(code));
    }

    @Test
    void shouldLeaveASlowOriginItsTimeUnderALeaseThatWasWaitedFor() {
        fetchMillis = 3_000;
        askFirst();
        FillStep.Ask waiting = (FillStep.Ask) state.answered(refused(CacheErrorCode.FILLING), now());
        assertThat(waiting.question().waitMillis()).isEqualTo(900);
    }

    @Test
    void shouldAskTheSameNodeTheSameAgainWhereTheQuestionWasNotSent() {
        long nonce = askFirst().question().nonce();
        long pauseMillis = 20;
        for (int i = 0; i < 8; i++) {
            FillStep.Pause pause = (FillStep.Pause) state.answered(new LeaseReply.NotSent("no stream"), now());
            assertThat(pause.nanos() / MILLI).isBetween(pauseMillis, pauseMillis * 5 / 4);
            assertThat(pause.mayHoldSlot()).isFalse();
            pauseMillis = Math.min(320, 2 * pauseMillis);
            hasSlot = true;
            FillStep.Ask again = (FillStep.Ask) state.pauseEnded(now());
            assertThat(again.node()).isEqualTo(A);
            assertThat(again.question().nonce()).isEqualTo(nonce);
        }
    }

    @Test
    void shouldUseTheReserveOnlyWhereNoNodeAnswers() {
        askFirst();
        FillStep.Ask second = (FillStep.Ask) state.answered(new LeaseReply.Unreachable("refused"), now());
        assertThat(second.node()).isEqualTo(B);
        assertThat(state.answered(new LeaseReply.Unreachable("refused"), now()))
                .isEqualTo(new FillStep.FetchUncoordinated());
    }

    @Test
    void shouldReadTheZoneAgainWithGrowingPausesWhereSilentNodesMayHoldTheChunkAndNoneGrantsALease() {
        FillState silent = state(Basis.SILENT_NODES);
        hasSlot = true;
        FillStep step = silent.begin(now());
        for (long pauseMillis = 20; pauseMillis < 1_000; pauseMillis *= 2) {
            assertThat(step).isInstanceOf(FillStep.Ask.class);
            assertThat(silent.answered(new LeaseReply.Unreachable("refused"), now()))
                    .isInstanceOf(FillStep.Ask.class);
            FillStep.Pause pause = (FillStep.Pause) silent.answered(new LeaseReply.Unreachable("refused"), now());
            assertThat(pause.nanos() / MILLI).isBetween(pauseMillis, pauseMillis * 5 / 4);
            assertThat(silent.pauseEnded(now())).isEqualTo(new FillStep.ReadZone());
            step = silent.missed(miss(Basis.SILENT_NODES), now());
        }
    }

    @Test
    void shouldGoStraightToTheReserveWhereTheZoneIsOutOfReach() {
        assertThat(state(Basis.ZONE_UNREACHABLE).begin(now())).isEqualTo(new FillStep.FetchUncoordinated());
        assertThat(state(Basis.SILENT_NODES).begin(now())).isEqualTo(new FillStep.AwaitSlot(false));
    }

    @Test
    void shouldFetchUnderALeaseWithASlotOfItsOwnAndReadTheZoneBeforeWhereTheMissIsOld() {
        askFirst();
        hasSlot = false;
        long endNanos = (nowMillis + 4_000) * MILLI;
        assertThat(state.granted(endNanos, 4_000 * MILLI, now())).isEqualTo(new FillStep.AwaitSlot(true));
        nowMillis += 600;
        hasSlot = true;
        FillStep look = state.slotTaken(now());
        assertThat(look).isEqualTo(new FillStep.ReadZone());
        assertThat(look.mayHoldLease()).isTrue();
        assertThat(state.missed(miss(Basis.SILENT_NODES), now())).isEqualTo(new FillStep.Fetch());
    }

    @Test
    void shouldReturnALeaseThatCannotBeUsedInTimeOrWhileTheOriginIsPaused() {
        askFirst();
        fetchMillis = 1_000;
        FillStep late = state.granted((nowMillis + 900) * MILLI, 4_000 * MILLI, now());
        assertThat(late).isInstanceOf(FillStep.Pause.class);
        assertThat(late.mayHoldLease()).isFalse();
        isOriginPaused = true;
        FillStep paused = state.granted((nowMillis + 4_000) * MILLI, 4_000 * MILLI, now());
        assertThat(paused).isInstanceOf(FillStep.Pause.class);
        assertThat(paused.mayHoldLease()).isFalse();
    }

    @Test
    void shouldDrawANewNonceOnceALeaseWasGranted() {
        long nonce = askFirst().question().nonce();
        fetchMillis = 1_000;
        FillStep returned = state.granted((nowMillis + 900) * MILLI, 4_000 * MILLI, now());
        assertThat(returned).isInstanceOf(FillStep.Pause.class);
        FillStep.Ask again = (FillStep.Ask) state.pauseEnded(now());
        assertThat(again.question().nonce()).isNotEqualTo(nonce);
    }

    @Test
    void shouldRefreshTheViewWithGrowingPausesUntilTheDeadlineLeavesNoTimeForOne() {
        askFirst();
        long lastPauseNanos = 0;
        int rounds = 0;
        FillStep step = state.answered(refused(CacheErrorCode.NOT_COORDINATOR), now());
        while (!(step instanceof FillStep.Fail failed)) {
            rounds++;
            if (step instanceof FillStep.Pause pause) {
                long longestNanos = (15_000 - nowMillis - 10) * MILLI;
                assertThat(pause.nanos())
                        .isBetween(Math.min(lastPauseNanos, longestNanos) / 2 - fetchMillis * MILLI, longestNanos);
                lastPauseNanos = pause.nanos();
                nowMillis += pause.nanos() / MILLI;
                assertThat(state.pauseEnded(now())).isEqualTo(new FillStep.RefreshView());
            } else {
                assertThat(step).isEqualTo(new FillStep.RefreshView());
            }
            assertThat(state.viewRefreshed(now())).isEqualTo(new FillStep.ReadZone());
            hasSlot = true;
            assertThat(state.missed(miss(Basis.PROVEN), now())).isInstanceOf(FillStep.Ask.class);
            step = state.answered(refused(CacheErrorCode.NOT_COORDINATOR), now());
        }
        assertThat(failed.failure().code()).isEqualTo(CacheErrorCode.NOT_COORDINATOR);
        assertThat(rounds).isBetween(8, 20);
        assertThat(nowMillis).isBetween(14_960L, 15_000L);
    }

    @Test
    void shouldLeaveTimeForAFetchAfterAPause() {
        nowMillis = 14_000;
        fetchMillis = 500;
        FillState silent = state(Basis.SILENT_NODES);
        hasSlot = true;
        for (int i = 0; i < 10; i++) {
            assertThat(silent.begin(now())).isInstanceOf(FillStep.Ask.class);
            assertThat(silent.answered(new LeaseReply.Unreachable("refused"), now()))
                    .isInstanceOf(FillStep.Ask.class);
            FillStep.Pause pause = (FillStep.Pause) silent.answered(new LeaseReply.Unreachable("refused"), now());
            assertThat(pause.nanos()).isLessThanOrEqualTo(500 * MILLI);
        }
    }

    @Test
    void shouldNotShortenAPauseThatANodeAsksFor() {
        nowMillis = 14_000;
        hasSlot = true;
        FillState late = state(Basis.PROVEN);
        assertThat(refusedByBoth(late, late.begin(now())))
                .isInstanceOfSatisfying(
                        FillStep.Pause.class, pause -> assertThat(pause.nanos()).isGreaterThanOrEqualTo(720 * MILLI));
        nowMillis = 14_500;
        assertThat(refusedByBoth(late, late.pauseEnded(now()))).isInstanceOf(FillStep.Fail.class);
    }

    private FillStep refusedByBoth(FillState asking, FillStep first) {
        LeaseReply busy = new LeaseReply.Refused(CacheErrorCode.BUSY, "no", 700);
        assertThat(first).isInstanceOf(FillStep.Ask.class);
        assertThat(asking.answered(busy, now())).isInstanceOf(FillStep.Ask.class);
        return asking.answered(busy, now());
    }

    @Test
    void shouldTryAFailedFetchAgainWhileTheBudgetLasts() {
        retries = 1;
        CacheException failure = new CacheException(CacheErrorCode.ORIGIN_FAILED, "500");
        assertThat(state.fetchFailed(failure, true, now())).isInstanceOf(FillStep.Pause.class);
        state.fetchBegins();
        assertThat(state.fetchFailed(failure, true, now())).isEqualTo(new FillStep.Fail(failure));
    }

    @Test
    void shouldNotTryAgainWhatWasNotAskedFor() {
        CacheException failure = new CacheException(CacheErrorCode.ORIGIN_LIMIT, "no turn");
        assertThat(state.fetchFailed(failure, false, now())).isEqualTo(new FillStep.Fail(failure));
        assertThat(retries).isEqualTo(10);
    }

    @Test
    void shouldAskTheNextNodeAnotherQuestionWhenTheFirstNodesAnswerIsNotWaitedForAnyMore() {
        FillStep.Ask first = askFirst();
        FillStep.Ask second = (FillStep.Ask) state.abandoned(now());
        assertThat(second.node()).isEqualTo(B);
        assertThat(second.question().waitMillis()).isZero();
        assertThat(second.question().nonce())
                .as("a lease that the first node grants late is returned: it must not be this one")
                .isNotEqualTo(first.question().nonce());
        FillStep.Ask again = (FillStep.Ask) state.abandoned(now());
        assertThat(again.node()).as("no other is left").isEqualTo(A);
        assertThat(((FillStep.Ask) state.abandoned(now())).node()).isEqualTo(B);
        assertThat(state.answered(new LeaseReply.Unreachable("no answer"), now()))
                .isEqualTo(new FillStep.FetchUncoordinated());
    }

    @Test
    void shouldReadTheZoneAndAskForALeaseAgainOnceANodeHasAnsweredDuringTheWaitForTheReserve() {
        askFirst();
        state.answered(new LeaseReply.Unreachable("refused"), now());
        assertThat(state.answered(new LeaseReply.Unreachable("refused"), now()))
                .isEqualTo(new FillStep.FetchUncoordinated());
        nowMillis += 3_000;
        assertThat(state.zoneHeard(now())).isEqualTo(new FillStep.ReadZone());
        FillStep.Ask again = (FillStep.Ask) state.missed(miss(Basis.PROVEN), now());
        assertThat(again.node()).isEqualTo(A);
    }

    @Test
    void shouldReturnToTheReserveWhereTheZoneIsOutOfReachAgain() {
        FillState waiting = state(Basis.ZONE_UNREACHABLE);
        waiting.begin(now());
        assertThat(waiting.zoneHeard(now())).isEqualTo(new FillStep.ReadZone());
        assertThat(waiting.missed(miss(Basis.ZONE_UNREACHABLE), now())).isEqualTo(new FillStep.FetchUncoordinated());
    }
}
