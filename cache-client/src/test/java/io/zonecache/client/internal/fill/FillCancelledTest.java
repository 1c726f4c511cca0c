package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillOperationTest.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads for which nobody waits any more, and reads whose deadline moves while they are under way. In virtual time. */
final class FillCancelledTest {

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final SimClient client =
            zone.client("c0", FillConfig.builder().originLimit(1).build());

    private ChunkRead read(ChunkKey key, long deadlineMillis) {
        return client.begin(ChunkName.of(key), null, zone.timer.nanoTime() + deadlineMillis * 1_000_000);
    }

    private CompletableFuture<FilledChunk> fill(ChunkRead read) {
        return client.filler.fill(
                read,
                new ZoneRead.Miss(
                        zone.placement.nodesFor(read.key()), zone.timer.nanoTime(), 0, ZoneRead.Basis.PROVEN));
    }

    @Test
    void shouldLeaveTheQueueForPermits() {
        zone.origin.medianMillis = 1_000;
        CompletableFuture<FilledChunk> first = fill(read(zone.origin.add(10), 5_000));
        ChunkRead read = read(zone.origin.add(10), 5_000);
        CompletableFuture<FilledChunk> queued = fill(read);
        zone.timer.advanceMillis(20);
        assertThat(client.filler.stats().origin().waiting()).isEqualTo(1);
        read.cancel();
        assertThat(code(queued)).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(client.filler.stats().origin().waiting()).isZero();
        zone.timer.runAll();
        assertThat(first).isCompleted();
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldGiveUpWaitingAtANodeAndReturnTheLeaseThatIsGrantedThen() {
        ChunkKey key = zone.origin.add(10);
        zone.origin.medianMillis = 600;
        SimClient other = zone.client("other");
        CompletableFuture<FilledChunk> filling = other.get(key, 5_000);
        zone.timer.advanceMillis(10);
        ChunkRead read = read(key, 5_000);
        CompletableFuture<FilledChunk> waiting = fill(read);
        zone.timer.advanceMillis(10);
        assertThat(client.filler.stats().origin().waiting()).isEqualTo(1);
        read.cancel();
        assertThat(code(waiting)).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(client.filler.stats().origin().waiting()).isZero();
        assertThat(client.filler.whenIdle()).isCompleted();
        // The other one gives its lease up, so that the node grants it to whom it believes to wait.
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ABSENT, "no");
        };
        other.filler.close();
        zone.timer.advanceMillis(1_000);
        assertThat(filling).isDone();
        zone.timer.runAll();
        zone.nodes
                .values()
                .forEach(node -> assertThat(node.table().stats().inUse()).isZero());
        assertThat(client.filler.stats().origin().permitsInUse()).isZero();
    }

    @Test
    void shouldReturnALeaseThatIsAlreadyOnItsWay() {
        ChunkKey key = zone.origin.add(10);
        ChunkRead read = read(key, 5_000);
        client.nextLeaseDelayMillis = 500;
        CompletableFuture<FilledChunk> get = fill(read);
        zone.timer.advanceMillis(100);
        read.cancel();
        assertThat(code(get)).isEqualTo(CacheErrorCode.CLOSED);
        zone.timer.advanceMillis(600);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        assertThat(zone.origin.total).isZero();
        zone.timer.runAll();
        assertThat(client.filler.whenIdle()).isCompleted();
    }

    @Test
    void shouldFillTheZoneWithAFetchThatHasBegun() {
        ChunkKey key = zone.origin.add(10);
        zone.origin.medianMillis = 1_000;
        ChunkRead read = read(key, 5_000);
        CompletableFuture<FilledChunk> get = fill(read);
        zone.timer.advanceMillis(20);
        assertThat(zone.origin.inFlight).isEqualTo(1);
        read.cancel();
        zone.timer.runAll();
        assertThat(get).isDone();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FILLED);
    }

    @Test
    void shouldAbortASecondFetchWhichIsForItsCallersOnly() {
        zone.origin.medianMillis = 600_000;
        ChunkRead read = read(zone.origin.add(10), 30_000);
        CompletableFuture<FilledChunk> get = fill(read);
        zone.timer.advanceMillis(4_100);
        assertThat(zone.origin.inFlight).isZero();
        while (zone.origin.inFlight == 0) {
            zone.timer.advanceMillis(10);
        }
        read.cancel();
        assertThat(zone.origin.inFlight).isZero();
        assertThat(code(get)).isEqualTo(CacheErrorCode.CLOSED);
        int fetches = zone.origin.total;
        zone.timer.runAll();
        assertThat(zone.origin.total).isEqualTo(fetches);
        assertThat(client.filler.stats().origin().permitsInUse()).isZero();
    }

    @Test
    void shouldAbortAFetchOutOfTheReserveWhichFillsNothing() {
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
        zone.origin.medianMillis = 1_000;
        ChunkRead read = read(zone.origin.add(10), 5_000);
        CompletableFuture<FilledChunk> get = fill(read);
        while (zone.origin.inFlight == 0) {
            zone.timer.advanceMillis(10);
        }
        read.cancel();
        assertThat(zone.origin.inFlight).isZero();
        assertThat(code(get)).isEqualTo(CacheErrorCode.CLOSED);
        zone.timer.runAll();
        assertThat(client.filler.whenIdle()).isCompleted();
    }

    @ParameterizedTest(name = "closed {0} ms after its fetches have begun")
    @ValueSource(ints = {30, 1_000, 1_001})
    void shouldFailNoReadOfAnotherClientWhenItIsClosedWithFetchesAndWritesUnderWay(int millis) {
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = 1_000;
        SimClient leaving = zone.client("leaving");
        SimClient staying = zone.client("staying");
        List<CompletableFuture<FilledChunk>> left = new ArrayList<>();
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ChunkKey key = zone.origin.add(1_000);
            left.add(leaving.get(key, 30_000));
            zone.timer.advanceMillis(1);
            gets.add(staying.get(key, 30_000));
        }
        zone.timer.advanceMillis(millis);
        leaving.filler.close();
        zone.timer.runAll();
        assertThat(left).allMatch(CompletableFuture::isDone);
        assertThat(leaving.leaseEnds).doesNotContain(LeaseOutcome.FAILED);
        gets.forEach(get -> assertThat(get).isCompleted());
        assertThat(leaving.filler.whenIdle()).isCompleted();
    }

    @Test
    void shouldWaitOnForAPermitWhereTheDeadlineHasMovedLater() {
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = 1_500;
        CompletableFuture<FilledChunk> first = fill(read(zone.origin.add(10), 5_000));
        ChunkRead read = read(zone.origin.add(10), 1_000);
        CompletableFuture<FilledChunk> joined = fill(read);
        zone.timer.advanceMillis(500);
        read.extendDeadline(zone.timer.nanoTime() + 10_000_000_000L);
        zone.timer.runAll();
        assertThat(first).isCompleted();
        assertThat(joined).isCompletedWithValueMatching(chunk -> chunk.source() == FilledChunk.Source.ORIGIN);
    }
}
