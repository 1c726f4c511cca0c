package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that get the processor late, or an origin that is slow, are no reason to fetch a chunk twice. In virtual time. */
final class FillOnSlowMachineTest {

    private static final long MILLI = 1_000_000;

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final SimClient client = zone.client("c0");

    private void assertChunk(ChunkKey key, CompletableFuture<FilledChunk> get, Source source) {
        assertThat(get).isCompleted();
        assertThat(get.join().chunk()).isEqualTo(ByteBuffer.wrap(zone.origin.chunks.get(key)));
        assertThat(get.join().source()).isEqualTo(source);
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64, 65, 66})
    void shouldFetchEachChunkOnceWhileNodesStall(long seed) {
        SimZone slow = new SimZone(seed, 6, 16, 4);
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            keys.add(slow.origin.add(100));
        }
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<ChunkKey> order = new ArrayList<>(keys);
            Collections.shuffle(order, slow.random);
            SimClient reader = slow.client("worker-" + i);
            order.forEach(key -> gets.add(reader.get(key, 60_000)));
        }
        while (!CompletableFuture.allOf(gets.toArray(CompletableFuture[]::new)).isDone()) {
            List<SimNode> nodes = new ArrayList<>(slow.nodes.values());
            nodes.sort((a, b) -> a.id.compareTo(b.id));
            nodes.get(slow.random.nextInt(nodes.size())).stall(300 + slow.random.nextInt(1_400));
            slow.timer.advanceMillis(500);
        }
        slow.timer.runAll();
        assertThat(gets).as("seed %d", seed).allMatch(get -> !get.isCompletedExceptionally());
        assertThat(slow.origin.fetches.values())
                .as("fetches of each, seed %d", seed)
                .containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldNotAskASlowOriginAnewForWhatItTakesItsTimeFor(long seed) {
        SimZone slow = new SimZone(seed, 6, 16, 4);
        SimClient reader = slow.client("c0");
        slow.origin.medianMillis = 1_200;
        slow.origin.maxMillis = 3_800;
        for (int i = 0; i < 5; i++) {
            // What it takes is learnt by and by.
            CompletableFuture<FilledChunk> get = reader.get(slow.origin.add(100), 30_000);
            slow.timer.runAll();
            assertThat(get).isCompleted();
        }
        int before = slow.origin.silenced;
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            gets.add(reader.get(slow.origin.add(100), 120_000));
        }
        slow.timer.runAll();
        gets.forEach(get -> assertThat(get).isCompleted());
        // A fifth of all attempts take longer than 2 s. Fetches that end with their lease are another matter.
        assertThat(slow.origin.silenced - before).as("seed %d", seed).isLessThanOrEqualTo(2);
    }

    @Test
    void shouldLetBytesArriveForAsLongAsTheLeaseAllows() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.bodyMillis = 3_500;
        CompletableFuture<FilledChunk> get = client.get(key, 30_000);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAnOldMissForNews() {
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<FilledChunk> first = client.get(key, 5_000);
        zone.timer.advanceMillis(3_000);
        assertChunk(key, first, Source.ORIGIN);
        SimClient late = zone.client("late");
        ChunkRead read = late.begin(ChunkName.of(key), null, zone.timer.nanoTime() + 5_000 * MILLI);
        // Its nodes were asked before the fill, and the last of them answers now.
        ZoneRead.Miss miss = new ZoneRead.Miss(
                zone.placement.nodesFor(key), zone.timer.nanoTime() - 3_000 * MILLI, 0, ZoneRead.Basis.PROVEN);
        CompletableFuture<FilledChunk> get = late.filler.fill(read, miss);
        zone.timer.runAll();
        assertChunk(key, get, Source.ZONE);
        assertThat(late.leaseRequests).isEmpty();
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldWaitForTheLastStripeOfAFillWhenANodeIsGoneMeanwhile() {
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).get(1).putsRefused = 2;
        zone.placed(key).get(2).diesAfterPut = true;
        SimClient waiting = zone.client("waiting");
        CompletableFuture<FilledChunk> filling = client.get(key, 5_000);
        zone.timer.advanceMillis(5);
        CompletableFuture<FilledChunk> get = waiting.get(key, 5_000);
        zone.timer.runAll();
        assertChunk(key, filling, Source.ORIGIN);
        assertChunk(key, get, Source.ZONE);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    /** The answer with the lease is 3.2 s on its way, of the 4 s that a fetch under it may take; a fetch takes 1 s. */
    @Test
    void shouldReturnALeaseThatLeavesTooLittleTime() {
        zone.origin.medianMillis = 1_000_000;
        zone.origin.maxMillis = 1_000;
        CompletableFuture<FilledChunk> measured = client.get(zone.origin.add(100), 5_000);
        zone.timer.runAll();
        assertThat(measured).isCompleted();
        ChunkKey key = zone.origin.add(1_000);
        client.nextLeaseDelayMillis = 3_200;
        CompletableFuture<FilledChunk> get = client.get(key, 30_000);
        zone.timer.advanceMillis(3_210);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FILLED, LeaseOutcome.UNUSED);
        assertThat(zone.origin.fetches).doesNotContainKey(key);
        zone.timer.runAll();
        assertChunk(key, get, Source.ORIGIN);
        assertThat(zone.origin.fetches).as("fetches, under a lease of its own").containsEntry(key, 1);
    }
}
