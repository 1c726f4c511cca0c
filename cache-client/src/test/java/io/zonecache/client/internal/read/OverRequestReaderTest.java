package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.client.internal.view.ViewTrackerTest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OverRequestReaderTest {

    private static final byte[] CHUNK = ReadHarness.chunk(1, 40_003);

    @Test
    void shouldReturnTheChunkOnceAnyKNodesHaveAnswered() {
        for (String code : List.of("4-of-5", "4-of-6", "1-of-2", "3-of-3")) {
            int n = Integer.parseInt(code.substring(5));
            int k = Integer.parseInt(code.substring(0, 1));
            for (int late = 0; late < 1 << n; late++) {
                if (Integer.bitCount(late) > n - k) {
                    continue;
                }
                ReadHarness zone = new ReadHarness(code, 7);
                ChunkKey key = zone.fill(CHUNK);
                for (int place = 0; place < n; place++) {
                    zone.at(key, place).mode = (late >> place & 1) == 1 ? Mode.SILENT : Mode.SERVING;
                }
                assertHit(zone.reader.read(zone.begin(key)), CHUNK);
                assertThat(zone.hits).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldAskEveryNodeOfThePlacementAtOnceWithOneRank() {
        ReadHarness zone = new ReadHarness("4-of-5", 7);
        ChunkKey key = zone.fill(CHUNK);
        ChunkRead read = zone.begin(key);
        assertHit(zone.reader.read(read), CHUNK);
        int asked = 0;
        for (FakeNode node : zone.transport.nodes.values()) {
            asked += node.gets.size();
            node.gets.forEach(get -> {
                assertThat(get.rank()).isEqualTo(read.rank());
                assertThat(get.silenceMillis()).isEqualTo(1_000);
                assertThat(get.timeoutMillis()).as("the read's whole time").isEqualTo(5_000);
            });
        }
        assertThat(asked).isEqualTo(5);
    }

    @Test
    void shouldNotLetALateAnswerWriteOverAChunkThatWasHandedOut() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        FakeNode late = zone.at(key, 1);
        late.mode = Mode.BY_HAND;
        byte[] wrong = ReadHarness.bytes(zone.records(CHUNK).get(1).bytes());
        for (int i = StripeRecord.HEADER_BYTES; i < wrong.length; i++) {
            wrong[i] ^= 0x55;
        }
        late.holdBytes(key, wrong);
        for (int place : new int[] {0, 2, 3, 4}) {
            zone.at(key, place).mode = Mode.BY_HAND;
        }
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        late.deliveries.get(0).deliver(5_000);
        for (int place : new int[] {0, 2, 3, 4}) {
            zone.at(key, place).deliveries.get(0).finish();
        }
        ByteBuffer chunk = assertHit(read, CHUNK);
        late.deliveries.get(0).finish();
        assertThat(ReadHarness.bytes(chunk)).isEqualTo(CHUNK);
    }

    @Test
    void shouldBeAMissOnceTooFewNodesCanHaveTheChunk() {
        ReadHarness zone = new ReadHarness("4-of-5", 6);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).drop(key);
        zone.at(key, 3).drop(key);
        zone.at(key, 1).mode = Mode.SILENT;
        long askedNanos = zone.timer.nanoTime();
        ZoneRead.Miss miss = assertMiss(zone.reader.read(zone.begin(key)));
        assertThat(miss.placement()).isEqualTo(zone.placement(key));
        assertThat(miss.askedNanos()).isEqualTo(askedNanos);
    }

    private static ZoneRead.Miss assertMiss(CompletableFuture<ZoneRead> read) {
        assertThat(read.join()).isInstanceOf(ZoneRead.Miss.class);
        return (ZoneRead.Miss) read.join();
    }

    @Test
    void shouldTellHowMuchOfAMissedChunkThereWas() {
        ReadHarness zone = new ReadHarness("4-of-5", 6);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 3).drop(key);
        zone.at(key, 4).drop(key);
        assertThat(assertMiss(zone.reader.read(zone.begin(key))).stripesHeld()).isEqualTo(3);
    }

    @Test
    void shouldNeverTakeBusyNodesForAMiss() {
        ReadHarness zone = new ReadHarness("4-of-6", 6);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.BUSY);
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.timer.advanceMillis(5_001);
        assertFails(CacheErrorCode.ZONE_UNCERTAIN, read);
    }

    @Test
    void shouldCallTheZoneUnreachableOnlyWhenAllNodesHaveBeenSilentForSeconds() {
        ReadHarness zone = new ReadHarness("4-of-6", 6);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.SILENT);
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.timer.advanceMillis(1_999);
        assertThat(read).isNotDone();
        zone.timer.advanceMillis(1_500);
        assertThat(assertMiss(read).basis()).isEqualTo(Basis.ZONE_UNREACHABLE);
        int asked = zone.gets();
        for (int i = 0; i < 100; i++) {
            assertThat(assertMiss(zone.reader.read(zone.begin(key))).basis()).isEqualTo(Basis.ZONE_UNREACHABLE);
            zone.timer.advanceMillis(100);
        }
        assertThat(zone.gets() - asked).as("probes, one a second").isBetween(9, 11);
        zone.setAll(Mode.SERVING);
        zone.timer.advanceMillis(1_000);
        assertMiss(zone.reader.read(zone.begin(key)));
        assertHit(zone.reader.read(zone.begin(key)), CHUNK);
    }

    @Test
    void shouldTakeABusyNodesAnswerForASignOfLife() {
        ReadHarness zone = new ReadHarness("4-of-6", 6);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.SILENT);
        zone.at(key, 2).mode = Mode.BUSY;
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.timer.advanceMillis(4_900);
        assertThat(zone.nodeTracker.isZoneSilent()).isFalse();
        assertThat(assertMiss(read).basis()).isEqualTo(Basis.SILENT_NODES);
    }

    @Test
    void shouldAskNodesThatWereGivenUpAgainOnceTheyHaveAnsweredAProbe() {
        ReadHarness zone = new ReadHarness("reed_solomon:3-of-5", 5);
        byte[] chunk = ReadHarness.chunk(1, 1_000);
        ChunkKey key = zone.fill(chunk);
        zone.setAll(Mode.REFUSING);
        for (int i = 0; i < 45; i++) {
            CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
            zone.timer.advanceMillis(100);
            assertThat(assertMiss(read).basis()).isEqualTo(Basis.PROVEN);
        }
        zone.setAll(Mode.SERVING);
        CompletableFuture<ZoneRead> inVain = zone.reader.read(zone.begin(key));
        zone.timer.advanceMillis(10);
        assertMiss(inVain);
        zone.at(key, 4).mode = Mode.REFUSING;
        CompletableFuture<List<ZoneNode>> heard = zone.reader.probe(zone.begin(key), zone.placement(key));
        zone.timer.advanceMillis(10);
        assertThat(heard.join()).isEqualTo(zone.placement(key).subList(0, 4));
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.timer.advanceMillis(10);
        assertHit(read, chunk);
    }

    @Test
    void shouldEndAProbeOfNodesThatSayNothing() {
        ReadHarness zone = new ReadHarness("reed_solomon:3-of-5", 5);
        ChunkKey key = zone.fill(ReadHarness.chunk(1, 1_000));
        zone.setAll(Mode.SILENT);
        zone.at(key, 2).mode = Mode.BUSY;
        CompletableFuture<List<ZoneNode>> heard = zone.reader.probe(zone.begin(key), zone.placement(key));
        zone.timer.advanceMillis(1_100);
        assertThat(heard.join())
                .as("one is busy, which is an answer")
                .containsExactly(zone.placement(key).get(2));
        assertThat(zone.nodeTracker.isZoneSilent()).isFalse();
    }

    @Test
    void shouldLetALeaseDecideWhereMoreThanMNodesAreSilentForSeconds() {
        ReadHarness zone = new ReadHarness("4-of-5", 12);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).mode = Mode.SILENT;
        zone.at(key, 3).mode = Mode.SILENT;
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        for (int i = 0; i < 19; i++) {
            assertThat(read).isNotDone();
            zone.timer.advanceMillis(100);
            keepBusy(zone, key);
        }
        for (int i = 0; i < 15; i++) {
            zone.timer.advanceMillis(100);
            keepBusy(zone, key);
        }
        ZoneRead.Miss miss = assertMiss(read);
        assertThat(miss.basis()).isEqualTo(Basis.SILENT_NODES);
        assertThat(miss.stripesHeld()).isEqualTo(3);
        assertThat(zone.reader.roundsInFlight()).isZero();
    }

    /** Other chunks, whose nodes all answer. */
    private static void keepBusy(ReadHarness zone, ChunkKey silent) {
        List<ZoneNode> out =
                List.of(zone.placement(silent).get(0), zone.placement(silent).get(3));
        for (long seed = 0; ; seed++) {
            byte[] chunk = ReadHarness.chunk(seed, 100);
            ChunkKey key = ChunkKey.sha256Of(chunk);
            if (Collections.disjoint(zone.placement(key), out)) {
                zone.fill(chunk);
                assertHit(zone.reader.read(zone.begin(key)), chunk);
                return;
            }
        }
    }

    @Test
    void shouldHoldNeitherSlotNorMemoryWhileItIsUndecided() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 1).mode = Mode.BUSY;
        zone.at(key, 4).mode = Mode.BUSY;
        ChunkRead read = zone.begin(key);
        CompletableFuture<ZoneRead> result = zone.reader.read(read);
        assertThat(result).isNotDone();
        assertThat(zone.reader.roundsInFlight()).isZero();
        assertThat(zone.memory.inFlightBytes()).isZero();
        zone.at(key, 1).mode = Mode.SERVING;
        zone.timer.advanceMillis(1_100);
        assertHit(result, CHUNK);
        assertThat(zone.at(key, 1).gets).hasSizeGreaterThan(1).allMatch(get -> get.rank() == read.rank());
    }

    @Test
    void shouldNotKeepItsSlotForTheSakeOfNodesThatFallSilent() {
        ReadHarness zone = new ReadHarness("4-of-5", 12);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).mode = Mode.SILENT;
        zone.at(key, 3).mode = Mode.SILENT;
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        assertThat(zone.reader.roundsInFlight()).isEqualTo(1);
        for (int i = 0; i < 7; i++) {
            zone.timer.advanceMillis(100);
            keepBusy(zone, key);
        }
        zone.timer.advanceMillis(100);
        assertThat(read).isNotDone();
        assertThat(zone.reader.roundsInFlight()).as("after 800 ms").isZero();
        assertThat(zone.memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldStopAtOnceWhenNobodyWaitsAnyMore() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.SILENT);
        ChunkRead read = zone.begin(key);
        CompletableFuture<ZoneRead> result = zone.reader.read(read);
        read.cancel();
        assertFails(CacheErrorCode.CLOSED, result);
        assertThat(zone.reader.roundsInFlight()).isZero();
        assertThat(zone.memory.inFlightBytes()).isZero();
        assertFails(CacheErrorCode.CLOSED, zone.reader.read(read));
    }

    @Test
    void shouldFollowADeadlineThatMoves() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.BUSY);
        ChunkRead read = zone.begin(key);
        CompletableFuture<ZoneRead> result = zone.reader.read(read);
        read.extendDeadline(read.deadlineNanos() + TimeUnit.SECONDS.toNanos(5));
        zone.timer.advanceMillis(6_000);
        assertThat(result).isNotDone();
        zone.setAll(Mode.SERVING);
        zone.timer.advanceMillis(2_000);
        assertHit(result, CHUNK);
    }

    @Test
    void shouldNotHandOutWrongBytesUnderOpaqueKeys() {
        for (int corrupt = 0; corrupt < 5; corrupt++) {
            ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.OPAQUE, ReadOptions.DEFAULT, 1);
            ChunkKey key = zone.fill(CHUNK);
            zone.at(key, corrupt).hold(key, corrupted(zone.records(CHUNK).get(corrupt)));
            assertHit(zone.reader.read(zone.begin(key)), CHUNK);
            assertThat(zone.at(key, corrupt).reports).isEqualTo(corrupt < 4 ? 1 : 0);
        }
    }

    @Test
    void shouldRetryNoOftenerThanItsBudgetAllows() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.BUSY);
        for (int i = 0; i < 20; i++) {
            assertThat(zone.reader.read(zone.begin(key))).isNotDone();
        }
        int before = zone.at(key, 0).gets.size();
        zone.timer.advanceMillis(5_001);
        assertThat(zone.at(key, 0).gets.size() - before)
                .as("one at the start and one a second")
                .isBetween(1, 7);
    }

    @ParameterizedTest
    @ValueSource(longs = {300, 500, 1_000, 5_000})
    void shouldTryAgainUntilItsDeadlineLeavesNoTimeForARound(long deadlineMillis) {
        for (long seed = 1; seed <= 50; seed++) {
            ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.SHA256, ReadOptions.DEFAULT, seed);
            ChunkKey key = zone.fill(CHUNK);
            zone.setAll(Mode.BUSY);
            CompletableFuture<ZoneRead> read = zone.reader.read(begin(zone, key, deadlineMillis));
            zone.timer.advanceMillis(deadlineMillis - 16);
            assertThat(read).as("seed %d", seed).isNotDone();
            zone.timer.advanceMillis(15);
            assertFails(CacheErrorCode.ZONE_UNCERTAIN, read);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {300, 500, 1_000})
    void shouldBeAHitWhereNodesServeAgainBeforeItsDeadline(long deadlineMillis) {
        for (long seed = 1; seed <= 50; seed++) {
            ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.SHA256, ReadOptions.DEFAULT, seed);
            ChunkKey key = zone.fill(CHUNK);
            for (int i = 0; i < 200; i++) {
                assertHit(zone.reader.read(zone.begin(key)), CHUNK);
            }
            zone.setAll(Mode.BUSY);
            CompletableFuture<ZoneRead> read = zone.reader.read(begin(zone, key, deadlineMillis));
            zone.timer.advanceMillis(deadlineMillis * 7 / 10);
            zone.setAll(Mode.SERVING);
            zone.timer.advanceMillis(deadlineMillis * 3 / 10);
            assertThat(read).as("seed %d", seed).isCompleted();
            assertHit(read, CHUNK);
        }
    }

    private static ChunkRead begin(ReadHarness zone, ChunkKey key, long deadlineMillis) {
        return zone.reader.begin(
                ChunkName.of(key), null, zone.timer.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis));
    }

    @Test
    void shouldNotLetReadsThatWereUndecidedTogetherWaitForOneAnother() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).mode = Mode.REFUSING;
        FakeNode stalled = zone.at(key, 1);
        stalled.mode = Mode.BY_HAND;
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            reads.add(zone.reader.read(zone.begin(key)));
        }
        stalled.deliveries.forEach(FakeNode.Delivery::timeOut);
        stalled.mode = Mode.SERVING;
        zone.timer.advanceMillis(2_000);
        assertThat(reads).allSatisfy(read -> assertHit(read, CHUNK));
    }

    @Test
    void shouldAskAllAgainInTheNextRoundWithTheSameRank() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).drop(key);
        zone.at(key, 1).drop(key);
        ChunkRead read = zone.begin(key);
        assertThat(zone.reader.read(read).join()).isInstanceOf(ZoneRead.Miss.class);
        zone.at(key, 0).hold(key, zone.records(CHUNK).get(0));
        assertHit(zone.reader.read(read), CHUNK);
        for (int place = 0; place < 5; place++) {
            assertThat(zone.at(key, place).gets).hasSize(2).allMatch(get -> get.rank() == read.rank());
        }
    }

    @Test
    void shouldPassOverWhatComesBetweenRoundsAndAfterThem() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).drop(key);
        zone.at(key, 1).drop(key);
        zone.at(key, 2).mode = Mode.BY_HAND;
        zone.at(key, 3).mode = Mode.BY_HAND;
        ChunkRead read = zone.begin(key);
        assertThat(zone.reader.read(read).join()).isInstanceOf(ZoneRead.Miss.class);
        zone.at(key, 2).deliveries.get(0).finish();
        assertThat(zone.memory.inFlightBytes()).isZero();
        zone.at(key, 1).hold(key, zone.records(CHUNK).get(1));
        CompletableFuture<ZoneRead> again = zone.reader.read(read);
        zone.at(key, 3).deliveries.get(0).finish();
        zone.at(key, 2).deliveries.get(1).finish();
        assertThat(again).as("a stripe of the round before").isNotDone();
        zone.at(key, 3).deliveries.get(1).finish();
        assertHit(again, CHUNK);
        assertThat(zone.memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldFollowANewViewInTheNextRound() {
        ReadHarness zone = new ReadHarness("4-of-5", 9);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).drop(key);
        zone.at(key, 1).drop(key);
        ChunkRead read = zone.begin(key);
        assertThat(zone.reader.read(read).join()).isInstanceOf(ZoneRead.Miss.class);
        ReadHarness fewer = new ReadHarness("4-of-5", 9);
        zone.view =
                ViewTrackerTest.without(fewer.view, zone.placement(key).get(0).id());
        zone.at(key, 4).hold(key, zone.records(CHUNK).get(0));
        assertHit(zone.reader.read(read), CHUNK);
    }

    @Test
    void shouldReadAroundACorruptStripeAndReportIt() {
        for (int bad = 0; bad < 4; bad++) {
            ReadHarness zone = new ReadHarness("4-of-5", 5);
            ChunkKey key = zone.fill(CHUNK);
            byte[] body = ReadHarness.bytes(zone.records(CHUNK).get(bad).bytes());
            body[StripeRecord.HEADER_BYTES + 77] ^= 1;
            zone.at(key, bad).holdBytes(key, body);
            assertHit(zone.reader.read(zone.begin(key)), CHUNK);
            assertThat(zone.at(key, bad).reports).isEqualTo(1);
            assertThat(zone.repairables).hasSize(1);
            assertThat(ReadHarness.bytes(zone.repairables.get(0).chunk())).isEqualTo(CHUNK);
            assertThat(zone.repairables.get(0).findings().get(bad))
                    .isEqualTo(new NodeFinding(zone.placement(key).get(bad), State.CORRUPT, Set.of()));
        }
    }

    @Test
    void shouldFindTheCorruptStripeWithARightChecksum() {
        for (String code : List.of("4-of-5", "4-of-6", "2-of-4")) {
            int n = Integer.parseInt(code.substring(5));
            for (int corrupt = 0; corrupt < n; corrupt++) {
                ReadHarness zone = new ReadHarness(code, 6);
                ChunkKey key = zone.fill(CHUNK);
                zone.at(key, corrupt).hold(key, corrupted(zone.records(CHUNK).get(corrupt)));
                CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
                assertHit(read, CHUNK);
                assertThat(zone.reader.stats().retries()).isZero();
                assertThat(zone.at(key, corrupt).reports)
                        .as("%s, corrupt %d, which is only found if its stripe was needed", code, corrupt)
                        .isEqualTo(corrupt < zone.code.data() ? 1 : 0);
            }
        }
    }

    @Test
    void shouldFindTwoCorruptStripesIfTheCodeAllows() {
        ReadHarness zone = new ReadHarness("4-of-6", 6);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).hold(key, corrupted(zone.records(CHUNK).get(0)));
        zone.at(key, 2).hold(key, corrupted(zone.records(CHUNK).get(2)));
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        assertHit(read, CHUNK);
        assertThat(zone.reader.stats().retries()).isZero();
        assertThat(zone.at(key, 0).reports).isEqualTo(1);
        assertThat(zone.at(key, 2).reports).isEqualTo(1);
        assertThat(zone.at(key, 1).reports).isZero();
        assertThat(zone.repairables).hasSize(1);
        assertThat(zone.repairables.get(0).findings())
                .filteredOn(finding -> finding.state() == State.CORRUPT)
                .hasSize(2);
    }

    @Test
    void shouldBeAMissIfNoStripesDecodeToTheChunk() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).hold(key, corrupted(zone.records(CHUNK).get(0)));
        zone.at(key, 1).hold(key, corrupted(zone.records(CHUNK).get(1)));
        ChunkRead read = zone.begin(key);
        CompletableFuture<ZoneRead> result = zone.reader.read(read);
        zone.timer.advanceMillis(3_000);
        assertThat(result.join()).isInstanceOf(ZoneRead.Miss.class);
        zone.fill(CHUNK);
        CompletableFuture<ZoneRead> again = zone.reader.read(zone.begin(key));
        assertHit(again, CHUNK);
    }

    @Test
    void shouldNotTakeARecordWhoseTagContradictsTheKey() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        StripeRecord right = zone.records(CHUNK).get(0);
        zone.at(key, 0).hold(key, StripeRecord.encode(zone.code, 0, CHUNK.length, key, key.w0() + 1, right.payload()));
        assertHit(zone.reader.read(zone.begin(key)), CHUNK);
        assertThat(zone.at(key, 0).reports).isEqualTo(1);
    }

    @Test
    void shouldKeepStripesOfDifferentContentApartUnderOpaqueKeys() {
        ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.OPAQUE, ReadOptions.DEFAULT, 1);
        ChunkKey key = zone.fill(CHUNK);
        byte[] other = ReadHarness.chunk(2, CHUNK.length);
        StripeRecord stranger = StripeRecord.encode(
                zone.code, 0, CHUNK.length, key, 99, zone.records(other).get(0).payload());
        zone.at(key, 0).hold(key, stranger);
        assertHit(zone.reader.read(zone.begin(key)), CHUNK);
    }

    @Test
    void shouldMakeDoWithDuplicatesAndIndexesAtOtherPlaces() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        List<StripeRecord> records = zone.records(CHUNK);
        int[] indexes = {4, 0, 0, 2, 1};
        for (int place = 0; place < 5; place++) {
            zone.at(key, place).hold(key, records.get(indexes[place]));
        }
        assertHit(zone.reader.read(zone.begin(key)), CHUNK);
    }

    @Test
    void shouldTakeADuplicateWhenTheFirstOneNeverArrives() {
        ReadHarness zone = new ReadHarness("4-of-4", 4);
        ChunkKey key = zone.fill(CHUNK);
        List<StripeRecord> records = zone.records(CHUNK);
        zone.at(key, 0).mode = Mode.BY_HAND;
        zone.at(key, 1).hold(key, records.get(0), records.get(1));
        ChunkRead read = zone.begin(key);
        CompletableFuture<ZoneRead> result = zone.reader.read(read);
        assertHit(result, CHUNK);
        zone.at(key, 0).deliveries.get(0).finish();
    }

    @Test
    void shouldReadFromFewerNodesThanThereAreStripes() {
        for (int nodes = 1; nodes <= 4; nodes++) {
            ReadHarness zone = new ReadHarness("4-of-5", nodes);
            ChunkKey key = zone.fill(CHUNK);
            assertHit(zone.reader.read(zone.begin(key)), CHUNK);
        }
    }

    @Test
    void shouldDecodeAChunkOfTheCodeThatTheZoneUsedBefore() {
        ReadHarness before = new ReadHarness("2-of-3", 5);
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = ChunkKey.sha256Of(CHUNK);
        zone.at(key, 0).hold(key, before.records(CHUNK).get(2));
        zone.at(key, 3).hold(key, before.records(CHUNK).get(0));
        for (int place = 0; place < 5; place++) {
            zone.at(key, place).mode = place % 3 == 0 ? Mode.BY_HAND : Mode.SILENT;
        }
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.at(key, 0).deliveries.get(0).finish();
        zone.at(key, 3).deliveries.get(0).finish();
        assertHit(read, CHUNK);
    }

    @Test
    void shouldSayPurged() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).purge(key);
        assertFails(CacheErrorCode.PURGED, zone.reader.read(zone.begin(key)));
    }

    @Test
    void shouldOfferARepairWhenANodeWantsOneEvenIfItAnswersLast() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        FakeNode lacking = zone.at(key, 3);
        lacking.drop(key);
        lacking.isWanting = true;
        FakeNode last = zone.at(key, 4);
        last.mode = Mode.BY_HAND;
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        last.deliveries.get(0).finish();
        ByteBuffer chunk = assertHit(read, CHUNK);
        assertThat(zone.repairables).hasSize(1);
        ReadHarness.RepairCandidate offer = zone.repairables.get(0);
        assertThat(offer.code()).isEqualTo(zone.code);
        assertThat(offer.findings()).extracting(NodeFinding::node).isEqualTo(zone.placement(key));
        assertThat(offer.findings())
                .extracting(NodeFinding::state)
                .containsExactly(State.HELD, State.HELD, State.HELD, State.WANTED, State.HELD);
        assertThat(chunk.remaining()).isEqualTo(CHUNK.length);
    }

    @Test
    void shouldOfferNoRepairWhenNothingIsWanted() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 3).drop(key);
        assertHit(zone.reader.read(zone.begin(key)), CHUNK);
        assertThat(zone.repairables).isEmpty();
    }

    @Test
    void shouldCountSkippedNodesAsLostAndNotAskThem() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 2).mode = Mode.REFUSING;
        for (int i = 0; i < 3; i++) {
            assertHit(zone.reader.read(zone.begin(key)), CHUNK);
        }
        assertHit(zone.reader.read(zone.begin(key)), CHUNK);
        assertThat(zone.at(key, 2).gets).as("skipped after three errors").hasSize(3);
        zone.at(key, 0).drop(key);
        assertThat(zone.reader.read(zone.begin(key)).join()).isInstanceOf(ZoneRead.Miss.class);
    }

    @Test
    void shouldSkipAFrozenNodeWithinASecondAndTakeItBack() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        FakeNode frozen = zone.at(key, 1);
        frozen.mode = Mode.SILENT;
        for (int i = 0; i < 10; i++) {
            assertHit(zone.reader.read(zone.begin(key)), CHUNK);
            zone.timer.advanceMillis(100);
        }
        int asked = frozen.gets.size();
        assertThat(asked).isLessThan(8);
        frozen.mode = Mode.SERVING;
        for (int i = 0; i < 20; i++) {
            zone.timer.advanceMillis(100);
            assertHit(zone.reader.read(zone.begin(key)), CHUNK);
        }
        assertThat(frozen.gets.size()).isGreaterThan(asked + 10);
    }

    @Test
    void shouldNotKeepAChunkInMemoryForTheSakeOfASilentNode() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 1).mode = Mode.SILENT;
        zone.at(key, 2).mode = Mode.BY_HAND;
        WeakReference<ByteBuffer> chunk = new WeakReference<>(hitByHand(zone, key));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return chunk.get() == null;
        });
        zone.timer.advanceMillis(2_000);
        assertThat(zone.repairables).isEmpty();
    }

    private static ByteBuffer hitByHand(ReadHarness zone, ChunkKey key) {
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.at(key, 2).deliveries.get(0).finish();
        return assertHit(read, CHUNK);
    }

    private static ReadHarness zoneWithRounds(int maxRounds) {
        return new ReadHarness(
                "4-of-5",
                5,
                KeyScheme.SHA256,
                new ReadOptions(Verification.FULL, OverRequestPolicy.ALL, 1_000, maxRounds, 1, 0.1),
                1);
    }

    /** Reads of the chunk wait for this node, since another one lacks its stripe. */
    private static FakeNode answerByHand(ReadHarness zone, ChunkKey key) {
        FakeNode slow = zone.at(key, 0);
        slow.mode = Mode.BY_HAND;
        zone.at(key, 1).drop(key);
        return slow;
    }

    @Test
    void shouldLetRoundsWaitInTurnBeyondItsLimit() {
        ReadHarness zone = zoneWithRounds(2);
        ChunkKey key = zone.fill(CHUNK);
        FakeNode slow = answerByHand(zone, key);
        CompletableFuture<ZoneRead> first = zone.reader.read(zone.begin(key));
        CompletableFuture<ZoneRead> second = zone.reader.read(zone.begin(key));
        CompletableFuture<ZoneRead> third = zone.reader.read(zone.begin(key));
        assertFails(CacheErrorCode.BUSY, zone.reader.read(zone.begin(key)));
        assertThat(slow.deliveries).hasSize(2);
        slow.deliveries.get(0).finish();
        assertHit(first, CHUNK);
        assertThat(slow.deliveries).hasSize(3);
        slow.deliveries.get(1).finish();
        slow.deliveries.get(2).finish();
        assertHit(second, CHUNK);
        assertHit(third, CHUNK);
    }

    @Test
    void shouldGiveItsSlotToTheNextReadBeforeItsCallerGoesOn() {
        ReadHarness zone = zoneWithRounds(1);
        ChunkKey key = zone.fill(CHUNK);
        FakeNode slow = answerByHand(zone, key);
        CompletableFuture<ZoneRead> first = zone.reader.read(zone.begin(key));
        CompletableFuture<ZoneRead> second = zone.reader.read(zone.begin(key));
        assertThat(slow.deliveries).hasSize(1);
        List<Integer> askedBefore = new ArrayList<>();
        CompletableFuture<Void> dependent = first.thenRun(() -> askedBefore.add(slow.deliveries.size()));
        slow.deliveries.get(0).finish();
        assertThat(dependent).isCompleted();
        assertThat(askedBefore).as("answers that the node owes").containsExactly(2);
        slow.deliveries.get(1).finish();
        assertHit(second, CHUNK);
    }

    @Test
    void shouldHaveNothingToAskWithoutAView() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.view = null;
        assertThat(assertMiss(zone.reader.read(zone.begin(key))).placement()).isEmpty();
    }

    @Test
    void shouldEndAtOnceWhenTheDeadlineHasPassed() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        ChunkRead read = zone.begin(key);
        zone.timer.advanceMillis(5_000);
        assertFails(CacheErrorCode.DEADLINE_EXCEEDED, zone.reader.read(read));
    }

    @Test
    void shouldEndReadsUnderWayWhenItCloses() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        ChunkKey key = zone.fill(CHUNK);
        zone.setAll(Mode.SILENT);
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.reader.close();
        zone.transport.close();
        assertFails(CacheErrorCode.CLOSED, read);
        assertFails(CacheErrorCode.CLOSED, zone.reader.read(zone.begin(key)));
    }

    @Test
    void shouldDrawRanksOverTheirWholeRange() {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        Set<Integer> ranks = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            ranks.add(zone.begin(new ChunkKey(1, 2, 3, 4)).rank());
        }
        assertThat(ranks).hasSize(128).allMatch(rank -> rank >= 0 && rank < 128);
    }

    /** Another payload with a checksum that holds. */
    static StripeRecord corrupted(StripeRecord record) {
        StripeHeader header = record.header();
        byte[] payload = ReadHarness.bytes(record.payload());
        payload[payload.length / 2] ^= 0x10;
        return StripeRecord.encode(
                header.code(),
                header.index(),
                header.chunkBytes(),
                header.key(),
                header.tag(),
                ByteBuffer.wrap(payload));
    }

    static ByteBuffer assertHit(CompletableFuture<ZoneRead> read, byte[] chunk) {
        assertThat(read).isCompleted();
        assertThat(read.join()).isInstanceOf(ZoneRead.Hit.class);
        ByteBuffer found = ((ZoneRead.Hit) read.join()).chunk();
        assertThat(found.isReadOnly()).isTrue();
        assertThat(ReadHarness.bytes(found)).isEqualTo(chunk);
        return found;
    }

    static void assertFails(CacheErrorCode code, CompletableFuture<?> future) {
        assertThat(future).isDone();
        assertThatThrownBy(future::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
