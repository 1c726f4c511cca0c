package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.write.ChunkWriter;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fills and primes under a budget of bytes, in virtual time; each test ends with none in flight. */
final class FillMemoryQueueTest {

    private static final int CHUNK_BYTES = 10_000;

    private final MemoryBudget memory = new MemoryBudget(MemoryBudget.minBytes(CHUNK_BYTES) + 10_000, CHUNK_BYTES);
    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final FillConfig config =
            FillConfig.builder().maxChunkBytes(CHUNK_BYTES).build();
    private final SimClient client = zone.client("small", config, memory);

    @AfterEach
    void shouldHoldNothingInTheEnd() {
        zone.timer.runAll();
        assertThat(client.filler.whenIdle()).isCompleted();
        assertThat(memory.inFlightBytes()).isZero();
        assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.capacityBytes());
    }

    private CompletableFuture<PrimeResult> prime(ChunkKey key) {
        return client.filler.prime(
                key, ByteBuffer.wrap(zone.origin.chunks.get(key)), zone.timer.nanoTime() + 30_000_000_000L);
    }

    @Test
    void shouldFillManyChunksWithinTheBudgetWhileReadsHoldTheirPart() {
        assertThat(memory.reads().tryTake(memory.reads().maxBytes())).isTrue();
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        List<CompletableFuture<PrimeResult>> primes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            gets.add(client.get(zone.origin.add(CHUNK_BYTES), 30_000));
            primes.add(prime(zone.origin.add(CHUNK_BYTES)));
        }
        zone.timer.runAll();
        gets.forEach(get -> assertThat(get).isCompleted());
        primes.forEach(prime -> assertThat(prime.join().isComplete()).isTrue());
        assertThat(client.filler.stats().writes().writeBacks()).isEqualTo(60);
        memory.reads().release(memory.reads().maxBytes());
    }

    @Test
    void shouldHoldTheChunkUntilItIsEncodedAndItsStripesUntilTheyAreStored() {
        ChunkKey key = zone.origin.add(CHUNK_BYTES);
        zone.placed(key).get(0).putsRefused = 3;
        List<Long> held = new ArrayList<>();
        CompletableFuture<Void> seen = client.get(key, 5_000).thenAccept(chunk -> held.add(memory.inFlightBytes()));
        while (!seen.isDone()) {
            zone.timer.advanceMillis(1);
        }
        long stripes = ChunkWriter.encodedBytes(zone.view.settings().code(), CHUNK_BYTES);
        assertThat(memory.peakBytes()).as("the chunk with its stripes").isEqualTo(CHUNK_BYTES + stripes);
        assertThat(held).as("once the chunk is the caller's").containsExactly(stripes);
        zone.timer.advanceMillis(10);
        assertThat(memory.inFlightBytes()).as("for the one that is not stored").isEqualTo(stripes / 5);
    }

    @Test
    void shouldSayBusyWhenThereIsNoMemoryInTimeAndNotBlameTheOrigin() {
        long all = memory.fills().maxBytes();
        assertThat(memory.fills().tryTake(all)).isTrue();
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(CHUNK_BYTES), 5_000);
        CompletableFuture<PrimeResult> primed = prime(zone.origin.add(CHUNK_BYTES));
        zone.timer.runAll();
        assertThat(FillOperationTest.code(get)).isEqualTo(CacheErrorCode.BUSY);
        assertThat(FillOperationTest.code(primed)).isEqualTo(CacheErrorCode.BUSY);
        assertThat(client.filler.stats().origin().failures()).isZero();
        assertThat(client.filler.stats().origin().permits()).isEqualTo(16);
        memory.fills().release(all);
        memory.fills().serve();
    }

    @Test
    void shouldGoOnAsSoonAsThereIsMemory() {
        long all = memory.fills().maxBytes();
        assertThat(memory.fills().tryTake(all)).isTrue();
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(CHUNK_BYTES), 5_000);
        zone.timer.advanceMillis(2_000);
        assertThat(get).isNotDone();
        memory.fills().release(all);
        memory.fills().serve();
        assertThat(get).isCompleted();
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldNotCountTheWaitForMemoryAsTheOriginsTime() {
        zone.origin.reservesFirst = true;
        long all = memory.fills().maxBytes();
        assertThat(memory.fills().tryTake(all)).isTrue();
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(CHUNK_BYTES), 5_000);
        zone.timer.advanceMillis(3_000);
        assertThat(get).isNotDone();
        memory.fills().release(all);
        memory.fills().serve();
        zone.timer.advanceMillis(500);
        assertThat(get).isCompleted();
        assertThat(client.filler.context.fetchTimes.fetchNanos()).isLessThan(500_000_000L);
    }

    @Test
    void shouldRefuseToPrimeWhatItCanNeverHold() {
        FillConfig large = FillConfig.builder().maxChunkBytes(1 << 20).build();
        SimClient other = zone.client("large", large, memory);
        ChunkKey key = zone.origin.add(1 << 20);
        CompletableFuture<PrimeResult> primed = other.filler.prime(
                key, ByteBuffer.wrap(zone.origin.chunks.get(key)), zone.timer.nanoTime() + 1_000_000_000L);
        assertThat(FillOperationTest.code(primed)).isEqualTo(CacheErrorCode.TOO_LARGE);
        CompletableFuture<FilledChunk> get = other.get(key, 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(FillOperationTest.code(get)).isEqualTo(CacheErrorCode.TOO_LARGE);
        assertThat(other.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        for (int i = 0; i < 10; i++) {
            CompletableFuture<FilledChunk> again = other.get(key, 5_000);
            zone.timer.advanceMillis(10);
            assertThat(FillOperationTest.code(again)).isEqualTo(CacheErrorCode.TOO_LARGE);
        }
        assertThat(zone.origin.total)
                .as("fetches of what this client can never hold")
                .isEqualTo(1);
        SimClient ample = zone.client("ample");
        CompletableFuture<FilledChunk> held = ample.get(key, 5_000);
        zone.timer.runAll();
        assertThat(held).isCompleted();
    }

    /** The chunk is fetched by whoever waits for it next. */
    @Test
    void shouldMakeNobodyElseWaitForWhatItHasNoMemoryFor() {
        zone.origin.medianMillis = 40;
        SimClient other = zone.client("other");
        long all = memory.fills().maxBytes();
        assertThat(memory.fills().tryTake(all)).isTrue();
        ChunkKey key = zone.origin.add(CHUNK_BYTES);
        CompletableFuture<FilledChunk> starved = client.get(key, 30_000);
        zone.timer.advanceMillis(20);
        CompletableFuture<FilledChunk> waiting = other.get(key, 30_000);
        zone.timer.advanceMillis(4_500);
        assertThat(FillOperationTest.code(starved)).isEqualTo(CacheErrorCode.BUSY);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        assertThat(waiting).isCompleted();
        memory.fills().release(all);
        memory.fills().serve();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 40, 60, 80, 200, 1_000})
    void shouldHoldNothingWhenClosedAtAnyMoment(int millis) {
        for (int i = 0; i < 40; i++) {
            ChunkKey key = zone.origin.add(CHUNK_BYTES);
            zone.placed(key).get(0).putsRefused = 3;
            assertThat(client.get(key, 5_000)).isNotNull();
            assertThat(prime(zone.origin.add(CHUNK_BYTES))).isNotNull();
        }
        zone.timer.advanceMillis(millis);
        client.filler.close();
    }

    @Test
    void shouldHoldNothingAfterFailuresOfOriginAndNodes() {
        ChunkKey bad = zone.origin.add(CHUNK_BYTES);
        zone.origin.fault = bytes -> new byte[bytes.length];
        CompletableFuture<FilledChunk> wrong = client.get(bad, 5_000);
        zone.timer.runAll();
        assertThat(FillOperationTest.code(wrong)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "500");
        };
        CompletableFuture<FilledChunk> failed = client.get(zone.origin.add(CHUNK_BYTES), 5_000);
        zone.timer.runAll();
        assertThat(FillOperationTest.code(failed)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        zone.origin.fault = bytes -> bytes;
        ChunkKey key = zone.origin.add(CHUNK_BYTES);
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.advanceMillis(2);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
        zone.timer.runAll();
        assertThat(get).isDone();
    }
}
