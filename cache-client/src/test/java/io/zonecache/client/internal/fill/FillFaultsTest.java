package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What reads are owed while a part of the zone, or a resource of the client's own, is missing. In virtual time. */
final class FillFaultsTest {

    private static final int FETCH_MILLIS = 1_000;

    private final List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();

    private Map<CacheErrorCode, Integer> failures() {
        Map<CacheErrorCode, Integer> failures = new EnumMap<>(CacheErrorCode.class);
        for (CompletableFuture<FilledChunk> get : gets) {
            assertThat(get).isDone();
            CompletableFuture<Void> counted = get.handle((chunk, failure) -> {
                if (failure != null) {
                    failures.merge(Futures.asCacheException(failure).code(), 1, Integer::sum);
                }
                return null;
            });
            assertThat(counted).isCompleted();
        }
        return failures;
    }

    private boolean areAllDone() {
        return gets.stream().allMatch(CompletableFuture::isDone);
    }

    private static void constantLatency(SimZone zone, long millis) {
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = millis;
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72, 73, 74})
    void shouldServeAHerdOfColdChunksWhileOneNodeOfSixIsSilent(long seed) {
        SimZone zone = new SimZone(seed, 6, 64, 4);
        zone.origin.medianMillis = 40;
        zone.nodes.values().iterator().next().mode = SimNode.Mode.FROZEN;
        SimClient client = zone.client("c0");
        for (int i = 0; i < 200; i++) {
            gets.add(client.get(zone.origin.add(100), 5_000));
        }
        long start = zone.timer.nanoTime();
        while (!areAllDone()) {
            zone.timer.advanceMillis(1);
            assertThat(client.filler.stats().origin().permitsInUse())
                    .as("permits in use and fetches under way, seed %d", seed)
                    .isEqualTo(zone.origin.inFlight);
        }
        assertThat(failures()).as("seed %d", seed).isEmpty();
        assertThat(zone.origin.total).as("fetches, seed %d", seed).isEqualTo(200);
        // The node's silence, which all questions share, and a sixth of the chunks.
        assertThat(zone.timer.nanoTime() - start).as("seed %d", seed).isLessThan(2_500_000_000L);
        zone.timer.runAll();
        assertThat(client.filler.stats().leases().unused()).as("seed %d", seed).isZero();
    }

    @Test
    void shouldReturnALeaseThatASilentNodeGrantsAfterTheNextNodeWasAsked() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        SimNode coordinator = zone.placed(key).get(0);
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(0);
        coordinator.stall(1_900);
        client.silentFor(coordinator.id, 1_000);
        zone.timer.advanceMillis(900);
        assertThat(get).as("not gone yet").isNotDone();
        zone.timer.advanceMillis(900);
        assertThat(get).isCompleted();
        assertThat(client.leaseRequests).hasSize(2);
        assertThat(coordinator.table().stats().granted()).isZero();
        zone.timer.advanceMillis(200);
        assertThat(coordinator.table().stats().granted()).isEqualTo(1);
        assertThat(coordinator.table().stats().unused()).isEqualTo(1);
        assertThat(client.filler.stats().leases().unused()).isEqualTo(1);
        zone.timer.runAll();
        assertThat(zone.origin.total).isEqualTo(1);
        assertThat(client.filler.whenIdle()).isCompleted();
    }

    /** One chunk after the other for each of those who wait: what the budget or the permits let through is the ideal. */
    @ParameterizedTest(name = "seed {0}, budget {1}, at once {2}, {3} questions wait at each node")
    @CsvSource({
        "81, 16, 12, 32",
        "82, 16, 12, 8",
        "83, 16, 12, 1000",
        "84, 100, 32, 1000",
        "85, 100, 32, 1",
        "86, 64, 32, 1000",
        "87, 64, 32, 4"
    })
    void shouldFetchEachChunkOnceInTimeWhereFewQuestionsMayWait(
            long seed, int budget, int atOnce, int maxWaitingQuestions) {
        SimZone zone = new SimZone(seed, 6, budget, 4);
        constantLatency(zone, FETCH_MILLIS);
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            keys.add(zone.origin.add(100));
        }
        List<SimClient> clients = List.of(zone.client("c0"), zone.client("c1"));
        for (SimClient client : clients) {
            client.maxWaitingQuestions = maxWaitingQuestions;
            List<ChunkKey> order = new ArrayList<>(keys);
            Collections.shuffle(order, zone.random);
            order.forEach(key -> gets.add(client.get(key, 60_000)));
        }
        long start = zone.timer.nanoTime();
        while (!areAllDone()) {
            zone.timer.advanceMillis(10);
        }
        double tookSeconds = (zone.timer.nanoTime() - start) / 1e9;
        zone.timer.runAll();
        assertThat(failures()).as("seed %d", seed).isEmpty();
        assertThat(zone.origin.total).as("fetches, seed %d", seed).isEqualTo(400);
        assertThat(clients.stream()
                        .mapToLong(client -> client.filler.stats().leases().unused())
                        .sum())
                .as("leases returned unused, seed %d", seed)
                .isLessThanOrEqualTo(4);
        assertThat(clients.stream().mapToInt(client -> client.notSent).sum())
                .as("questions not sent, seed %d", seed)
                .isGreaterThan(maxWaitingQuestions < 1_000 ? 0 : -1);
        double idealSeconds = 400.0 * FETCH_MILLIS / 1_000 / atOnce;
        assertThat(tookSeconds).as("seconds, seed %d", seed).isLessThan(1.3 * idealSeconds);
    }

    @ParameterizedTest
    @ValueSource(ints = {36, 400, 1_000})
    void shouldServeWhatTheReserveAllowsWhereTheZoneRefusesConnections(int medianMillis) {
        SimZone zone = new SimZone(91, 6, 64, 4, 100);
        zone.origin.medianMillis = medianMillis;
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
        SimClient client = zone.client("c0");
        int seconds = medianMillis > 100 ? 600 : 60;
        int pauseMillis = medianMillis > 100 ? 100 : 25;
        int[] served = {0};
        for (int i = 0; i < seconds * 1_000 / pauseMillis; i++) {
            CompletableFuture<FilledChunk> get = client.get(zone.origin.add(10), 5_000);
            long deadlineNanos = zone.timer.nanoTime() + 5_000_000_000L;
            gets.add(get);
            CompletableFuture<Void> counted =
                    get.thenAccept(chunk -> served[0] += zone.timer.nanoTime() <= deadlineNanos ? 1 : 0);
            assertThat(counted).isNotNull();
            zone.timer.advanceMillis(pauseMillis);
        }
        zone.timer.advanceMillis(10_000);
        double allowed = seconds * 1_000 / (medianMillis * Math.exp(0.18)) * 4 / 100;
        assertThat(zone.origin.total).as("of %.0f allowed", allowed).isBetween((int) (0.7 * allowed), (int)
                (1.4 * allowed));
        assertThat(served[0])
                .as("reads served in time, of %d fetches and %.0f allowed", zone.origin.total, allowed)
                .isGreaterThanOrEqualTo((int) (0.8 * zone.origin.total));
        // What takes longer than most fetches ends at the deadline.
        assertThat(failures().keySet()).isSubsetOf(CacheErrorCode.ORIGIN_LIMIT, CacheErrorCode.ORIGIN_FAILED);
        assertThat(failures().getOrDefault(CacheErrorCode.ORIGIN_FAILED, 0)).isLessThanOrEqualTo(zone.origin.total / 5);
    }

    @Test
    void shouldAskAgainWhereANodeHasNotHeardTheNewerViewYet() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).get(0).notCoordinatorUntilNanos = zone.timer.nanoTime() + 3_000_000_000L;
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(2_900);
        assertThat(get).isNotDone();
        assertThat(client.refreshes).isBetween(2, 12);
        assertThat(client.leaseRequests).hasSizeLessThanOrEqualTo(12);
        zone.timer.runAll();
        assertThat(get).isCompleted();
        assertThat(get.join().source()).isEqualTo(Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldSayWhichNodeIsNotTheCoordinatorWhenTheDeadlineIsOver() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).get(0).notCoordinatorUntilNanos = Long.MAX_VALUE;
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(3_000);
        assertThat(get).isNotDone();
        zone.timer.advanceMillis(2_100);
        assertThat(FillOperationTest.code(get)).isEqualTo(CacheErrorCode.NOT_COORDINATOR);
    }

    @Test
    void shouldStartTheWriteBackBeforeTheCallersChunkIsHandedOut() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        // A dependent that blocks its thread for 9 s, while the network goes on.
        CompletableFuture<Integer> seen = client.get(key, 5_000).thenApply(chunk -> {
            zone.timer.advanceMillis(9_000);
            return zone.stripesHeld(key);
        });
        zone.timer.advanceMillis(1_000);
        assertThat(seen).isCompletedWithValue(5);
    }

    @Test
    void shouldCountNoAttemptAtANodeForWritesThatWereNotSent() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        client.writesNotSent = 40;
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertThat(get).isCompleted();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(client.filler.stats().writes().writeBacks()).isEqualTo(1);
    }

    @Test
    void shouldTellALeasesEndAgainWhereItWasNotSent() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        client.leaseEndsNotSent = 5;
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(get).isCompleted();
        assertThat(client.leaseEnds).hasSize(1);
        assertThat(zone.placed(key).get(0).table().stats().inUse()).isZero();
    }

    @Test
    void shouldBeIdleOnceItIsClosedThoughALeasesEndIsNotSent() {
        SimZone zone = new SimZone(1, 6, 16, 4);
        SimClient client = zone.client("c0");
        ChunkKey key = zone.origin.add(1_000);
        client.leaseEndsNotSent = Integer.MAX_VALUE;
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(800);
        assertThat(get).isCompleted();
        CompletableFuture<Void> idle = client.filler.whenIdle();
        assertThat(idle).isNotDone();
        client.filler.close();
        assertThat(idle).isCompleted();
    }

    @Test
    void shouldCollectNoMoreLeasesThanItCanUse() {
        SimZone zone = new SimZone(1, 6, 400, 4);
        constantLatency(zone, 100);
        SimClient client = zone.client("c0", FillConfig.builder().originLimit(3).build());
        for (int i = 0; i < 60; i++) {
            gets.add(client.get(zone.origin.add(100), 30_000));
        }
        int maxLeases = 0;
        while (!areAllDone()) {
            zone.timer.advanceMillis(1);
            maxLeases = Math.max(
                    maxLeases,
                    zone.nodes.values().stream()
                            .mapToInt(node -> node.table().stats().inUse())
                            .sum());
        }
        zone.timer.runAll();
        assertThat(failures()).isEmpty();
        // Three fetches, and as many whose stripes are just on their way.
        assertThat(maxLeases).isBetween(3, 6);
        assertThat(client.filler.stats().leases().unused()).isZero();
    }
}
