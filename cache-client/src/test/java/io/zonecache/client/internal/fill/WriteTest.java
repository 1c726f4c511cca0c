package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Priming and repair, in virtual time. */
final class WriteTest {

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final SimClient client = zone.client("c0");

    private CompletableFuture<PrimeResult> prime(SimClient by, ChunkKey key, long deadlineMillis) {
        return by.filler.prime(
                key, ByteBuffer.wrap(zone.origin.chunks.get(key)), zone.timer.nanoTime() + deadlineMillis * 1_000_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6})
    void shouldPrimeAZoneOfAnySize(int nodes) {
        SimZone sized = new SimZone(nodes, nodes, 16, 4);
        ChunkKey key = sized.origin.add(1_001);
        CompletableFuture<PrimeResult> primed = sized.client("c")
                .filler
                .prime(key, ByteBuffer.wrap(sized.origin.chunks.get(key)), sized.timer.nanoTime() + 1_000_000_000L);
        sized.timer.runAll();
        int stripes = sized.view.settings().code().stripes();
        assertThat(primed.join())
                .isEqualTo(new PrimeResult(stripes, primed.join().needed(), stripes, List.of()));
        assertThat(sized.stripesHeld(key)).isEqualTo(stripes);
        assertThat(sized.origin.total).isZero();
    }

    @Test
    void shouldSayHowManyStripesWereAcknowledged() {
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).get(1).mode = SimNode.Mode.DOWN;
        zone.placed(key).get(3).mode = SimNode.Mode.FROZEN;
        CompletableFuture<PrimeResult> primed = prime(client, key, 3_000);
        zone.timer.runAll();
        assertThat(primed.join().acknowledged()).isEqualTo(3);
        assertThat(primed.join().isReadable()).isFalse();
        assertThat(primed.join().failures()).hasSize(2).allMatch(line -> line.startsWith("node n"));
    }

    @Test
    void shouldTryBusyNodesAgainUntilTheDeadline() {
        ChunkKey key = zone.origin.add(1_000);
        zone.placed(key).forEach(node -> node.putsRefused = 6);
        CompletableFuture<PrimeResult> primed = prime(client, key, 30_000);
        zone.timer.runAll();
        assertThat(primed.join().isComplete()).isTrue();

        ChunkKey never = zone.origin.add(1_000);
        zone.placed(never).forEach(node -> node.putsRefused = 1_000_000);
        long start = zone.timer.nanoTime();
        CompletableFuture<PrimeResult> refused = prime(client, never, 3_000);
        zone.timer.runAll();
        assertThat(refused.join().acknowledged()).isZero();
        assertThat(refused.join().failures()).allMatch(line -> line.contains("BUSY"));
        assertThat(zone.timer.nanoTime() - start).isLessThan(6_000_000_000L);
    }

    /** The bytes of stripes on their way, for chunks of 1,000 bytes in five of 250 each. */
    private long recordsInFlight() {
        return client.filler.stats().writes().bytesInFlight() / (StripeRecord.HEADER_BYTES + 250);
    }

    @Test
    void shouldHoldOnlyWhatASilentNodeHasNotTakenAndAskItOnce() {
        ChunkKey key = zone.origin.add(1_000);
        SimNode silent = zone.placed(key).get(2);
        CompletableFuture<PrimeResult> primed = prime(client, key, 30_000);
        silent.mode = SimNode.Mode.FROZEN;
        assertThat(recordsInFlight()).isEqualTo(5);
        zone.timer.advanceMillis(100);
        assertThat(recordsInFlight()).isEqualTo(1);
        zone.timer.advanceMillis(2_000);
        assertThat(recordsInFlight()).isZero();
        assertThat(primed).isCompleted();
        assertThat(primed.join().acknowledged()).isEqualTo(4);
        assertThat(primed.join().failures()).singleElement().asString().contains(silent.id);
        silent.mode = SimNode.Mode.UP;
        zone.timer.advanceMillis(60_000);
        assertThat(zone.stripesHeld(key)).as("completed later").isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotWaitForANodeThatIsGoneWhileTheOthersTakeEnough(boolean isDownInTheView) {
        ChunkKey key = zone.origin.add(1_000);
        SimNode gone = zone.placed(key).get(2);
        gone.mode = SimNode.Mode.FROZEN;
        if (isDownInTheView) {
            client.markDown(List.of(gone.id));
        } else {
            client.silentFor(gone.id, 3_000);
        }
        CompletableFuture<PrimeResult> primed = prime(client, key, 30_000);
        CompletableFuture<FilledChunk> fetched = client.get(zone.origin.add(1_000), 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(primed).isCompleted();
        assertThat(primed.join().acknowledged()).isEqualTo(4);
        assertThat(primed.join().failures()).singleElement().asString().contains("seems to be gone");
        assertThat(fetched).isCompleted();
        assertThat(recordsInFlight()).isZero();
    }

    @Test
    void shouldWaitForNodesThatAreGoneWhereTheOthersAreTooFew() {
        ChunkKey key = zone.origin.add(1_000);
        List<SimNode> gone = List.of(zone.placed(key).get(1), zone.placed(key).get(3));
        gone.forEach(node -> {
            node.mode = SimNode.Mode.FROZEN;
            client.silentFor(node.id, 3_000);
        });
        CompletableFuture<PrimeResult> primed = prime(client, key, 30_000);
        zone.timer.advanceMillis(5_000);
        assertThat(primed).isNotDone();
        assertThat(recordsInFlight()).isEqualTo(2);
        gone.forEach(node -> node.mode = SimNode.Mode.UP);
        zone.timer.advanceMillis(5_000);
        assertThat(primed).isCompleted();
        assertThat(primed.join().isComplete()).isTrue();
    }

    /** Far more than may be on their way at once. */
    @ParameterizedTest
    @EnumSource(SimNode.Mode.class)
    void shouldPrimeAndFetchAtFullSpeedWhateverOneNodeDoes(SimNode.Mode mode) {
        zone.nodes.values().iterator().next().mode = mode;
        zone.origin.medianMillis = 40;
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(prime(client, zone.origin.add(524_288), 60_000));
        }
        for (int i = 0; i < 30; i++) {
            calls.add(client.get(zone.origin.add(524_288), 5_000));
        }
        zone.timer.advanceMillis(4_500);
        calls.forEach(call -> assertThat(call).isCompleted());
    }

    @Test
    void shouldNotCutOffAWriteThatGoesOnOverANarrowLink() {
        client.putMillis = 5_000;
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<PrimeResult> primed = prime(client, key, 30_000);
        zone.timer.runAll();
        assertThat(primed.join().isComplete()).isTrue();
        assertThat(zone.placed(key)).allMatch(node -> node.puts == 1);
        SimNode lost = zone.placed(key).get(4);
        lost.empty();
        ByteBuffer chunk = ByteBuffer.wrap(zone.origin.chunks.get(key));
        client.filler.repair(ChunkName.of(key), chunk, zone.view.settings().code(), findings(key, Set.of(lost)));
        zone.timer.runAll();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(lost.puts).isEqualTo(2);
    }

    @Test
    void shouldEndAWriteThatGoesOnWhenItsTimeIsOver() {
        client.putMillis = 5_000;
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<PrimeResult> primed = prime(client, key, 4_000);
        zone.timer.advanceMillis(4_000);
        assertThat(primed.join().acknowledged()).isZero();
    }

    @Test
    void shouldRefuseAChunkThatIsNotItsKeysOrEmptyOrTooLong() {
        ChunkKey key = zone.origin.add(1_000);
        long deadline = zone.timer.nanoTime() + 1_000_000_000L;
        assertThat(FillOperationTest.code(client.filler.prime(key, ByteBuffer.allocate(1_000), deadline)))
                .isEqualTo(CacheErrorCode.KEY_MISMATCH);
        assertThat(FillOperationTest.code(client.filler.prime(key, ByteBuffer.allocate(0), deadline)))
                .isEqualTo(CacheErrorCode.BAD_REQUEST);
        SimClient small =
                zone.client("small", FillConfig.builder().maxChunkBytes(999).build());
        assertThat(FillOperationTest.code(prime(small, key, 1_000))).isEqualTo(CacheErrorCode.TOO_LARGE);
    }

    @Test
    void shouldForgetThatAChunkWasAbsentOnceItIsPrimed() {
        ChunkKey key = zone.origin.add(1_000);
        byte[] chunk = zone.origin.chunks.remove(key);
        CompletableFuture<FilledChunk> absent = client.get(key, 1_000);
        zone.timer.advanceMillis(500);
        assertThat(FillOperationTest.code(absent)).isEqualTo(CacheErrorCode.ABSENT);
        zone.origin.chunks.put(key, chunk);
        CompletableFuture<PrimeResult> primed = prime(client, key, 1_000);
        zone.timer.advanceMillis(100);
        assertThat(primed.join().isComplete()).isTrue();
        CompletableFuture<FilledChunk> found = client.get(key, 1_000);
        zone.timer.runAll();
        assertThat(found.join().source()).isEqualTo(FilledChunk.Source.ZONE);
    }

    private List<NodeFinding> findings(ChunkKey key, Set<SimNode> missing) {
        List<NodeFinding> findings = new ArrayList<>();
        List<ZoneNode> placement = zone.placement.nodesFor(key);
        for (int i = 0; i < placement.size(); i++) {
            boolean isMissing = missing.contains(zone.node(placement.get(i)));
            findings.add(new NodeFinding(
                    placement.get(i), isMissing ? State.WANTED : State.HELD, isMissing ? Set.of() : Set.of(i)));
        }
        return findings;
    }

    @Test
    void shouldPutBackWhatIsMissing() {
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<PrimeResult> primed = prime(client, key, 1_000);
        zone.timer.runAll();
        assertThat(primed.join().isComplete()).isTrue();
        SimNode lost = zone.placed(key).get(4);
        lost.empty();
        CodeSpec code = zone.view.settings().code();
        ByteBuffer chunk = ByteBuffer.wrap(zone.origin.chunks.get(key));
        client.filler.repair(ChunkName.of(key), chunk, code, findings(key, Set.of(lost)));
        zone.timer.runAll();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
        assertThat(client.filler.stats().writes().repairs()).isEqualTo(1);
        assertThat(lost.puts).isEqualTo(2);
    }

    @Test
    void shouldKeepRepairsToASmallShareOfReads() {
        ChunkKey key = zone.origin.add(1_000);
        SimNode lost = zone.placed(key).get(0);
        CodeSpec code = zone.view.settings().code();
        ByteBuffer chunk = ByteBuffer.wrap(zone.origin.chunks.get(key));
        for (int i = 0; i < 1_000; i++) {
            client.filler.countRead();
            client.filler.repair(ChunkName.of(key), chunk, code, findings(key, Set.of(lost)));
        }
        zone.timer.runAll();
        assertThat(lost.puts).isBetween(50, 70);
        assertThat(client.filler.stats().writes().repairsDropped()).isBetween(930L, 950L);
        assertThat(client.filler.stats().writes().bytesInFlight()).isZero();
    }

    @Test
    void shouldFollowTheOriginsLatencyWhenAdaptive() {
        SimClient adaptive = zone.client(
                "adaptive",
                FillConfig.builder().originLimit(12).adaptiveLimit(true).build());
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            gets.add(adaptive.get(zone.origin.add(100), 60_000));
        }
        zone.timer.runAll();
        gets.forEach(get -> assertThat(get).isCompleted());
        assertThat(adaptive.filler.stats().origin().permits()).isBetween(1, 12);
        assertThat(zone.origin.peak).isLessThanOrEqualTo(12);
    }
}
