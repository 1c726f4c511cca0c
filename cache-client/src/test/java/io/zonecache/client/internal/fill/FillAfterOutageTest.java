package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads that wait for the origin reserve while no node of their zone answers, and what they do once some do. In virtual time. */
final class FillAfterOutageTest {

    private static final int READS = 100;
    private static final int FETCH_MILLIS = 2_000;
    private static final int NODES_OF_A_CHUNK = 5;

    /** Four at once. */
    private final SimZone zone = new SimZone(95, 6, 64, 4, 1);

    private final List<ChunkKey> keys = new ArrayList<>();
    private final List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
    private final SimClient client = zone.client("c0");

    private void fillTheZone() {
        SimClient filling = zone.client("filling");
        for (int i = 0; i < READS; i++) {
            keys.add(zone.origin.add(100));
        }
        List<CompletableFuture<FilledChunk>> filled =
                keys.stream().map(key -> filling.get(key, 60_000)).toList();
        zone.timer.runAll();
        assertThat(filled).allMatch(CompletableFuture::isDone);
        assertThat(keys).allMatch(key -> zone.stripesHeld(key) == NODES_OF_A_CHUNK);
    }

    private void takeAway(SimNode.Mode mode) {
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = FETCH_MILLIS;
        zone.nodes.values().forEach(node -> node.mode = mode);
        client.isZoneSilent = mode == SimNode.Mode.FROZEN;
        client.givesUpRefusingNodes = true;
    }

    private void bringBack() {
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
    }

    private void readAll(long deadlineMillis) {
        keys.forEach(key -> gets.add(client.get(key, deadlineMillis)));
        // All have found out that no node grants a lease.
        zone.timer.advanceMillis(500);
        assertThat(client.filler.context.waiters.waiters()).isEqualTo(READS - 4);
    }

    private double secondsUntilAllAreDone() {
        long start = zone.timer.nanoTime();
        while (!gets.stream().allMatch(CompletableFuture::isDone)) {
            zone.timer.advanceMillis(10);
        }
        return (zone.timer.nanoTime() - start) / 1e9;
    }

    private void assertNothingHeld() {
        FillContext context = client.filler.context;
        assertThat(context.reserve.permitsInUse()).isZero();
        assertThat(context.waiters.waiters()).isZero();
        assertThat(context.limit.slotsInUse()).isZero();
        assertThat(client.filler.whenIdle()).isCompleted();
    }

    @ParameterizedTest
    @EnumSource(
            value = SimNode.Mode.class,
            names = {"DOWN", "FROZEN"})
    void shouldServeTheReadsThatWaitForTheReserveFromTheZoneOnceItAnswersAgain(SimNode.Mode mode) {
        fillTheZone();
        takeAway(mode);
        readAll(60_000);
        zone.timer.advanceMillis(3_700);
        int begun = zone.origin.total;
        bringBack();
        double tookSeconds = secondsUntilAllAreDone();
        int fetchedAfterwards = zone.origin.total - begun;
        assertThat(gets).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(tookSeconds)
                .as("seconds; %d fetches afterwards", fetchedAfterwards)
                .isLessThan(2.5);
        assertThat(fetchedAfterwards).isZero();
        assertThat(gets.stream().filter(get -> get.join().source() == Source.ZONE))
                .hasSize(READS - (begun - READS));
        zone.timer.runAll();
        assertNothingHeld();
    }

    @Test
    void shouldFetchUnderLeasesOnceTheZoneAnswersAgainWhatItDoesNotHold() {
        fillTheZone();
        takeAway(SimNode.Mode.DOWN);
        readAll(60_000);
        zone.nodes.values().forEach(SimNode::empty);
        zone.timer.advanceMillis(4_500);
        bringBack();
        // 16 at once, of the client's own limit.
        assertThat(secondsUntilAllAreDone()).isLessThan(2 + 2 + READS / 16.0 * FETCH_MILLIS / 1_000);
        assertThat(gets).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(client.filler.stats().leases().granted()).isGreaterThan(READS * 3 / 4);
        zone.timer.runAll();
        assertNothingHeld();
    }

    @ParameterizedTest
    @EnumSource(
            value = SimNode.Mode.class,
            names = {"DOWN", "FROZEN"})
    void shouldFetchAsMuchAndAskLittleWhileTheZoneStaysAway(SimNode.Mode mode) {
        fillTheZone();
        takeAway(mode);
        int before = zone.origin.total;
        readAll(30_000);
        int[] requests = {client.requests};
        for (int second = 0; second < 20; second++) {
            zone.timer.advanceMillis(1_000);
            assertThat(client.requests - requests[0])
                    .as("requests in second %d", second)
                    .isLessThanOrEqualTo(2);
            requests[0] = client.requests;
        }
        zone.timer.runAll();
        int fetches = zone.origin.total - before;
        // Until 2.5 s before the deadline, four at a time.
        assertThat(fetches).isBetween(4 * 13, 4 * 14);
        assertThat(gets.stream().filter(get -> !get.isCompletedExceptionally()).count())
                .isGreaterThanOrEqualTo(fetches * 8 / 10);
        assertNothingHeld();
    }

    @Test
    void shouldAskAgainLessAndLessOftenWhereNodesAnswerAllButLeases() {
        fillTheZone();
        takeAway(SimNode.Mode.DOWN);
        readAll(60_000);
        zone.nodes.values().forEach(SimNode::empty);
        client.areLeasesUnreachable = true;
        bringBack();
        int before = zone.origin.total;
        zone.timer.advanceMillis(1_000);
        int readsBefore = client.zoneReads;
        zone.timer.advanceMillis(45_000);
        // After 0, 2, 6, 14, and 30 s of waiting.
        assertThat(client.zoneReads - readsBefore).isLessThanOrEqualTo(5 * READS);
        assertThat(zone.origin.total - before)
                .as("the reserve is used as before")
                .isGreaterThan(4 * 19);
        zone.timer.runAll();
        assertThat(gets).allMatch(CompletableFuture::isDone);
        assertNothingHeld();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 500, 1_500, 1_510})
    void shouldHoldNothingWhereTheClientIsClosedWhileNodesAreAsked(int afterMillis) {
        fillTheZone();
        takeAway(SimNode.Mode.FROZEN);
        readAll(60_000);
        bringBack();
        zone.timer.advanceMillis(afterMillis);
        client.filler.close();
        zone.timer.runAll();
        assertThat(gets).allMatch(CompletableFuture::isDone);
        assertNothingHeld();
    }

    @Test
    void shouldServeChunksWhoseOwnNodesAnswerAgainWhileThoseOfOthersStayAway() {
        SimZone large = new SimZone(96, 30, 64, 4, 1);
        SimClient filling = large.client("filling");
        for (int i = 0; i < READS; i++) {
            keys.add(large.origin.add(100));
        }
        keys.forEach(key -> assertThat(filling.get(key, 60_000)).isNotNull());
        large.timer.runAll();
        large.origin.medianMillis = 1_000_000;
        large.origin.maxMillis = FETCH_MILLIS;
        large.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
        SimClient reading = large.client("reading");
        reading.givesUpRefusingNodes = true;
        keys.forEach(key -> gets.add(reading.get(key, 60_000)));
        large.timer.advanceMillis(4_000);
        large.view.nodes().subList(0, 15).forEach(node -> large.node(node).mode = SimNode.Mode.UP);
        List<Integer> reachable = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            long up = large.placed(keys.get(i)).stream()
                    .filter(node -> node.mode == SimNode.Mode.UP)
                    .count();
            if (up >= 4) {
                reachable.add(i);
            }
        }
        large.timer.advanceMillis(15_000);
        assertThat(reachable).hasSizeGreaterThan(5).allMatch(i -> gets.get(i).isDone());
        assertThat(reading.probes).isLessThanOrEqualTo(15 * (30 + NODES_OF_A_CHUNK));
        large.timer.runAll();
        assertThat(reading.filler.whenIdle()).isCompleted();
    }
}
