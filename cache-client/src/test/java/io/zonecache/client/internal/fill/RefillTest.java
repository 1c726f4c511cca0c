package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All nodes of a filled zone forget everything while clients read: how soon the last chunk is back. In virtual time. */
final class RefillTest {

    private static final int LATENCY_MILLIS = 45;
    private static final int RESERVE = 4;

    private final List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
    private long lastDoneNanos;

    private void get(SimZone zone, SimClient client, ChunkKey key) {
        CompletableFuture<FilledChunk> get = client.get(key, 60_000);
        CompletableFuture<Void> noted = get.thenAccept(chunk -> lastDoneNanos = zone.timer.nanoTime());
        assertThat(noted).isNotNull();
        gets.add(get);
    }

    private void awaitAll(SimZone zone) {
        while (!gets.stream().allMatch(CompletableFuture::isDone)) {
            zone.timer.advanceMillis(5);
        }
        assertThat(gets).allSatisfy(get -> assertThat(get).isCompleted());
        gets.clear();
    }

    /** Filled a while ago: what nodes and clients remember of the chunks for seconds is forgotten. */
    private List<ChunkKey> fill(SimZone zone, int chunks) {
        List<ChunkKey> keys = new ArrayList<>();
        SimClient client = zone.client("filler");
        for (int i = 0; i < chunks; i++) {
            keys.add(zone.origin.add(100));
            get(zone, client, keys.get(i));
        }
        awaitAll(zone);
        zone.timer.advanceMillis(60_000);
        assertThat(zone.origin.total).isEqualTo(chunks);
        return keys;
    }

    private static SimZone zone(long seed, int budget) {
        SimZone zone = new SimZone(seed, 6, budget, RESERVE);
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = LATENCY_MILLIS;
        return zone;
    }

    private static List<SimClient> clients(SimZone zone, int count) {
        List<SimClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(zone.client("c" + i));
        }
        return clients;
    }

    private static double idealSeconds(int chunks, int budget) {
        return chunks * LATENCY_MILLIS / 1_000.0 / (budget - RESERVE);
    }

    @ParameterizedTest(name = "seed {0}, budget {1}, {2} clients, {3} chunks")
    @CsvSource({"1, 16, 4, 400", "2, 16, 2, 400", "3, 64, 4, 400", "4, 64, 8, 400", "5, 16, 8, 96", "6, 64, 16, 1000"})
    void shouldHaveAllChunksBackWithinTwiceTheIdealWhenAllAreWantedAtOnce(
            long seed, int budget, int clients, int chunks) {
        SimZone zone = zone(seed, budget);
        List<ChunkKey> keys = fill(zone, chunks);
        zone.nodes.values().forEach(SimNode::empty);
        zone.origin.peak = 0;
        long startNanos = zone.timer.nanoTime();
        for (SimClient client : clients(zone, clients)) {
            List<ChunkKey> order = new ArrayList<>(keys);
            Collections.shuffle(order, zone.random);
            order.forEach(key -> get(zone, client, key));
        }
        awaitAll(zone);
        double seconds = (lastDoneNanos - startNanos) / 1e9;
        assertThat(zone.origin.total).as("fetches, seed %d", seed).isEqualTo(2 * chunks);
        assertThat(seconds).as("seconds, seed %d", seed).isLessThan(2 * idealSeconds(chunks, budget));
        int leasable = budget - RESERVE;
        assertThat(zone.origin.peak).as("most fetches at once, seed %d", seed).isBetween(leasable * 10 / 12, leasable);
    }

    /** The origin could bear more than is asked for: no chunk waits for others. */
    @ParameterizedTest(name = "seed {0}, budget {1}, {2} reads/s")
    @CsvSource({"11, 16, 100", "12, 16, 200", "13, 64, 200", "14, 64, 1000"})
    void shouldHaveTheLastChunkBackSoonAfterItIsWantedAtASteadyRate(long seed, int budget, int readsPerSecond) {
        int chunks = 400;
        SimZone zone = zone(seed, budget);
        List<ChunkKey> keys = fill(zone, chunks);
        zone.nodes.values().forEach(SimNode::empty);
        List<SimClient> clients = clients(zone, 4);
        List<ChunkKey> unread = new ArrayList<>(keys);
        long lastWantedNanos = 0;
        for (int i = 0; !unread.isEmpty(); i++) {
            ChunkKey key = keys.get(zone.random.nextInt(chunks));
            lastWantedNanos = unread.remove(key) ? zone.timer.nanoTime() : lastWantedNanos;
            get(zone, clients.get(i % clients.size()), key);
            zone.timer.advanceMillis(1_000 / readsPerSecond);
        }
        awaitAll(zone);
        assertThat(zone.origin.total).as("fetches, seed %d", seed).isEqualTo(2 * chunks);
        assertThat(lastDoneNanos - lastWantedNanos)
                .as("nanoseconds, seed %d", seed)
                .isLessThan((long) (2e9 * idealSeconds(chunks, budget)));
    }
}
