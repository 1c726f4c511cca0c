package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Filled;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import io.zonecache.server.lease.LeaseBench.Asker;
import org.junit.jupiter.api.Test;

/** Chunks that the origin denies to a client. */
class LeaseDeniedTest {

    private final LeaseBench bench = LeaseBench.withShare(4);

    private Asker ask(String client, long waitMillis) {
        return bench.ask(key(1), client, waitMillis, KeyKind.PLAIN);
    }

    private static void assertRefused(Asker asker, RefusalReason reason) {
        assertThat(asker.answer())
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @Test
    void shouldOfferTheLeaseToAnotherClientWhichMayHaveTheRight() {
        Asker first = ask("a", 0);
        Asker sameClient = ask("a", 2_000);
        Asker other = ask("b", 2_000);
        bench.end(first, LeaseOutcome.DENIED);
        assertThat(other.holdsLease()).isTrue();
        assertRefused(sameClient, RefusalReason.ORIGIN_DENIED);
        assertRefused(ask("a", 2_000), RefusalReason.ORIGIN_DENIED);
        bench.end(other, LeaseOutcome.FILLED);
        assertThat(ask("a", 0).answer()).as("the zone has it now").isEqualTo(new Filled());
    }

    @Test
    void shouldLeaveTheChunkAloneOnceItWasDeniedToThreeOthersToo() {
        for (String client : new String[] {"a", "b", "c"}) {
            Asker asker = ask(client, 0);
            assertThat(asker.holdsLease()).as(client).isTrue();
            bench.end(asker, LeaseOutcome.DENIED);
        }
        Asker fourth = ask("d", 0);
        Asker fifth = ask("e", 2_000);
        bench.end(fourth, LeaseOutcome.DENIED);
        assertThat(fifth.answer()).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(RefusalReason.ORIGIN_FAILING);
            assertThat(refused.detail())
                    .isEqualTo(
                            "failed fills of chunk " + key(1)
                                    + " in a row: 1, as the origin has denied it to 4 clients (expected: another try in 1000 ms)");
        });
        assertRefused(ask("f", 2_000), RefusalReason.ORIGIN_FAILING);
        bench.after(1_001);
        assertThat(ask("a", 0).holdsLease())
                .as("after the back-off all may try again")
                .isTrue();
    }

    @Test
    void shouldForgetToWhomItWasDeniedAfterAWhile() {
        bench.end(ask("a", 0), LeaseOutcome.DENIED);
        bench.after(4_990);
        assertRefused(ask("a", 0), RefusalReason.ORIGIN_DENIED);
        bench.after(20);
        assertThat(ask("a", 0).holdsLease()).isTrue();
    }

    @Test
    void shouldTellAClientWhatIsLeftOfItsTime() {
        bench.end(ask("a", 0), LeaseOutcome.DENIED);
        bench.after(1_800);
        assertThat(ask("a", 2_000).answer()).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.retryAfterMillis()).isEqualTo(3_200);
            assertThat(refused.detail())
                    .isEqualTo("chunk " + key(1) + ": the origin has denied it to this client a moment ago"
                            + " (expected: a client that may read it, or another try in 3200 ms)");
        });
        bench.after(3_200);
        assertThat(ask("a", 0).holdsLease()).isTrue();
    }

    @Test
    void shouldNotHoldAClientOffForLongerAsTheChunkIsDeniedToAnother() {
        bench.end(ask("a", 0), LeaseOutcome.DENIED);
        bench.after(3_000);
        bench.end(ask("b", 0), LeaseOutcome.DENIED);
        bench.after(2_000);
        Asker again = ask("a", 0);
        assertThat(again.holdsLease()).isTrue();
        assertRefused(ask("b", 0), RefusalReason.ORIGIN_DENIED);
        bench.end(again, LeaseOutcome.DENIED);
        assertRefused(ask("a", 0), RefusalReason.ORIGIN_DENIED);
    }

    @Test
    void shouldCountClientsAndNotTheirTries() {
        for (int round = 0; round < 3; round++) {
            bench.end(ask("a", 0), LeaseOutcome.DENIED);
            bench.after(2_500);
            bench.end(ask("b", 0), LeaseOutcome.DENIED);
            bench.after(2_500);
        }
        assertThat(ask("c", 0).holdsLease()).as("no back-off after two clients").isTrue();
    }

    @Test
    void shouldBackOffThoughTheDenialsCameOneAfterTheOther() {
        for (String client : new String[] {"a", "b", "c", "d"}) {
            bench.after(2_000);
            bench.end(ask(client, 0), LeaseOutcome.DENIED);
        }
        assertRefused(ask("e", 0), RefusalReason.ORIGIN_FAILING);
    }

    @Test
    void shouldNotCountADenialAsAFailedFill() {
        bench.end(ask("a", 0), LeaseOutcome.DENIED);
        assertThat(bench.table.stats().denied()).isEqualTo(1);
        assertThat(bench.table.stats().failed()).isZero();
        assertThat(ask("b", 0).holdsLease()).isTrue();
    }
}
