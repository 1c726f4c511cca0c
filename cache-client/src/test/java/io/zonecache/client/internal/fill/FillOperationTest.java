package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The fill against nodes with the real lease table, in virtual time. */
final class FillOperationTest {

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final SimClient client = zone.client("c0");

    private void assertChunk(ChunkKey key, CompletableFuture<FilledChunk> get, Source source) {
        assertThat(get).isCompleted();
        assertThat(get.join().chunk()).isEqualTo(ByteBuffer.wrap(zone.origin.chunks.get(key)));
        assertThat(get.join().source()).isEqualTo(source);
    }

    static CacheErrorCode code(CompletableFuture<?> get) {
        assertThat(get).isDone();
        try {
            throw new AssertionError("no failure but " + get.join());
        } catch (CompletionException e) {
            return Futures.asCacheException(e).code();
        }
    }

    @Test
    void shouldFetchOnceFillEveryPlaceAndEndTheLease() {
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(1);
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FILLED);
        assertThat(client.filler.whenIdle()).isCompleted();
        assertChunk(key, nextGet(key), Source.ZONE);
    }

    private CompletableFuture<FilledChunk> nextGet(ChunkKey key) {
        CompletableFuture<FilledChunk> get = zone.client("another").get(key, 5_000);
        zone.timer.runAll();
        return get;
    }

    @Test
    void shouldHandOutTheChunkBeforeItIsWrittenBack() {
        ChunkKey key = zone.origin.add(1_000);
        List<Integer> stripesThen = new ArrayList<>();
        CompletableFuture<Void> seen =
                client.get(key, 5_000).thenAccept(chunk -> stripesThen.add(zone.stripesHeld(key)));
        zone.timer.runAll();
        assertThat(seen).isCompleted();
        assertThat(stripesThen).containsExactly(0);
    }

    @Test
    void shouldFetchOnceForAHerdOverSeveralClients() {
        ChunkKey key = zone.origin.add(1_000);
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SimClient herder = zone.client("herd-" + i);
            for (int j = 0; j < 8; j++) {
                gets.add(herder.get(key, 5_000));
            }
        }
        zone.timer.runAll();
        gets.forEach(get -> assertThat(get).isCompleted());
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldHoldNoPermitWhileAnotherFills() {
        ChunkKey key = zone.origin.add(1_000);
        ChunkKey other = zone.origin.add(1_000);
        zone.origin.medianMillis = 600;
        SimClient first = zone.client("first");
        SimClient narrow =
                zone.client("narrow", FillConfig.builder().originLimit(1).build());
        CompletableFuture<FilledChunk> filling = first.get(key, 5_000);
        zone.timer.advanceMillis(10);
        CompletableFuture<FilledChunk> waiting = narrow.get(key, 5_000);
        zone.timer.advanceMillis(10);
        assertThat(narrow.filler.stats().origin().permitsInUse()).isZero();
        assertThat(narrow.filler.stats().origin().waiting()).isEqualTo(1);
        CompletableFuture<FilledChunk> own = narrow.get(other, 5_000);
        zone.timer.runAll();
        assertChunk(key, filling, Source.ORIGIN);
        assertChunk(key, waiting, Source.ZONE);
        assertChunk(other, own, Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(2);
        assertThat(narrow.filler.stats().origin().waiting()).isZero();
    }

    @Test
    void shouldLetNoWrongBytesIn() {
        for (int length : new int[] {0, 999, 1_000, 1_001}) {
            ChunkKey key = zone.origin.add(1_000);
            zone.origin.fault = bytes -> new byte[length];
            SimClient fresh = zone.client("wrong-" + length);
            CompletableFuture<FilledChunk> get = fresh.get(key, 5_000);
            zone.timer.runAll();
            assertThat(code(get)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            assertThat(zone.stripesHeld(key)).isZero();
            assertThat(fresh.leaseEnds).containsExactly(LeaseOutcome.FAILED);
        }
    }

    @Test
    void shouldTryAgainWithinItsBudgetWhenTheOriginFailsOnce() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.fault = bytes -> {
            if (zone.origin.total == 1) {
                throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "500");
            }
            return bytes;
        };
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(client.filler.stats().origin().retries()).isEqualTo(1);
    }

    @Test
    void shouldNotMultiplyTheLoadOnAFailingOrigin() {
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "500");
        };
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            gets.add(client.get(zone.origin.add(100), 30_000));
        }
        long start = zone.timer.nanoTime();
        zone.timer.runAll();
        long seconds = (zone.timer.nanoTime() - start) / 1_000_000_000L;
        gets.forEach(get -> assertThat(code(get)).isEqualTo(CacheErrorCode.ORIGIN_FAILED));
        assertThat(client.filler.stats().origin().retries()).isBetween(1L, 10 + seconds + 1);
    }

    @Test
    void shouldSayAbsentAndRememberItShortly() {
        ChunkKey key = ChunkKey.sha256Of(new byte[] {1, 2, 3});
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(code(get)).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.ABSENT);

        SimClient other = zone.client("other");
        CompletableFuture<FilledChunk> again = client.get(key, 5_000);
        CompletableFuture<FilledChunk> others = other.get(key, 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(code(again)).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(code(others)).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(zone.origin.total).isEqualTo(1);

        zone.timer.advanceMillis(10_000);
        zone.origin.chunks.put(key, new byte[] {1, 2, 3});
        CompletableFuture<FilledChunk> later = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, later, Source.ORIGIN);
    }

    @Test
    void shouldWaitInBoundedQueuesUntilTheDeadline() {
        List<SimClient> clients = new ArrayList<>();
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        zone.origin.medianMillis = 200;
        for (int i = 0; i < 4; i++) {
            clients.add(zone.client("c" + i));
        }
        for (int i = 0; i < 400; i++) {
            gets.add(clients.get(i % 4).get(zone.origin.add(100), 30_000));
        }
        zone.timer.runAll();
        gets.forEach(get -> assertThat(get).isCompleted());
        assertThat(zone.origin.total).isEqualTo(400);
        assertThat(zone.origin.peak).isBetween(8, 12);
    }

    @Test
    void shouldRefuseAtOnceWhenTooManyWait() {
        SimClient narrow = zone.client(
                "narrow", FillConfig.builder().originLimit(1).queueLength(2).build());
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            gets.add(narrow.get(zone.origin.add(100), 30_000));
        }
        zone.timer.advanceMillis(5);
        long refused = gets.stream()
                .filter(CompletableFuture::isDone)
                .filter(get -> code(get) == CacheErrorCode.ORIGIN_LIMIT)
                .count();
        assertThat(refused).isEqualTo(2);
        zone.timer.runAll();
        assertThat(gets.stream().filter(get -> !get.isCompletedExceptionally())).hasSize(3);
    }

    @Test
    void shouldRefuseAsSoonAsTheDeadlineLeavesTooLittleTimeForAFetch() {
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = 1_500;
        SimClient narrow =
                zone.client("narrow", FillConfig.builder().originLimit(1).build());
        CompletableFuture<FilledChunk> measured = narrow.get(zone.origin.add(100), 5_000);
        zone.timer.runAll();
        assertThat(measured).isCompleted();
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            gets.add(narrow.get(zone.origin.add(100), 5_000));
        }
        long start = zone.timer.nanoTime();
        zone.timer.advanceMillis(3_200);
        assertThat(gets.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSizeGreaterThan(15)
                .allMatch(get -> code(get) == CacheErrorCode.ORIGIN_LIMIT);
        zone.timer.runAll();
        assertThat(gets.stream().filter(get -> !get.isCompletedExceptionally())).hasSize(3);
        assertThat(zone.origin.total).as("fetches, of which none was too late").isEqualTo(4);
        assertThat(zone.origin.peak).isEqualTo(1);
        assertThat(zone.timer.nanoTime() - start).isLessThan(60_000_000_000L);
    }

    @Test
    void shouldAskTheNextNodeWhenTheCoordinatorIsDownOrFrozen() {
        for (SimNode.Mode mode : List.of(SimNode.Mode.DOWN, SimNode.Mode.FROZEN)) {
            ChunkKey key = zone.origin.add(1_000);
            SimNode coordinator = zone.placed(key).get(0);
            coordinator.mode = mode;
            CompletableFuture<FilledChunk> get = client.get(key, 5_000);
            zone.timer.runAll();
            assertChunk(key, get, Source.ORIGIN);
            assertThat(zone.stripesHeld(key)).isEqualTo(4);
            coordinator.mode = SimNode.Mode.UP;
            client.forgetSkipped();
        }
        assertThat(client.filler.stats().origin().uncoordinated()).isZero();
    }

    @Test
    void shouldGetTheLeaseOfAClientThatFroze() {
        ChunkKey key = zone.origin.add(1_000);
        SimClient holder = zone.client("holder");
        CompletableFuture<FilledChunk> lost = holder.get(key, 5_000);
        zone.timer.advanceMillis(3);
        holder.frozen = true;
        CompletableFuture<FilledChunk> get = client.get(key, 30_000);
        zone.timer.advanceMillis(20_000);
        assertThat(lost).isNotNull();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(2);
        assertThat(zone.origin.peak).isEqualTo(1);
    }

    @Test
    void shouldAbortTheOriginCallBeforeTheLeaseEnds() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.medianMillis = 60_000;
        CompletableFuture<FilledChunk> get = client.get(key, 4_500);
        zone.timer.advanceMillis(4_001);
        assertThat(code(get)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(zone.origin.inFlight).isZero();
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FAILED);
    }

    @Test
    void shouldGoOnFillingWhenTheCallerHasGivenUp() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.medianMillis = 1_000;
        CompletableFuture<FilledChunk> get = client.get(key, 50);
        zone.timer.advanceMillis(60);
        get.cancel(true);
        zone.timer.runAll();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
    }

    @Test
    void shouldFetchAloneWhenNoNodeOfTheChunkAnswers() {
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).forEach(node -> node.mode = SimNode.Mode.DOWN);
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(client.filler.stats().origin().uncoordinated()).isEqualTo(1);
        assertThat(client.leaseRequests).hasSize(5);
    }

    @Test
    void shouldReadAgainBeforeItUsesALeaseForAnOldMiss() {
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<FilledChunk> first = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, first, Source.ORIGIN);
        zone.timer.advanceMillis(60_000);

        SimClient narrow =
                zone.client("narrow", FillConfig.builder().originLimit(1).build());
        List<ChunkKey> blockers = List.of(zone.origin.add(10), zone.origin.add(10), zone.origin.add(10));
        zone.origin.medianMillis = 700;
        zone.placed(key).forEach(SimNode::empty);
        List<CompletableFuture<FilledChunk>> blocking =
                blockers.stream().map(blocker -> narrow.get(blocker, 30_000)).toList();
        zone.timer.advanceMillis(20);
        CompletableFuture<FilledChunk> waiting = narrow.get(key, 30_000);
        zone.timer.advanceMillis(20);
        CompletableFuture<PrimeResult> primed = client.filler.prime(
                key, ByteBuffer.wrap(zone.origin.chunks.get(key)), zone.timer.nanoTime() + 1_000_000_000L);
        zone.timer.runAll();
        assertThat(primed.join().isComplete()).isTrue();
        blocking.forEach(get -> assertThat(get).isCompleted());
        assertChunk(key, waiting, Source.ZONE);
        assertThat(zone.origin.fetches.get(key)).isEqualTo(1);
    }

    @Test
    void shouldTryRefusedPutsAgainSoThatAllStripesArrive() {
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).get(1).putsRefused = 2;
        zone.placed(key).get(4).putsRefused = 1;
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FILLED);
    }

    @Test
    void shouldSayFailedWhenTooFewStripesAreAcknowledged() {
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).forEach(node -> node.putsRefused = 100);
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FAILED);
        assertThat(client.filler.stats().writes().writeBacksFailed()).isEqualTo(1);
    }

    @Test
    void shouldFetchForEachReadInTurnWhereTooManyNodesAreGone() {
        for (SimNode.Mode mode : List.of(SimNode.Mode.DOWN, SimNode.Mode.FROZEN)) {
            ChunkKey key = zone.origin.add(1_000);
            zone.placed(key).subList(3, 5).forEach(node -> node.mode = mode);
            List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                gets.add(zone.client("reader-" + i).get(key, 60_000));
            }
            zone.timer.advanceMillis(45_000);
            gets.forEach(get -> assertChunk(key, get, Source.ORIGIN));
            CompletableFuture<FilledChunk> soon = client.get(key, 5_000);
            zone.timer.runAll();
            assertChunk(key, soon, Source.ORIGIN);
            assertThat(client.leaseEnds).containsOnly(LeaseOutcome.UNUSED);
            assertThat(zone.origin.peak).isEqualTo(1);
            zone.placed(key).forEach(node -> node.mode = SimNode.Mode.UP);
        }
    }

    @Test
    void shouldNotWriteBackWhereTheViewSaysThatTooManyNodesAreDown() {
        ChunkKey key = zone.origin.add(1_000);
        List<SimNode> gone = zone.placed(key).subList(0, 2);
        gone.forEach(node -> node.mode = SimNode.Mode.DOWN);
        SimClient told = zone.client("told");
        told.markDown(gone.stream().map(node -> node.id).toList());
        CompletableFuture<FilledChunk> get = told.get(key, 30_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(zone.stripesHeld(key)).isZero();
        assertThat(told.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        assertThat(told.filler.whenIdle()).isCompleted();
    }

    @Test
    void shouldKeepTheBytesOnTheirWayBounded() {
        FillConfig config =
                FillConfig.builder().writeBytes(20_000).originLimit(8).build();
        SimClient bounded = zone.client("bounded", config);
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            gets.add(bounded.get(zone.origin.add(8_000), 30_000));
        }
        long most = 0;
        for (int i = 0; i < 20_000; i++) {
            zone.timer.advanceMillis(1);
            most = Math.max(most, bounded.filler.stats().writes().bytesInFlight());
        }
        zone.timer.runAll();
        assertThat(most).isBetween(1L, 20_000L);
        gets.forEach(get -> assertThat(get).isCompleted());
        assertThat(bounded.filler.stats().writes().bytesInFlight()).isZero();
    }

    @Test
    void shouldEndEverythingWhenClosedWithReadsInFlight() {
        SimClient narrow =
                zone.client("narrow", FillConfig.builder().originLimit(2).build());
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        zone.origin.medianMillis = 500;
        for (int i = 0; i < 2_000; i++) {
            gets.add(narrow.get(zone.origin.add(10), 30_000));
        }
        zone.timer.advanceMillis(50);
        narrow.filler.close();
        zone.timer.runAll();
        gets.forEach(get -> assertThat(code(get)).isIn(CacheErrorCode.CLOSED, CacheErrorCode.ORIGIN_LIMIT));
        assertThat(zone.origin.inFlight).isZero();
        assertThat(narrow.filler.whenIdle()).isCompleted();
        zone.nodes
                .values()
                .forEach(node -> assertThat(node.table().stats().inUse()).isZero());
        CompletableFuture<FilledChunk> late = narrow.get(zone.origin.add(10), 100);
        zone.timer.runAll();
        assertThat(code(late)).isEqualTo(CacheErrorCode.CLOSED);
    }

    @Test
    void shouldSayNotFoundWithoutAnOrigin() {
        LeasedFiller filler = new LeasedFiller(
                FillConfig.defaults(),
                ZoneAssumptions.NONE,
                client,
                client,
                client,
                null,
                MemoryBudgetTest.ample().fills(),
                ChunkCodec.DEFAULT,
                zone.timer,
                zone.random,
                Runnable::run);
        ChunkKey key = zone.origin.add(10);
        CompletableFuture<FilledChunk> fill = filler.fill(
                client.begin(ChunkName.of(key), null, zone.timer.nanoTime() + 1_000_000_000L),
                new ZoneRead.Miss(zone.placement.nodesFor(key), zone.timer.nanoTime(), 0, ZoneRead.Basis.PROVEN));
        assertThat(code(fill)).isEqualTo(CacheErrorCode.NOT_FOUND);
    }
}
