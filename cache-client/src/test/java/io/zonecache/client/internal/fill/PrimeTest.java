package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillOperationTest.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is bounded of calls of prime, and what ends them; after each test nothing is held. In virtual time. */
final class PrimeTest {

    private static final int MAX_CALLS = 1_024;

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final MemoryBudget memory = MemoryBudgetTest.ample();
    private final SimClient client = zone.client("c0", FillConfig.defaults(), memory);
    private final List<Runnable> encodings = new ArrayList<>();

    @AfterEach
    void shouldHoldNothingInTheEnd() {
        zone.timer.runAll();
        assertThat(client.filler.whenIdle()).isCompleted();
        assertThat(memory.inFlightBytes()).isZero();
        assertThat(client.filler.stats().writes().bytesInFlight()).isZero();
    }

    private CompletableFuture<PrimeResult> prime(SimClient by, ChunkKey key) {
        return by.filler.prime(
                key, ByteBuffer.wrap(zone.origin.chunks.get(key)), zone.timer.nanoTime() + 5_000_000_000L);
    }

    private CompletableFuture<PrimeResult> prime(ChunkKey key) {
        return prime(client, key);
    }

    @Test
    void shouldRefuseFurtherCallsWhileAsManyAsItMayHaveAreUnderWay() {
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.FROZEN);
        List<CompletableFuture<PrimeResult>> calls = new ArrayList<>();
        for (int i = 0; i < MAX_CALLS; i++) {
            calls.add(prime(zone.origin.add(10)));
        }
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        assertThat(code(prime(zone.origin.add(10)))).isEqualTo(CacheErrorCode.BUSY);
        zone.timer.runAll();
        assertThat(calls).allMatch(call -> call.join().acknowledged() == 0);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
        CompletableFuture<PrimeResult> later = prime(zone.origin.add(10));
        zone.timer.advanceMillis(100);
        assertThat(later.join().isComplete()).isTrue();
    }

    @Test
    void shouldStopACallThatWaitsForItsTurnWhenItIsCancelled() {
        SimClient narrow =
                zone.client("narrow", FillConfig.builder().writeBytes(2_000).build(), memory);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.FROZEN);
        CompletableFuture<PrimeResult> first = prime(narrow, zone.origin.add(1_000));
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<PrimeResult> waiting = prime(narrow, key);
        zone.timer.advanceMillis(100);
        long before = memory.inFlightBytes();
        waiting.cancel(false);
        assertThat(memory.inFlightBytes()).isLessThan(before);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
        zone.timer.runAll();
        assertThat(first.join().isComplete()).isTrue();
        assertThat(zone.stripesHeld(key)).isZero();
        assertThat(narrow.filler.whenIdle()).isCompleted();
    }

    @Test
    void shouldSendToTheEndWhatIsBeingSentWhenTheCallIsCancelled() {
        ChunkKey key = zone.origin.add(1_000);
        prime(key).cancel(false);
        assertThat(memory.inFlightBytes()).isPositive();
        zone.timer.runAll();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
    }

    @Test
    void shouldHashAndEncodeWhereTheClientHasAThreadForThat() {
        client.encoder = encodings::add;
        ChunkKey key = zone.origin.add(1_000);
        CompletableFuture<PrimeResult> primed = prime(key);
        CompletableFuture<PrimeResult> wrong =
                client.filler.prime(key, ByteBuffer.allocate(1_000), zone.timer.nanoTime() + 5_000_000_000L);
        CompletableFuture<PrimeResult> cancelled = prime(zone.origin.add(1_000));
        zone.timer.advanceMillis(100);
        assertThat(List.of(primed, wrong)).noneMatch(CompletableFuture::isDone);
        cancelled.cancel(false);
        int requests = client.requests;
        encodings.forEach(Runnable::run);
        assertThat(client.requests - requests).as("of one chunk").isEqualTo(5);
        zone.timer.advanceMillis(100);
        assertThat(primed.join().isComplete()).isTrue();
        assertThat(code(wrong)).isEqualTo(CacheErrorCode.KEY_MISMATCH);
    }

    @Test
    void shouldFailACallWhoseEncodingIsRefused() {
        client.encoder = task -> {
            throw new RejectedExecutionException("full");
        };
        assertThat(code(prime(zone.origin.add(1_000)))).isEqualTo(CacheErrorCode.INTERNAL);
        client.encoder = Runnable::run;
        CompletableFuture<PrimeResult> next = prime(zone.origin.add(1_000));
        zone.timer.advanceMillis(100);
        assertThat(next.join().isComplete()).isTrue();
    }

    @Test
    void shouldFailWhatWaitsToBeEncodedWhenTheClientIsClosed() {
        client.encoder = encodings::add;
        CompletableFuture<PrimeResult> primed = prime(zone.origin.add(1_000));
        client.filler.close();
        encodings.forEach(Runnable::run);
        zone.timer.runAll();
        assertThat(code(primed)).isEqualTo(CacheErrorCode.CLOSED);
    }
}
