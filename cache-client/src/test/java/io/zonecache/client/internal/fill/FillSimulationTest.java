package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.Futures;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole days of a zone in virtual time: the real filler and the real lease tables, under load and faults. The seed is the parameter. */
final class FillSimulationTest {

    private static final int READS_IN_FLIGHT = 16;
    private static final long DEADLINE_MILLIS = 30_000;

    private final List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
    private final Map<CacheErrorCode, Integer> failures = new HashMap<>();
    private int wrong;

    @AfterEach
    void shouldHaveHandedOutNoWrongByte() {
        assertThat(wrong).isZero();
    }

    /** Reads the keys in order, so many at once. */
    private void work(SimZone zone, SimClient client, List<ChunkKey> keys, int[] next) {
        if (next[0] >= keys.size()) {
            return;
        }
        ChunkKey key = keys.get(next[0]++);
        CompletableFuture<FilledChunk> get = client.get(key, DEADLINE_MILLIS);
        gets.add(get);
        CompletableFuture<FilledChunk> unused = get.whenComplete((chunk, failure) -> {
            if (failure == null) {
                wrong += chunk.chunk().equals(ByteBuffer.wrap(zone.origin.chunks.get(key))) ? 0 : 1;
            } else {
                failures.merge(Futures.asCacheException(failure).code(), 1, Integer::sum);
            }
            zone.timer.schedule(zone.delayNanos(), () -> work(zone, client, keys, next));
        });
    }

    private void start(SimZone zone, SimClient client, List<ChunkKey> keys) {
        int[] next = {0};
        for (int i = 0; i < READS_IN_FLIGHT; i++) {
            work(zone, client, keys, next);
        }
    }

    private static List<ChunkKey> chunks(SimZone zone, int count) {
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(zone.origin.add(100 + zone.random.nextInt(400)));
        }
        return keys;
    }

    private static List<ChunkKey> shuffled(SimZone zone, List<ChunkKey> keys) {
        List<ChunkKey> copy = new ArrayList<>(keys);
        Collections.shuffle(copy, zone.random);
        return copy;
    }

    private static List<SimClient> clients(SimZone zone, int count) {
        List<SimClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(zone.client("worker-" + i));
        }
        return clients;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldFetchEachChunkOfAColdZoneExactlyOnce(long seed) {
        SimZone zone = new SimZone(seed, 6, 16, 4);
        List<ChunkKey> keys = chunks(zone, 250);
        boolean sameOrder = seed % 2 == 0;
        for (SimClient client : clients(zone, 4)) {
            start(zone, client, sameOrder ? keys : shuffled(zone, keys));
        }
        zone.timer.runAll();
        assertThat(gets).hasSize(1_000).allMatch(get -> !get.isCompletedExceptionally());
        assertThat(zone.origin.total).as("origin fetches, seed %d", seed).isEqualTo(250);
        assertThat(zone.origin.peak).as("peak, seed %d", seed).isBetween(8, 12);
        keys.forEach(key -> assertThat(zone.stripesHeld(key)).isEqualTo(5));
    }

    /** Reads queue for seconds, past what nodes remember of a fill. */
    @ParameterizedTest
    @ValueSource(longs = {13, 14, 15, 16})
    void shouldFetchEachChunkOnceWhereReadsWaitLongForPermits(long seed) {
        SimZone zone = new SimZone(seed, 6, 64, 4);
        zone.origin.medianMillis = 600;
        zone.origin.maxMillis = 1_900; // no attempt times out, so that each fetch is one attempt
        List<ChunkKey> keys = chunks(zone, 120);
        FillConfig narrow = FillConfig.builder().originLimit(2).build();
        for (int i = 0; i < 4; i++) {
            start(zone, zone.client("worker-" + i, narrow), shuffled(zone, keys));
        }
        zone.timer.runAll();
        assertThat(gets).hasSize(480).allMatch(get -> !get.isCompletedExceptionally());
        assertThat(zone.origin.fetches.values())
                .as("fetches of each, seed %d", seed)
                .containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void shouldKeepTheBudgetWhenAZoneIsEmptiedUnderLoad(long seed) {
        SimZone zone = new SimZone(seed, 6, 16, 4);
        List<ChunkKey> keys = chunks(zone, 100);
        List<ChunkKey> reads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            reads.addAll(shuffled(zone, keys));
        }
        clients(zone, 4).forEach(client -> start(zone, client, reads));
        for (int i = 0; i < 3; i++) {
            zone.timer.advanceMillis(700);
            zone.nodes.values().forEach(SimNode::empty);
        }
        zone.timer.runAll();
        assertThat(failures).as("seed %d", seed).isEmpty();
        assertThat(zone.origin.peak).as("peak, seed %d", seed).isBetween(8, 16);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48, 49, 50})
    void shouldKeepTheBudgetAndEndEveryReadWhateverFails(long seed) {
        SimZone zone = new SimZone(seed, 6, 16, 4, 100);
        List<ChunkKey> keys = chunks(zone, 400);
        List<SimClient> clients = clients(zone, 5);
        clients.forEach(client -> start(zone, client, shuffled(zone, keys)));
        for (int i = 0; i < 60; i++) {
            zone.timer.advanceMillis(100 + zone.random.nextInt(300));
            fault(zone, clients);
        }
        zone.nodes.values().forEach(node -> {
            node.mode = SimNode.Mode.UP;
            node.putsRefused = 0;
        });
        zone.timer.runAll();
        long unfinished = gets.stream().filter(get -> !get.isDone()).count();
        assertThat(unfinished).as("reads left, seed %d", seed).isLessThanOrEqualTo(READS_IN_FLIGHT);
        assertThat(failures.keySet())
                .as("seed %d: %s", seed, failures)
                .isSubsetOf(Set.of(
                        CacheErrorCode.ORIGIN_FAILED, CacheErrorCode.ORIGIN_LIMIT, CacheErrorCode.DEADLINE_EXCEEDED));
        assertThat(zone.origin.peak).as("peak, seed %d", seed).isLessThanOrEqualTo(16);
        assertThat(zone.origin.inFlight).isZero();
        for (SimClient client : clients) {
            assertThat(client.filler.stats().origin().permitsInUse())
                    .as("seed %d", seed)
                    .isZero();
            assertThat(client.filler.stats().origin().waiting())
                    .as("seed %d", seed)
                    .isZero();
            assertThat(client.filler.stats().writes().bytesInFlight())
                    .as("seed %d", seed)
                    .isZero();
        }
    }

    private static void fault(SimZone zone, List<SimClient> clients) {
        List<SimNode> nodes = new ArrayList<>(zone.nodes.values());
        nodes.sort(Comparator.comparing(node -> node.id));
        SimNode node = nodes.get(zone.random.nextInt(nodes.size()));
        switch (zone.random.nextInt(7)) {
            case 0 -> node.mode = SimNode.Mode.DOWN;
            case 1 -> node.mode = SimNode.Mode.FROZEN;
            case 2 -> node.restart();
            case 3 -> node.empty();
            case 4 -> node.putsRefused = 5;
            case 5 -> {
                int worst = zone.origin.total + 5;
                zone.origin.fault = bytes -> zone.origin.total < worst ? new byte[7] : bytes;
            }
            default -> {
                node.mode = SimNode.Mode.UP;
                clients.forEach(SimClient::forgetSkipped);
            }
        }
    }
}
