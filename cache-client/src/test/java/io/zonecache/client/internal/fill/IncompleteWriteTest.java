package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.WriteStats;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Chunks of which a write-back left a stripe out: they don't stay like that, in virtual time. */
final class IncompleteWriteTest {

    private static final long MINUTE_MILLIS = 60_000;

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final SimClient client = zone.client("c0");

    /** Fetches a new chunk, of which the node at that place takes no stripe, and waits until that has been given up. */
    private ChunkKey fillWithout(int place) {
        ChunkKey key = zone.origin.add(1_000);
        SimNode node = zone.placed(key).get(place);
        node.putsRefused = 1_000_000;
        fetch(key);
        zone.timer.advanceMillis(900);
        assertThat(zone.stripesHeld(key)).isEqualTo(4);
        assertThat(writes().incompleteChunks()).isEqualTo(1);
        return key;
    }

    private void fetch(ChunkKey key) {
        CompletableFuture<FilledChunk> fetched = client.get(key, 2_000);
        zone.timer.advanceMillis(400);
        assertThat(fetched.join().source()).isEqualTo(FilledChunk.Source.ORIGIN);
    }

    private WriteStats writes() {
        return client.filler.stats().writes();
    }

    private int puts() {
        return zone.nodes.values().stream().mapToInt(node -> node.puts).sum();
    }

    private int gets() {
        return zone.nodes.values().stream().mapToInt(node -> node.gets).sum();
    }

    @Test
    void shouldBringAChunkToAllItsStripesWithinAMinuteOnceTheNodeTakesThem() {
        ChunkKey key = fillWithout(2);
        zone.timer.advanceMillis(3 * MINUTE_MILLIS);
        assertThat(writes().incompleteChunks()).isEqualTo(1);
        zone.placed(key).get(2).putsRefused = 0;
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(writes().incompleteChunks()).isZero();
        assertThat(writes().completedChunks()).isEqualTo(1);
        assertThat(writes().droppedChunks()).isZero();
        assertThat(writes().bytesInFlight()).isZero();
        assertThat(zone.origin.total).as("origin GETs").isEqualTo(1);
        assertThat(client.filler.whenIdle()).isCompleted();
    }

    @Test
    void shouldSurviveAnyNodeAMinuteAfterAnyNodeTookNoStripe() {
        for (int place = 0; place < 5; place++) {
            ChunkKey key = fillWithout(place);
            zone.placed(key).get(place).putsRefused = 0;
            zone.timer.advanceMillis(MINUTE_MILLIS);
            for (SimNode killed : zone.placed(key)) {
                killed.mode = SimNode.Mode.DOWN;
                CompletableFuture<FilledChunk> read = client.get(key, 2_000);
                zone.timer.advanceMillis(2_000);
                assertThat(read.join().source()).isEqualTo(FilledChunk.Source.ZONE);
                killed.mode = SimNode.Mode.UP;
            }
        }
        assertThat(zone.origin.total).as("origin GETs").isEqualTo(5);
    }

    @Test
    void shouldAskNobodyWhileTheNodeIsKnownToBeAway() {
        ChunkKey key = fillWithout(3);
        client.markDown(List.of(zone.placed(key).get(3).id));
        zone.timer.advanceMillis(1_000);
        int before = puts() + gets();
        zone.timer.advanceMillis(4 * MINUTE_MILLIS);
        assertThat(puts() + gets()).isEqualTo(before);
        assertThat(writes().incompleteChunks()).isEqualTo(1);
    }

    @Test
    void shouldFindOutThatAnUnresponsiveNodeIsBackThoughNobodyReads() {
        SimNode unresponsive = zone.node(zone.view.nodes().get(0));
        unresponsive.mode = SimNode.Mode.FROZEN;
        List<ChunkKey> keys = new ArrayList<>();
        List<CompletableFuture<FilledChunk>> fetched = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            keys.add(zone.origin.add(1_000));
            fetched.add(client.get(keys.get(i), 30_000));
        }
        zone.timer.advanceMillis(2 * MINUTE_MILLIS);
        assertThat(fetched).allMatch(CompletableFuture::isDone);
        assertThat(writes().incompleteChunks()).isGreaterThan(20);
        int before = client.getsSent.getOrDefault(unresponsive.id, 0);
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(client.getsSent.getOrDefault(unresponsive.id, 0) - before)
                .as("questions in vain in a minute")
                .isBetween(1, 13);
        unresponsive.mode = SimNode.Mode.UP;
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(keys).allMatch(key -> zone.stripesHeld(key) == 5);
        assertThat(writes().incompleteChunks()).isZero();
    }

    @Test
    void shouldAskLessAndLessOftenWhileTheNodeTakesNothing() {
        ChunkKey key = fillWithout(3);
        int before = zone.placed(key).get(3).puts;
        zone.timer.advanceMillis(2 * MINUTE_MILLIS);
        assertThat(zone.placed(key).get(3).puts - before).isBetween(6, 12);
    }

    @Test
    void shouldNotBringBackAChunkThatWasPurged() {
        ChunkKey key = fillWithout(1);
        for (SimNode node : zone.nodes.values()) {
            node.putsRefused = 0;
            node.purged.add(key);
            node.stripes.remove(key);
        }
        int before = puts();
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(zone.stripesHeld(key)).isZero();
        assertThat(puts()).isEqualTo(before);
        assertThat(writes().incompleteChunks()).isZero();
        assertThat(writes().droppedChunks()).isEqualTo(1);
    }

    @Test
    void shouldLeaveAChunkToTheOriginThatTheZoneHasLost() {
        ChunkKey key = fillWithout(1);
        zone.nodes.values().forEach(SimNode::empty);
        zone.placed(key).get(1).putsRefused = 0;
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(writes().incompleteChunks()).isZero();
        assertThat(writes().droppedChunks()).isEqualTo(1);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldGiveUpAChunkAfterTenMinutes() {
        ChunkKey key = fillWithout(0);
        zone.timer.advanceMillis(11 * MINUTE_MILLIS);
        assertThat(writes().incompleteChunks()).isZero();
        assertThat(writes().droppedChunks()).isEqualTo(1);
        assertThat(zone.stripesHeld(key)).isEqualTo(4);
        zone.timer.runAll();
    }

    @Test
    void shouldTakeStripesForWhatTheyAreWhereverTheyLie() {
        ChunkKey key = fillWithout(4);
        SimNode first = zone.placed(key).get(0);
        SimNode second = zone.placed(key).get(1);
        List<StripeRecord> records = first.stripes.get(key);
        first.stripes.put(key, second.stripes.get(key));
        second.stripes.put(key, records);
        zone.placed(key).get(4).putsRefused = 0;
        int before = first.puts + second.puts;
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(first.puts + second.puts)
                .as("writes to nodes that lack nothing")
                .isEqualTo(before);
    }

    @Test
    void shouldCountAChunkAsCompleteThatSomebodyElseHasCompleted() {
        ChunkKey key = fillWithout(2);
        zone.placed(key).get(2).putsRefused = 0;
        SimClient other = zone.client("c1");
        CompletableFuture<?> primed = other.filler.prime(
                key, ByteBuffer.wrap(zone.origin.chunks.get(key)), zone.timer.nanoTime() + 1_000_000_000L);
        zone.timer.advanceMillis(50);
        assertThat(primed).isCompleted();
        int before = puts();
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(puts()).isEqualTo(before);
        assertThat(writes().completedChunks()).isEqualTo(1);
    }

    @Test
    void shouldCompleteThousandsOfChunksWithinAMinuteOfTheNodesReturnAndHoldNoMore() {
        SimNode away = zone.node(zone.view.nodes().get(0));
        List<ChunkKey> keys = new ArrayList<>();
        away.putsRefused = Integer.MAX_VALUE;
        for (int i = 0; i < 6_000; i++) {
            keys.add(zone.origin.add(10));
        }
        List<CompletableFuture<FilledChunk>> fetched = new ArrayList<>();
        for (int first = 0; first < keys.size(); first += 500) {
            keys.subList(first, first + 500).forEach(key -> fetched.add(client.get(key, 30_000)));
            zone.timer.advanceMillis(10_000);
        }
        assertThat(fetched).allMatch(CompletableFuture::isDone);
        long incomplete = keys.stream().filter(key -> zone.stripesHeld(key) < 5).count();
        assertThat(incomplete).isGreaterThan(4_096);
        assertThat(writes().incompleteChunks()).isEqualTo(4_096);
        assertThat(writes().droppedChunks()).isEqualTo(incomplete - 4_096);
        away.putsRefused = 0;
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(writes().incompleteChunks()).isZero();
        assertThat(writes().completedChunks()).isEqualTo(4_096);
        assertThat(zone.origin.total).isEqualTo(keys.size());
    }

    @Test
    void shouldStopWhenTheClientIsAboutToCloseWhileOtherWritesContinue() {
        ChunkKey key = fillWithout(2);
        ChunkKey last = zone.origin.add(1_000);
        CompletableFuture<FilledChunk> fetched = client.get(last, 2_000);
        zone.placed(key).get(2).putsRefused = 0;
        // The look at the first chunk has begun, and its nodes have been asked.
        int asked = gets();
        while (gets() == asked) {
            zone.timer.clock().advanceNanos(50_000);
        }
        client.filler.stopCompletion();
        zone.timer.advanceMillis(2_000);
        assertThat(client.filler.whenIdle()).isCompleted();
        assertThat(fetched).isCompleted();
        assertThat(zone.stripesHeld(last)).isEqualTo(5);
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(gets() - asked).as("nodes asked, once").isLessThanOrEqualTo(5);
        assertThat(zone.stripesHeld(key)).isEqualTo(4);
    }

    @Test
    void shouldForgetItAllWhenTheClientCloses() {
        ChunkKey key = fillWithout(2);
        client.filler.close();
        zone.placed(key).get(2).putsRefused = 0;
        int before = puts() + gets();
        zone.timer.advanceMillis(MINUTE_MILLIS);
        assertThat(puts() + gets()).isEqualTo(before);
        assertThat(writes().incompleteChunks()).isZero();
    }
}
