package io.zonecache.client.internal.read;

import static io.zonecache.client.internal.read.OverRequestReaderTest.assertFails;
import static io.zonecache.client.internal.read.OverRequestReaderTest.assertHit;
import static io.zonecache.client.internal.read.OverRequestReaderTest.corrupted;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of the zone under a budget of bytes, in virtual time; each test ends with none in flight. */
final class ReadMemoryTest {

    private static final int CHUNK_BYTES = 1_000_000;
    private static final byte[] CHUNK = ReadHarness.chunk(1, CHUNK_BYTES);

    /** Three reads at once of 4-of-5, or one that has to look for a corrupt stripe. */
    private final MemoryBudget memory = new MemoryBudget(MemoryBudget.minBytes(CHUNK_BYTES), CHUNK_BYTES);

    private final ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.SHA256, ReadOptions.DEFAULT, 1, memory);

    @AfterEach
    void shouldHoldNothingInTheEnd() {
        zone.timer.runAll();
        assertThat(memory.inFlightBytes()).isZero();
        assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.capacityBytes());
    }

    private CompletableFuture<ZoneRead> read(ChunkKey key) {
        return zone.reader.read(zone.begin(key));
    }

    @Test
    void shouldRequeueWhenChunksAreLargerThanThoseOfLate() {
        ChunkKey key = zone.fill(CHUNK);
        zone.transport.nodes.values().forEach(node -> node.delayMillis = 1);
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            reads.add(read(key));
        }
        zone.timer.advanceMillis(1_000);
        reads.forEach(read -> assertHit(read, CHUNK));
        assertThat(memory.peakBytes()).isGreaterThan(2 * CHUNK_BYTES);
        assertThat(zone.reader.stats().retries()).as("no node is to blame").isZero();
        assertThat(zone.reader.stats().stripeRequests()).as("few come twice").isLessThan(5 * 24);
    }

    @Test
    void shouldHoldNothingAfterHitMissPurgeAndFailure() {
        ChunkKey hit = zone.fill(CHUNK);
        assertHit(read(hit), CHUNK);
        assertThat(memory.inFlightBytes()).isZero();
        zone.at(hit, 0).drop(hit);
        zone.at(hit, 1).drop(hit);
        assertThat(read(hit).join()).isInstanceOf(ZoneRead.Miss.class);
        assertThat(memory.inFlightBytes()).isZero();
        zone.at(hit, 0).purge(hit);
        assertFails(CacheErrorCode.PURGED, read(hit));
        assertThat(memory.inFlightBytes()).isZero();
        zone.transport.nodes.values().forEach(node -> node.mode = Mode.BUSY);
        CompletableFuture<ZoneRead> busy = read(hit);
        assertThat(memory.inFlightBytes()).as("between retries").isZero();
        zone.timer.advanceMillis(5_000);
        assertFails(CacheErrorCode.ZONE_UNCERTAIN, busy);
        assertThat(memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldLetNoLateAnswerHoldMemory() {
        ChunkKey key = zone.fill(CHUNK);
        FakeNode parity = zone.at(key, 4);
        parity.mode = Mode.BY_HAND;
        FakeNode data = zone.at(key, 3);
        data.mode = Mode.BY_HAND;
        CompletableFuture<ZoneRead> read = read(key);
        parity.deliveries.get(0).deliver(10_000);
        assertThat(memory.inFlightBytes()).isEqualTo(CHUNK_BYTES / 4 * 5);
        data.deliveries.get(0).finish();
        assertHit(read, CHUNK);
        assertThat(memory.inFlightBytes()).isZero();
        parity.deliveries.get(0).finish();
        assertThat(memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldUseTheMemoryOfParityAgainAndLeaveChunksHandedOutAlone() {
        List<byte[]> chunks = new ArrayList<>();
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            byte[] chunk = ReadHarness.chunk(i, CHUNK_BYTES);
            ChunkKey key = zone.fill(chunk);
            zone.at(key, i % 4).drop(key);
            chunks.add(chunk);
            reads.add(read(key));
        }
        for (int i = 0; i < 10; i++) {
            assertHit(reads.get(i), chunks.get(i));
        }
        assertThat(zone.allocations)
                .filteredOn(bytes -> bytes == CHUNK_BYTES / 4)
                .hasSize(1);
    }

    @Test
    void shouldLetNoLateAnswerWriteToMemoryThatIsUsedAgain() {
        ChunkKey key = zone.fill(CHUNK);
        FakeNode parity = zone.at(key, 4);
        FakeNode data = zone.at(key, 3);
        parity.mode = Mode.BY_HAND;
        data.mode = Mode.BY_HAND;
        CompletableFuture<ZoneRead> first = read(key);
        parity.deliveries.get(0).deliver(10_000);
        data.deliveries.get(0).finish();
        assertHit(first, CHUNK);
        data.mode = Mode.SERVING;
        parity.mode = Mode.SERVING;

        byte[] other = ReadHarness.chunk(2, CHUNK_BYTES);
        ChunkKey otherKey = zone.fill(other);
        zone.at(otherKey, 1).drop(otherKey);
        FakeNode otherParity = zone.at(otherKey, 4);
        otherParity.mode = Mode.BY_HAND;
        CompletableFuture<ZoneRead> second = read(otherKey);
        FakeNode.Delivery last = otherParity.deliveries.get(otherParity.deliveries.size() - 1);
        last.deliver(100_000);
        assertThat(zone.allocations)
                .filteredOn(bytes -> bytes == CHUNK_BYTES / 4)
                .hasSize(1);
        parity.deliveries.get(0).finish();
        last.finish();
        assertHit(second, other);
    }

    @Test
    void shouldFindACorruptStripeOnceThereIsMemoryForThat() {
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 1).hold(key, corrupted(zone.records(CHUNK).get(1)));
        zone.transport.nodes.values().forEach(node -> node.mode = Mode.BY_HAND);
        List<CompletableFuture<ZoneRead>> reads = List.of(read(key), read(key), read(key));
        zone.transport.nodes.values().forEach(node -> node.mode = Mode.SERVING);
        for (int place = 0; place < 5; place++) {
            zone.at(key, place).deliveries.forEach(FakeNode.Delivery::finish);
        }
        zone.timer.advanceMillis(3_000);
        reads.forEach(read -> assertHit(read, CHUNK));
    }

    @Test
    void shouldReadAroundCorruptStripes() {
        ChunkKey key = zone.fill(CHUNK);
        byte[] body = ReadHarness.bytes(zone.records(CHUNK).get(2).bytes());
        body[StripeRecord.HEADER_BYTES + 77] ^= 1;
        zone.at(key, 2).holdBytes(key, body);
        assertHit(read(key), CHUNK);
        assertThat(memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldRefuseAChunkThatTheMemoryCanNeverHold() {
        ChunkKey key = zone.fill(ReadHarness.chunk(2, 4 * CHUNK_BYTES));
        CompletableFuture<ZoneRead> read = read(key);
        assertFails(CacheErrorCode.TOO_LARGE, read);
        assertThat(read.handle((hit, failure) -> failure.getMessage()).join())
                .contains("5000000 bytes (expected: at most ", ", of memoryBytes)");
    }

    @Test
    void shouldHoldNothingWhenItClosesWithReadsUnderWayAndWaiting() {
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).mode = Mode.SILENT;
        zone.at(key, 1).mode = Mode.SILENT;
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            reads.add(read(key));
        }
        assertThat(memory.inFlightBytes()).isPositive();
        zone.reader.close();
        reads.forEach(read -> assertFails(CacheErrorCode.CLOSED, read));
        assertThat(memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldHoldNothingAfterTheDeadline() {
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 0).mode = Mode.SILENT;
        zone.at(key, 1).mode = Mode.SILENT;
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            reads.add(read(key));
        }
        assertThat(memory.inFlightBytes()).isPositive();
        zone.timer.advanceMillis(10_000);
        assertThat(reads).allMatch(CompletableFuture::isDone);
        assertThat(memory.inFlightBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldServeReadsOfAllSizesWhateverNodesDo(long seed) {
        Random random = new Random(seed);
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            chunks.add(ReadHarness.chunk(seed * 100 + i, 1 + random.nextInt(CHUNK_BYTES)));
            zone.fill(chunks.get(i));
        }
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] chunk = chunks.get(random.nextInt(20));
            FakeNode node = zone.at(ChunkKey.sha256Of(chunk), random.nextInt(5));
            node.delayMillis = random.nextInt(4);
            reads.add(read(ChunkKey.sha256Of(chunk)).thenApply(found -> {
                assertHit(CompletableFuture.completedFuture(found), chunk);
                return found;
            }));
            zone.timer.advanceMillis(random.nextInt(2));
        }
        zone.timer.advanceMillis(4_000);
        reads.forEach(read -> assertThat(read).as("seed %d", seed).isCompleted());
    }
}
