package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.LeaseNonce;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Filled;
import io.zonecache.server.lease.LeaseAnswer.Granted;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import io.zonecache.server.lease.LeaseBench.Asker;
import org.junit.jupiter.api.Test;

/** A lease question that is asked again, with its nonce, because the connection of its first try broke. */
class RepeatedQuestionTest {

    private static final LeaseNonce NONCE = new LeaseNonce(0x0123456789abcdefL);
    private static final LeaseNonce OTHER = new LeaseNonce(0xfedcba9876543210L);

    @Test
    void shouldGetTheSameLeaseWithWhatIsLeftOfIt() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker first = bench.ask(key(1), "a", 2_000, NONCE);
        bench.after(1_500);
        Asker again = bench.ask(key(1), "a", 2_000, NONCE);
        assertThat(again.answer()).isEqualTo(new Granted(first.lease(), 3_500, 2));
        assertThat(bench.table.stats().inUse()).isEqualTo(1);
        assertThat(bench.table.stats().granted()).isEqualTo(1);
        bench.end(again, LeaseOutcome.FILLED);
        assertThat(bench.table.stats().inUse()).isZero();
        assertThat(bench.ask(key(1), "a", 2_000, NONCE).answer())
                .as("the lease is over")
                .isEqualTo(new Filled());
    }

    @Test
    void shouldGetTheSameLeaseAlsoWhileTheNodeDrainsOrIsCutOff() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker first = bench.ask(key(1), "a", 2_000, NONCE);
        bench.cutOffFor(4_000);
        assertThat(bench.ask(key(1), "a", 0, NONCE).lease()).isEqualTo(first.lease());
        bench.table.drain();
        assertThat(bench.ask(key(1), "a", 0, NONCE).lease()).isEqualTo(first.lease());
    }

    @Test
    void shouldBeAnotherQuestionUnderAnotherNonceOrOfAnotherChunk() {
        LeaseBench bench = LeaseBench.withShare(8);
        Asker first = bench.ask(key(1), "a", 0, NONCE);
        assertThat(reason(bench.ask(key(1), "a", 0, OTHER))).isEqualTo(RefusalReason.FILLING);
        assertThat(reason(bench.ask(key(1), "a", 0))).isEqualTo(RefusalReason.FILLING);
        Asker otherChunk = bench.ask(key(2), "a", 0, NONCE);
        assertThat(otherChunk.lease()).isNotEqualTo(first.lease());
    }

    @Test
    void shouldGetALeaseOfItsOwnOnceTheFormerOneHasExpired() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker first = bench.ask(key(1), "a", 0, NONCE);
        bench.after(5_000);
        Asker again = bench.ask(key(1), "a", 0, NONCE);
        assertThat(again.lease()).isNotEqualTo(first.lease());
        assertThat(((Granted) again.answer()).expiresInMillis()).isEqualTo(5_000);
    }

    @Test
    void shouldTakeTheTurnOfItsFormerTryAndHaveThatToldToGo() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker holder = bench.ask(key(1), "h", 0);
        Asker first = bench.ask(key(1), "a", 2_000, NONCE);
        Asker other = bench.ask(key(1), "b", 2_000, OTHER);
        bench.after(100);
        Asker again = bench.ask(key(1), "a", 2_000, NONCE);
        assertThat(reason(first)).isEqualTo(RefusalReason.REPEATED);
        assertThat(bench.table.stats().waiting()).isEqualTo(2);
        first.cancel();
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(again.holdsLease()).isTrue();
        assertThat(other.waits()).isTrue();
    }

    @Test
    void shouldWaitAnewFromTheRepetitionOn() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.ask(key(1), "h", 0);
        bench.ask(key(1), "a", 2_000, NONCE);
        bench.after(1_500);
        Asker again = bench.ask(key(1), "a", 2_000, NONCE);
        bench.after(1_999);
        assertThat(again.waits()).isTrue();
        bench.after(1);
        assertThat(reason(again)).isEqualTo(RefusalReason.FILLING);
        Asker noWait = bench.ask(key(1), "a", 2_000, NONCE);
        assertThat(reason(bench.ask(key(1), "a", 0, NONCE))).isEqualTo(RefusalReason.FILLING);
        assertThat(reason(noWait)).isEqualTo(RefusalReason.REPEATED);
        assertThat(bench.table.stats().waiting()).isZero();
    }

    @Test
    void shouldTakeItsPlaceBackAlsoWhereTheQueueIsFull() {
        LeaseLimits limits = new LeaseLimits(5_000, 2_000, 2, 2, 2_000, 5_000, 1_000, 15_000, 10, 60_000);
        LeaseBench bench = LeaseBench.withShare(1, limits);
        bench.ask(key(1), "h", 0);
        bench.ask(key(1), "a", 2_000, NONCE);
        bench.ask(key(1), "b", 2_000);
        assertThat(reason(bench.ask(key(1), "c", 2_000, OTHER))).isEqualTo(RefusalReason.NODE_QUEUE_FULL);
        assertThat(bench.ask(key(1), "a", 2_000, NONCE).waits()).isTrue();
        assertThat(bench.table.stats().waiting()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheTurnOfAClientThatIsGoneForAMomentAndServeOthersPastIt() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker holder = bench.ask(key(1), "h", 0);
        Asker gone = bench.ask(key(1), "a", 2_000, NONCE);
        Asker second = bench.ask(key(1), "b", 2_000, OTHER);
        Asker third = bench.ask(key(1), "c", 2_000);
        gone.cancel();
        assertThat(bench.table.stats().waiting()).isEqualTo(2);
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(second.holdsLease())
                .as("no slot waits for a client that is gone")
                .isTrue();
        bench.after(LeaseTable.RECLAIM_MILLIS - 1);
        Asker back = bench.ask(key(1), "a", 2_000, NONCE);
        bench.end(second, LeaseOutcome.UNUSED);
        assertThat(back.holdsLease()).isTrue();
        assertThat(third.waits()).isTrue();
        assertThat(gone.answers).isEmpty();
    }

    @Test
    void shouldLoseItsTurnAfterThatMoment() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker holder = bench.ask(key(1), "h", 0);
        Asker gone = bench.ask(key(1), "a", 2_000, NONCE);
        Asker second = bench.ask(key(1), "b", 2_000);
        gone.cancel();
        gone.cancel();
        bench.after(LeaseTable.RECLAIM_MILLIS);
        Asker back = bench.ask(key(1), "a", 2_000, NONCE);
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(second.holdsLease()).isTrue();
        assertThat(back.waits()).isTrue();
        assertThat(gone.answers).isEmpty();
        assertThat(bench.table.stats().refused()).as("nobody was refused").isEmpty();
    }

    @Test
    void shouldBeToldWhatHappenedWhileItWasGone() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker holder = bench.ask(key(1), "h", 0);
        Asker gone = bench.ask(key(1), "a", 2_000, NONCE);
        gone.cancel();
        bench.end(holder, LeaseOutcome.FILLED);
        assertThat(gone.answers).isEmpty();
        assertThat(bench.ask(key(1), "a", 2_000, NONCE).answer()).isEqualTo(new Filled());
        assertThat(bench.table.stats().waiting()).isZero();
    }

    @Test
    void shouldKeepAnUndeliveredLeaseForAMomentThenEndItUnused() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker first = bench.ask(key(1), "a", 0, NONCE);
        Asker other = bench.ask(key(2), "b", 2_000);
        first.undelivered();
        bench.after(LeaseTable.RECLAIM_MILLIS - 1);
        assertThat(other.waits()).isTrue();
        bench.after(1);
        assertThat(other.holdsLease()).isTrue();
        assertThat(bench.table.stats().unused()).isEqualTo(1);
        assertThat(bench.table.stats().expired()).isZero();
        assertThat(bench.table.end(key(1), first.lease(), LeaseOutcome.FILLED)).isFalse();
    }

    @Test
    void shouldGetALeaseThatWasNotDeliveredAndKeepItThen() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker first = bench.ask(key(1), "a", 0, NONCE);
        first.undelivered();
        bench.after(LeaseTable.RECLAIM_MILLIS - 1);
        Asker again = bench.ask(key(1), "a", 0, NONCE);
        assertThat(again.lease()).isEqualTo(first.lease());
        bench.after(4_000);
        assertThat(bench.table.stats().inUse()).isEqualTo(1);
        bench.end(again, LeaseOutcome.FILLED);
        assertThat(bench.table.stats().filled()).isEqualTo(1);
    }

    @Test
    void shouldNotLoseALeaseToTheLateNewsThatItsFormerAnswerWasNotDelivered() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker first = bench.ask(key(1), "a", 0, NONCE);
        Asker again = bench.ask(key(1), "a", 0, NONCE);
        first.undelivered();
        bench.after(LeaseTable.RECLAIM_MILLIS);
        assertThat(bench.table.holds(again.lease())).isTrue();
        again.undelivered();
        bench.after(LeaseTable.RECLAIM_MILLIS);
        assertThat(bench.table.holds(again.lease())).isFalse();
    }

    @Test
    void shouldHandAnUndeliveredLeaseOnAtOnceIfItsQuestionHasNoNonce() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker first = bench.ask(key(1), "a", 0);
        Asker other = bench.ask(key(2), "b", 2_000);
        first.undelivered();
        assertThat(other.holdsLease()).isTrue();
        first.undelivered();
        assertThat(bench.table.stats().unused()).isEqualTo(1);
    }

    @Test
    void shouldExpireAnUndeliveredLeaseNoLaterThanAnyOther() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker first = bench.ask(key(1), "a", 0, NONCE);
        bench.after(4_800);
        first.undelivered();
        bench.after(200);
        assertThat(bench.table.stats().inUse()).isZero();
        assertThat(bench.table.stats().expired()).isEqualTo(1);
        bench.after(5_000);
        assertThat(bench.table.stats().unused()).isZero();
    }

    @Test
    void shouldStayBoundedWhereEveryClientAsksAndGoes() {
        LeaseLimits limits = new LeaseLimits(5_000, 2_000, 50, 10, 2_000, 5_000, 1_000, 15_000, 100, 60_000);
        LeaseBench bench = LeaseBench.withShare(4, limits);
        for (int i = 0; i < 10_000; i++) {
            Asker asker = bench.ask(key(i % 40), "client " + i, 2_000, new LeaseNonce(i));
            if (asker.waits()) {
                asker.cancel();
            } else if (asker.holdsLease()) {
                asker.undelivered();
            }
            bench.after(i % 3);
            assertThat(bench.table.entries()).isLessThan(4 * 100 + 2 * (50 + 4));
            assertThat(bench.table.stats().inUse()).isLessThanOrEqualTo(4);
        }
        bench.after(LeaseTable.RECLAIM_MILLIS);
        assertThat(bench.table.entries()).isZero();
        assertThat(bench.table.stats().waiting()).isZero();
    }

    private static RefusalReason reason(Asker asker) {
        return ((Refused) asker.answer()).reason();
    }
}
