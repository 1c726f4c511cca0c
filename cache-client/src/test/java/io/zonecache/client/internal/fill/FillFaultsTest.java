package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
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

    @ParameterizedTest(name = "seed {0}, chunks of {1} bytes")
    @CsvSource({"71, 100", "72, 100", "73, 100", "74, 100", "71, 524288", "72, 524288"})
    void shouldServeAHerdOfColdChunksWhileOneNodeOfSixIsSilent(long seed, int chunkBytes) {
        SimZone zone = new SimZone(seed, 6, 64, 4);
        zone.origin.medianMillis = 40;
        zone.nodes.values().iterator().next().mode = SimNode.Mode.FROZEN;
        SimClient client = zone.client("c0");
        for (int i = 0; i < 200; i++) {
            gets.add(client.get(zone.origin.add(chunkBytes), 5_000));
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

    private static final int RESERVE_DEADLINE_MILLIS = 5_000;

    /** Five workers, each in a zone of its own: what a share of the reserve lets through in so short a time is partly chance. */
    @ParameterizedTest(name = "origin''s median {0} ms, {3} clients, a read in {2} ms for {1} s")
    @CsvSource({"36, 60, 25, 100", "400, 600, 250, 100", "1000, 600, 250, 100", "400, 60, 100, 2", "1000, 60, 100, 2"})
    void shouldServeWhatTheReserveAllowsWhereTheZoneRefusesConnections(
            int medianMillis, int seconds, int pauseMillis, int clients) {
        int fetches = 0;
        int served = 0;
        for (long seed = 91; seed < 96; seed++) {
            SimZone zone = new SimZone(seed, 6, 64, 4, clients);
            zone.origin.medianMillis = medianMillis;
            zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
            served += servedInTime(zone, zone.client("c0"), seconds * 1_000 / pauseMillis, pauseMillis);
            fetches += zone.origin.total;
        }
        // From the first read's beginning to the last one's end, by the mean of the origin's latency.
        double waitedMillis = 5.0 * (seconds * 1_000 + RESERVE_DEADLINE_MILLIS);
        double allowed = waitedMillis / (medianMillis * Math.exp(0.18)) * 4 / clients;
        assertThat(fetches).as("fetches, of %.0f allowed", allowed).isLessThan((int) (1.25 * allowed));
        assertThat(served)
                .as("reads served in time, of %d fetches and %.0f allowed", fetches, allowed)
                .isGreaterThanOrEqualTo((int) (0.8 * allowed));
        // What takes longer than most fetches ends at the deadline.
        assertThat(failures().keySet()).isSubsetOf(CacheErrorCode.ORIGIN_LIMIT, CacheErrorCode.ORIGIN_FAILED);
        assertThat(failures().getOrDefault(CacheErrorCode.ORIGIN_FAILED, 0)).isLessThanOrEqualTo(fetches / 5);
    }

    private int servedInTime(SimZone zone, SimClient client, int reads, int pauseMillis) {
        int[] served = {0};
        for (int i = 0; i < reads; i++) {
            CompletableFuture<FilledChunk> get = client.get(zone.origin.add(10), RESERVE_DEADLINE_MILLIS);
            long deadlineNanos = zone.timer.nanoTime() + RESERVE_DEADLINE_MILLIS * 1_000_000L;
            gets.add(get);
            CompletableFuture<Void> counted =
                    get.thenAccept(chunk -> served[0] += zone.timer.nanoTime() <= deadlineNanos ? 1 : 0);
            assertThat(counted).isNotNull();
            zone.timer.advanceMillis(pauseMillis);
        }
        zone.timer.advanceMillis(2 * RESERVE_DEADLINE_MILLIS);
        return served[0];
    }

    @Test
    void shouldStartNoFetchOutOfTheReserveThatTakesLongerThanItsReadHasThoughATurnIsFree() {
        SimZone zone = new SimZone(1, 6, 64, 4, 1);
        constantLatency(zone, FETCH_MILLIS);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
        SimClient client = zone.client("c0");
        CompletableFuture<FilledChunk> measuring = client.get(zone.origin.add(10), 900);
        zone.timer.advanceMillis(2_000);
        assertThat(FillOperationTest.code(measuring)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(zone.origin.total).as("nothing was known yet").isEqualTo(1);
        CompletableFuture<FilledChunk> tooLate = client.get(zone.origin.add(10), 850);
        zone.timer.advanceMillis(100);
        assertThat(FillOperationTest.code(tooLate)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThatThrownBy(tooLate::join).hasMessageContaining("nine of ten fetches take up to");
        assertThat(zone.origin.total).isEqualTo(1);
        CompletableFuture<FilledChunk> inTime = client.get(zone.origin.add(10), 1_500);
        zone.timer.advanceMillis(1_500);
        assertThat(inTime).isCompleted();
    }

    @Test
    void shouldTryAFetchOutOfTheReserveAgainOnlyWhereTheReadHasTheTime() {
        SimZone zone = new SimZone(1, 6, 64, 4, 1);
        constantLatency(zone, FETCH_MILLIS);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
        SimClient client = zone.client("c0");
        CompletableFuture<FilledChunk> measuring = client.get(zone.origin.add(10), 5_000);
        zone.timer.advanceMillis(2_000);
        assertThat(measuring).isCompleted();
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "500");
        };
        CompletableFuture<FilledChunk> failed = client.get(zone.origin.add(10), 1_800);
        zone.timer.advanceMillis(3_000);
        assertThat(FillOperationTest.code(failed)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(zone.origin.total).isEqualTo(2);
    }

    /** What is fetched is of use to the zone's other readers, and to the next try of this one. */
    @Test
    void shouldFillTheZoneUnderALeaseThoughTheFetchTakesLongerThanItsReadHas() {
        SimZone zone = new SimZone(1, 6, 64, 4);
        constantLatency(zone, FETCH_MILLIS);
        SimClient client = zone.client("c0");
        CompletableFuture<FilledChunk> measuring = client.get(zone.origin.add(10), 5_000);
        zone.timer.runAll();
        assertThat(measuring).isCompleted();
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<FilledChunk> late = client.get(key, 500);
        zone.timer.runAll();
        assertThat(late).isNotNull();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
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

    @ParameterizedTest
    @ValueSource(longs = {1_000, 2_000, 5_000})
    void shouldServeReadsOfWhichNodesHearTheViewInTime(long deadlineMillis) {
        for (long seed = 1; seed <= 20; seed++) {
            SimZone zone = new SimZone(seed, 6, 64, 4);
            constantLatency(zone, 40);
            SimClient client = zone.client("c0");
            gets.add(client.get(zone.origin.add(1_000), 5_000));
            zone.timer.advanceMillis(1_000);
            long heardNanos = zone.timer.nanoTime() + nanos(deadlineMillis * 7 / 10);
            zone.nodes.values().forEach(node -> node.notCoordinatorUntilNanos = heardNanos);
            gets.add(client.get(zone.origin.add(1_000), deadlineMillis));
            zone.timer.advanceMillis(deadlineMillis);
        }
        assertThat(gets).allSatisfy(get -> assertThat(get).isCompleted());
    }

    /** The last tries come close to the deadline, but not at one moment. */
    @Test
    void shouldTryAgainUntilTheDeadlineWithoutAHerdBeforeIt() {
        SimZone zone = new SimZone(1, 6, 64, 4);
        SimClient client = zone.client("c0");
        zone.nodes.values().forEach(node -> node.notCoordinatorUntilNanos = Long.MAX_VALUE);
        for (int i = 0; i < 200; i++) {
            gets.add(client.get(zone.origin.add(1_000), 5_000));
        }
        zone.timer.advanceMillis(4_000);
        int maxRequests = 0;
        for (int millis = 4_000; millis < 4_960; millis++) {
            int before = client.leaseRequests.size();
            zone.timer.advanceMillis(1);
            maxRequests = Math.max(maxRequests, client.leaseRequests.size() - before);
        }
        assertThat(maxRequests).as("lease requests in a millisecond").isLessThan(20);
        assertThat(gets.stream().filter(CompletableFuture::isDone))
                .as("40 ms before the deadline")
                .isEmpty();
        zone.timer.advanceMillis(40);
        assertThat(failures()).containsOnly(Map.entry(CacheErrorCode.NOT_COORDINATOR, 200));
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
