package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import io.zonecache.server.lease.LeaseBench.Asker;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each way to be refused a lease: the value found, what was expected, and its count. */
class RefusalTest {

    private static final LeaseLimits NARROW =
            new LeaseLimits(5_000, 2_000, 2, 1, 2_000, 5_000, 1_000, 15_000, 16, 60_000);

    private static void refused(LeaseBench bench, Asker asker, RefusalReason reason, String detail) {
        assertThat(asker.answer()).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.code()).isEqualTo(reason.code());
            assertThat(refused.detail()).isEqualTo(detail).contains("(expected: ");
        });
        assertThat(bench.table.stats().refused()).isEqualTo(Map.of(reason, 1L));
    }

    @Test
    void shouldSayForHowLongTheChunkIsBeingFilled() {
        LeaseBench bench = LeaseBench.withShare(4);
        bench.ask(key(1), "a", 0);
        bench.after(1_200);
        refused(
                bench,
                bench.ask(key(1), "b", 0),
                RefusalReason.FILLING,
                "chunk " + key(1) + ": being filled for 1200 ms (expected: its end, in 3800 ms at the latest)");
    }

    @Test
    void shouldSayThatTheShareIsTaken() {
        LeaseBench bench = LeaseBench.withShare(1);
        bench.ask(key(1), "a", 0);
        refused(
                bench,
                bench.ask(key(2), "b", 0),
                RefusalReason.SHARE_TAKEN,
                "leases running on this node: 1 (expected: fewer than its share, 1)");
    }

    @Test
    void shouldSayThatTheClientHoldsHalfOfTheShare() {
        LeaseBench bench = LeaseBench.withShare(3);
        bench.ask(key(1), "a", 0);
        bench.ask(key(2), "a", 0);
        refused(
                bench,
                bench.ask(key(3), "a", 0),
                RefusalReason.CLIENT_SHARE_TAKEN,
                "leases of client a on this node: 2 (expected: fewer than 2, half of its share)");
    }

    @Test
    void shouldSayThatTheProcessIsYoung() {
        LeaseBench bench = new LeaseBench(LeaseLimits.DEFAULT);
        bench.view(LeaseBench.settings(8, 1), 1);
        bench.after(3_000);
        refused(
                bench,
                bench.ask(key(1), "a", 0),
                RefusalReason.STARTING,
                "age of this node's process: 3000 ms (expected: at least 5000, so that no lease of its former life runs)");
    }

    @Test
    void shouldSayWhichQueueIsFull() {
        LeaseBench bench = LeaseBench.withShare(1, NARROW);
        bench.ask(key(1), "a", 0);
        bench.ask(key(2), "b", 1_000);
        refused(
                bench,
                bench.ask(key(2), "c", 1_000),
                RefusalReason.CHUNK_QUEUE_FULL,
                "chunk " + key(2) + ": 1 requests wait (expected: fewer than 1)");
        LeaseBench other = LeaseBench.withShare(1, NARROW);
        other.ask(key(1), "a", 0);
        other.ask(key(2), "b", 1_000);
        other.ask(key(3), "c", 1_000);
        refused(
                other,
                other.ask(key(4), "d", 1_000),
                RefusalReason.NODE_QUEUE_FULL,
                "node: 2 requests wait (expected: fewer than 2)");
    }

    @Test
    void shouldSayWhenAFailingChunkMayBeTriedAgain() {
        LeaseBench bench = LeaseBench.withShare(1);
        bench.end(bench.ask(key(1), "a", 0), LeaseOutcome.FAILED);
        bench.after(300);
        refused(
                bench,
                bench.ask(key(1), "b", 0),
                RefusalReason.ORIGIN_FAILING,
                "failed fills of chunk " + key(1) + " in a row: 1 (expected: another try in 700 ms)");
    }

    @Test
    void shouldSayThatTheNodeDrains() {
        LeaseBench bench = LeaseBench.withShare(1);
        bench.table.drain();
        refused(
                bench,
                bench.ask(key(1), "a", 0),
                RefusalReason.DRAINING,
                "node node-0: draining (expected: another of the chunk's nodes)");
    }

    @Test
    void shouldSayThatThereIsNoView() {
        LeaseBench bench = new LeaseBench(LeaseLimits.DEFAULT);
        bench.after(5_000);
        refused(
                bench,
                bench.ask(key(1), "a", 0),
                RefusalReason.NO_VIEW,
                "node node-0: no view in its first 5000 ms (expected: one)");
    }

    @Test
    void shouldSayForHowLongNobodyHasConfirmedTheView() {
        LeaseBench bench = LeaseBench.withShare(1);
        bench.cutOffFor(60_001);
        refused(
                bench,
                bench.ask(key(1), "a", 0),
                RefusalReason.CUT_OFF,
                "node node-0: view of epoch 1 confirmed 60001 ms ago (expected: within 60000 ms)");
    }

    @Test
    void shouldSayThatANewNodeWaitsInAZoneThatOutgrewItsExpectedNodes() {
        LeaseBench bench = new LeaseBench(LeaseLimits.DEFAULT);
        bench.view(LeaseBench.settings(12, 2), 3);
        bench.after(5_000);
        refused(
                bench,
                bench.ask(key(1), "a", 0),
                RefusalReason.NEWCOMER,
                "node node-0: new in a zone of 3 nodes (expected: at most 2, its expectedNodes, or 60000 ms more)");
    }

    @Test
    void shouldHaveALabelOfItsOwnForEachReason() {
        assertThat(Arrays.stream(RefusalReason.values())
                        .map(RefusalReason::label)
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                        .values())
                .containsOnly(1L);
    }
}
