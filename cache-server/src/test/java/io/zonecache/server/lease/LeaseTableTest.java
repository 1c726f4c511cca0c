package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Absent;
import io.zonecache.server.lease.LeaseAnswer.Filled;
import io.zonecache.server.lease.LeaseAnswer.Granted;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import io.zonecache.server.lease.LeaseBench.Asker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTableTest {

    @Test
    void shouldGrantTheFirstAskerAndTellTheOthersWhenTheFillEnds() {
        LeaseBench bench = LeaseBench.withShare(4);
        Asker holder = bench.ask(key(1), "a", 2_000);
        Asker waiter = bench.ask(key(1), "b", 2_000);
        assertThat(holder.answer()).isInstanceOfSatisfying(Granted.class, granted -> {
            assertThat(granted.expiresInMillis()).isEqualTo(5_000);
            assertThat(granted.lease()).matches("[0-9a-f]{32}");
        });
        assertThat(waiter.waits()).isTrue();
        bench.end(holder, LeaseOutcome.FILLED);
        assertThat(waiter.answer()).isEqualTo(new Filled());
        assertThat(bench.table.stats().inUse()).isZero();
        assertThat(bench.table.stats().waiting()).isZero();
    }

    @Test
    void shouldAnswerFillingWhenTheWaitIsOverBeforeTheFill() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.ask(key(1), "a", 2_000);
        Asker hurried = bench.ask(key(1), "b", 0);
        Asker patient = bench.ask(key(1), "b", 500);
        assertThat(refusal(hurried)).isEqualTo(CacheErrorCode.FILLING);
        bench.after(499);
        assertThat(patient.waits()).isTrue();
        bench.after(1);
        assertThat(refusal(patient)).isEqualTo(CacheErrorCode.FILLING);
    }

    @Test
    void shouldCutAWaitToTheLongestAllowed() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.ask(key(1), "a", 2_000);
        Asker greedy = bench.ask(key(1), "b", Long.MAX_VALUE);
        Asker negative = bench.ask(key(1), "b", Long.MIN_VALUE);
        assertThat(refusal(negative)).isEqualTo(CacheErrorCode.FILLING);
        bench.after(1_999);
        assertThat(greedy.waits()).isTrue();
        bench.after(1);
        assertThat(refusal(greedy)).isEqualTo(CacheErrorCode.FILLING);
    }

    @Test
    void shouldRememberFilledForTwoSecondsButGrantWhoeverSawThatInVain() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.end(bench.ask(key(1)), LeaseOutcome.FILLED);
        bench.after(1_999);
        assertThat(bench.ask(key(1)).answer()).isEqualTo(new Filled());
        Asker disappointed = bench.ask(key(1), "b", 0, true);
        assertThat(disappointed.holdsLease()).isTrue();
        assertThat(bench.ask(key(1), "c", 2_000).waits()).isTrue();
        bench.end(disappointed, LeaseOutcome.FILLED);
        bench.after(2_000);
        assertThat(bench.ask(key(1)).holdsLease()).isTrue();
    }

    @Test
    void shouldRememberAbsentForFiveSecondsLessAFifth() {
        Set<Long> remembered = new HashSet<>();
        LeaseBench bench = LeaseBench.withShare(4);
        for (int i = 0; i < 20; i++) {
            Asker holder = bench.ask(key(i), "a", 0);
            Asker waiter = bench.ask(key(i), "b", 2_000);
            bench.end(holder, LeaseOutcome.ABSENT);
            assertThat(waiter.answer()).isEqualTo(new Absent());
            long millis = 0;
            while (bench.ask(key(i), "c", 0, true).answer() instanceof Absent) {
                bench.after(10);
                millis += 10;
            }
            assertThat(millis).isBetween(4_000L, 5_010L);
            remembered.add(millis);
        }
        assertThat(remembered).hasSizeGreaterThan(5);
    }

    @Test
    void shouldLeaveAChunkAloneForLongerAfterEachFailedFill() {
        LeaseBench bench = LeaseBench.withShare(4);
        for (long backoffMillis : new long[] {1_000, 2_000, 4_000, 8_000, 15_000, 15_000}) {
            Asker holder = bench.ask(key(1), "a", 0);
            Asker waiter = bench.ask(key(1), "b", 2_000);
            bench.end(holder, LeaseOutcome.FAILED);
            for (Asker refused : List.of(waiter, bench.ask(key(1), "c", 2_000))) {
                assertThat(refused.answer()).isInstanceOfSatisfying(Refused.class, answer -> {
                    assertThat(answer.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
                    assertThat(answer.retryAfterMillis()).isEqualTo(backoffMillis);
                });
            }
            assertThat(bench.ask(key(2), "c", 0).holdsLease())
                    .as("another chunk")
                    .isTrue();
            bench.after(backoffMillis - 1);
            assertThat(refusal(bench.ask(key(1)))).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            bench.after(1);
            bench.after(5_000);
        }
        bench.end(bench.ask(key(1)), LeaseOutcome.FILLED);
        bench.after(2_000);
        bench.end(bench.ask(key(1)), LeaseOutcome.FAILED);
        assertThat(((Refused) bench.ask(key(1)).answer()).retryAfterMillis())
                .as("a success ends the row")
                .isEqualTo(1_000);
    }

    @Test
    void shouldHandAnUnusedLeaseOnAtOnceAndWithoutBackoff() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker holder = bench.ask(key(1), "a", 0);
        Asker sameChunk = bench.ask(key(1), "b", 2_000);
        Asker otherChunk = bench.ask(key(2), "c", 2_000);
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(sameChunk.holdsLease()).isTrue();
        bench.end(sameChunk, LeaseOutcome.UNUSED);
        assertThat(otherChunk.holdsLease()).isTrue();
    }

    @Test
    void shouldGiveTheLeaseOfADeadHolderToTheNextWaiterWhenItExpires() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker dead = bench.ask(key(1), "a", 0);
        bench.after(4_000);
        Asker next = bench.ask(key(1), "b", 2_000);
        bench.after(999);
        assertThat(next.waits()).isTrue();
        assertThat(bench.table.stats().inUse()).isEqualTo(1);
        bench.after(1);
        assertThat(next.holdsLease()).isTrue();
        assertThat(next.lease()).isNotEqualTo(dead.lease());
    }

    @Test
    void shouldBelieveALateFilledWithoutFreeingASlotTwice() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker slow = bench.ask(key(1), "a", 0);
        bench.after(5_000);
        Asker second = bench.ask(key(1), "b", 0);
        Asker waiter = bench.ask(key(1), "c", 2_000);
        Asker other = bench.ask(key(2), "d", 2_000);
        assertThat(second.holdsLease()).isTrue();
        bench.end(slow, LeaseOutcome.FILLED);
        assertThat(waiter.answer()).isEqualTo(new Filled());
        assertThat(other.waits()).isTrue();
        assertThat(bench.table.stats().inUse()).isEqualTo(1);
        bench.end(slow, LeaseOutcome.FILLED);
        assertThat(bench.table.stats().inUse()).isEqualTo(1);
        bench.end(second, LeaseOutcome.FILLED);
        assertThat(other.holdsLease()).isTrue();
    }

    @Test
    void shouldIgnoreTheEndOfALeaseThatIsUnknownOverOrOfAnotherChunk() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker holder = bench.ask(key(1), "a", 0);
        Asker waiter = bench.ask(key(2), "b", 2_000);
        assertThat(bench.table.end(key(1), "0123", LeaseOutcome.FILLED)).isFalse();
        assertThat(bench.table.end(key(2), holder.lease(), LeaseOutcome.FILLED)).isFalse();
        assertThat(waiter.waits()).isTrue();
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(bench.table.end(key(1), holder.lease(), LeaseOutcome.ABSENT)).isFalse();
        assertThat(bench.table.end(key(1), holder.lease(), LeaseOutcome.FILLED)).isFalse();
        assertThat(bench.ask(key(1)).answer()).isInstanceOf(Refused.class);
    }

    @Test
    void shouldRefuseWithOriginLimitWhenNoSlotComesFreeInTime() {
        LeaseBench bench = LeaseBench.withShare(1);
        bench.ask(key(1), "a", 0);
        Asker hurried = bench.ask(key(2), "b", 0);
        Asker patient = bench.ask(key(2), "b", 300);
        bench.after(300);
        for (Asker refused : List.of(hurried, patient)) {
            assertThat(refused.answer()).isInstanceOfSatisfying(Refused.class, answer -> {
                assertThat(answer.code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
                assertThat(answer.retryAfterMillis()).isPositive();
            });
        }
    }

    @Test
    void shouldGiveAFreeSlotToTheChunkWithMostWaiters() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker holder = bench.ask(key(1), "a", 0);
        List<List<Asker>> askers = new ArrayList<>();
        for (int chunk = 0; chunk < 4; chunk++) {
            askers.add(new ArrayList<>());
            int waiters = new int[] {1, 3, 2, 3}[chunk];
            for (int i = 0; i < waiters; i++) {
                askers.get(chunk).add(bench.ask(key(10 + chunk), "client-" + chunk + i, 2_000));
            }
        }
        for (int chunk : new int[] {1, 3, 2, 0}) {
            bench.end(holder, LeaseOutcome.UNUSED);
            List<Asker> served = askers.get(chunk);
            holder = served.get(0);
            assertThat(holder.holdsLease()).as("first asker of chunk %d", chunk).isTrue();
            served.subList(1, served.size()).forEach(Asker::cancel);
        }
    }

    @ParameterizedTest(name = "share {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 10, 60})
    void shouldLetOneClientHoldHalfOfTheShareAndTwoClientsAllOfIt(int share) {
        LeaseBench bench = LeaseBench.withShare(share);
        for (String client : List.of("a", "b")) {
            for (int i = 0; i < share; i++) {
                bench.ask(key(bench.table.stats().inUse()), client, 0);
            }
            assertThat(bench.table.stats().inUse()).isEqualTo(client.equals("a") ? (share + 1) / 2 : share);
        }
    }

    @Test
    void shouldServeAClientBelowItsQuarterBeforeOneAboveItWhoeverCameFirst() {
        LeaseBench bench = LeaseBench.withShare(8);
        List<Asker> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(bench.ask(key(held.size()), "greedy", 0));
        }
        for (int i = 0; i < 5; i++) {
            held.add(bench.ask(key(held.size()), "other " + i % 2, 0));
        }
        assertThat(held).allMatch(Asker::holdsLease);
        Asker greedy = bench.ask(key(100), "greedy", 2_000);
        Asker moreGreedy = bench.ask(key(101), "greedy", 2_000);
        Asker modest = bench.ask(key(102), "modest", 2_000);
        bench.end(held.get(3), LeaseOutcome.UNUSED);
        assertThat(modest.holdsLease()).isTrue();
        assertThat(greedy.waits()).isTrue();
        bench.end(held.get(4), LeaseOutcome.UNUSED);
        assertThat(greedy.holdsLease()).as("nobody below its quarter waits").isTrue();
        bench.end(held.get(5), LeaseOutcome.UNUSED);
        assertThat(moreGreedy.waits()).as("half of the share").isTrue();
        bench.end(held.get(0), LeaseOutcome.UNUSED);
        assertThat(moreGreedy.holdsLease()).isTrue();
    }

    /** Of clients that take the whole share, and whose chunks are more popular or have been waited for longer. */
    @ParameterizedTest(name = "share {0}, by {1} clients")
    @CsvSource({"1, 1", "2, 2", "3, 2", "4, 2", "10, 2", "60, 2"})
    void shouldServeAClientWithOneWaitingKeyAtTheNextEndOfALeaseThoughOthersWaitForAThousand(int share, int clients) {
        LeaseBench bench = LeaseBench.withShare(share);
        List<Asker> greedy = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            for (int client = 0; client < clients; client++) {
                greedy.add(bench.ask(key(i), "greedy " + client, 2_000));
            }
        }
        assertThat(bench.table.stats().inUse()).isEqualTo(share);
        for (int i = 0; i < 20; i++) {
            Asker modest = bench.ask(key(10_000 + i), "modest", 2_000);
            assertThat(modest.waits()).isTrue();
            Asker next = greedy.stream()
                    .filter(asker -> asker.holdsLease() && bench.table.holds(asker.lease()))
                    .findFirst()
                    .orElseThrow();
            bench.end(next, LeaseOutcome.FILLED);
            assertThat(modest.holdsLease()).as("round %d", i).isTrue();
            bench.end(modest, LeaseOutcome.FILLED);
            assertThat(bench.table.stats().inUse()).isEqualTo(share);
        }
    }

    @Test
    void shouldRefuseAtOnceWhenTheQueueIsFullInAllOrForTheChunk() {
        LeaseLimits limits = new LeaseLimits(5_000, 2_000, 5, 3, 2_000, 5_000, 1_000, 15_000, 10, 60_000);
        LeaseBench bench = LeaseBench.withShare(1, limits);
        bench.ask(key(1), "a", 0);
        for (int i = 0; i < 3; i++) {
            assertThat(bench.ask(key(1), "b" + i, 2_000).waits()).isTrue();
        }
        Asker chunkFull = bench.ask(key(1), "c", 2_000);
        assertThat(refusal(chunkFull)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        bench.ask(key(2), "d", 2_000);
        bench.ask(key(3), "e", 2_000);
        assertThat(refusal(bench.ask(key(4), "f", 2_000))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(bench.table.stats().waiting()).isEqualTo(5);
    }

    @Test
    void shouldStayBoundedWhateverIsAsked() {
        LeaseLimits limits = new LeaseLimits(5_000, 2_000, 50, 10, 2_000, 5_000, 1_000, 15_000, 100, 60_000);
        LeaseBench bench = LeaseBench.withShare(4, limits);
        for (int i = 0; i < 10_000; i++) {
            Asker asker = bench.ask(key(i), "client " + i, 100);
            if (asker.holdsLease()) {
                bench.end(asker, i % 2 == 0 ? LeaseOutcome.FAILED : LeaseOutcome.ABSENT);
            }
            bench.after(i % 7);
        }
        assertThat(bench.table.entries()).isLessThan(4 * 100 + 2 * (50 + 4));
    }

    @Test
    void shouldGrantNothingInTheFirstLeaseLifetimeButLetRequestsWaitForItsEnd() {
        LeaseBench bench = new LeaseBench(LeaseLimits.DEFAULT);
        bench.view(LeaseBench.settings(4, 1), 1);
        assertThat(refusal(bench.ask(key(1)))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        bench.after(4_000);
        Asker early = bench.ask(key(1), "a", 2_000);
        bench.after(999);
        assertThat(early.waits()).isTrue();
        bench.after(1);
        assertThat(early.holdsLease()).isTrue();
    }

    @Test
    void shouldLetTheShareFallAtOnceAndGrowALifetimeLater() {
        LeaseBench bench = new LeaseBench(LeaseLimits.DEFAULT);
        bench.view(LeaseBench.settings(12, 1), 2);
        bench.after(70_000);
        for (int i = 0; i < 6; i++) {
            assertThat(bench.ask(key(i), "client-" + i, 0).holdsLease()).isTrue();
        }
        bench.view(LeaseBench.settings(12, 1), 3);
        assertThat(bench.table.stats().share()).isEqualTo(4);
        assertThat(bench.table.stats().inUse()).as("running leases finish").isEqualTo(6);
        assertThat(bench.ask(key(100), "late", 0).holdsLease()).isFalse();
        bench.after(5_000);
        bench.view(LeaseBench.settings(12, 1), 2);
        bench.after(4_999);
        assertThat(bench.table.stats().share()).isEqualTo(4);
        bench.after(1);
        assertThat(bench.table.stats().share()).isEqualTo(6);
    }

    @Test
    void shouldStopWhenItIsCutOffForAMinuteAndGoOnOnceItIsConfirmed() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.cutOffFor(60_000);
        assertThat(bench.ask(key(1)).holdsLease()).isTrue();
        bench.cutOffFor(1);
        assertThat(refusal(bench.ask(key(2), "b", 2_000))).isEqualTo(CacheErrorCode.BUSY);
        bench.table.confirmed(60_001_000_000L);
        assertThat(refusal(bench.ask(key(2), "b", 2_000)))
                .as("an old answer that comes late proves nothing")
                .isEqualTo(CacheErrorCode.BUSY);
        bench.table.confirmed(1_000_000_000L);
        assertThat(bench.ask(key(2), "b", 2_000).holdsLease()).isTrue();
    }

    @Test
    void shouldStartAnewWhenItWasCutOffAndTheViewHasChangedSince() {
        LeaseBench bench = LeaseBench.withShare(12);
        bench.cutOffFor(60_001);
        bench.view(LeaseBench.settings(12, 1), 3);
        assertThat(bench.table.stats().share()).isZero();
        bench.after(64_999);
        assertThat(bench.table.stats().share()).isZero();
        bench.after(1);
        assertThat(bench.table.stats().share()).isEqualTo(4);
    }

    @Test
    void shouldSendClientsToTheNextNodeWhileItIsNewInAZoneThatOutgrewItsExpectedNodes() {
        LeaseBench bench = new LeaseBench(LeaseLimits.DEFAULT);
        bench.view(LeaseBench.settings(12, 2), 3);
        bench.after(5_000);
        assertThat(refusal(bench.ask(key(1), "a", 2_000))).isEqualTo(CacheErrorCode.BUSY);
        bench.after(60_000);
        assertThat(bench.ask(key(1), "a", 2_000).holdsLease()).isTrue();
    }

    @Test
    void shouldAnswerNotCoordinatorWhereItIsNotAmongTheChunksNodes() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.view(LeaseBench.settings(40, 1), 1, 8);
        assertThat(bench.ask(key(1)).answer())
                .isEqualTo(new Refused(
                        RefusalReason.NOT_COORDINATOR,
                        "node: node-0 (expected: one of the placement of chunk " + key(1) + " at epoch 2)",
                        0));
    }

    @Test
    void shouldTellWaitersOfAChunkThatMovedAwayWhenTheirTurnComes() {
        LeaseBench bench = LeaseBench.withShare(1);
        ChunkKey moves = chunkElsewhereIn(8);
        Asker holder = bench.ask(key(1), "a", 0);
        Asker waiter = bench.ask(moves, "b", 2_000);
        Asker another = bench.ask(moves, "c", 2_000);
        bench.view(LeaseBench.settings(8, 8), 8);
        assertThat(waiter.waits()).isTrue();
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(refusal(waiter)).isEqualTo(CacheErrorCode.NOT_COORDINATOR);
        assertThat(refusal(another)).isEqualTo(CacheErrorCode.NOT_COORDINATOR);
    }

    private static ChunkKey chunkElsewhereIn(int nodes) {
        LeaseBench larger = new LeaseBench(LeaseLimits.DEFAULT);
        larger.view(LeaseBench.settings(nodes, nodes), nodes);
        long number = 1_000;
        while (refusal(larger.ask(key(number))) != CacheErrorCode.NOT_COORDINATOR) {
            number++;
        }
        return key(number);
    }

    @Test
    void shouldForgetACancelledWaiter() {
        LeaseBench bench = LeaseBench.withShare(1);
        Asker holder = bench.ask(key(1), "a", 0);
        Asker gone = bench.ask(key(2), "b", 2_000);
        Asker next = bench.ask(key(3), "c", 2_000);
        gone.cancel();
        gone.cancel();
        bench.end(holder, LeaseOutcome.UNUSED);
        assertThat(next.holdsLease()).isTrue();
        assertThat(gone.answers).isEmpty();
    }

    private static CacheErrorCode refusal(Asker asker) {
        return ((Refused) asker.answer()).code();
    }
}
