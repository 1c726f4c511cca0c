package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillOperationTest.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What follows an origin's failure: another try, a pause of the whole client, or the end. In virtual time. */
final class FillRetryTest {

    private final SimZone zone = new SimZone(1, 6, 16, 4);
    private final SimClient client = zone.client("c0");

    private static byte[] slowDown(byte[] bytes) {
        throw new CacheException(CacheErrorCode.ORIGIN_LIMIT, "503 SlowDown instead of " + bytes.length + " bytes");
    }

    private void assertChunk(ChunkKey key, CompletableFuture<FilledChunk> get) {
        assertThat(get).isCompleted();
        assertThat(get.join().chunk()).isEqualTo(ByteBuffer.wrap(zone.origin.chunks.get(key)));
    }

    @Test
    void shouldTryAgainWithinTheReadsDeadlineWhenALeaseWentByInTimeouts() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.medianMillis = 600_000;
        CompletableFuture<FilledChunk> get = client.get(key, 30_000);
        zone.timer.advanceMillis(4_001);
        assertThat(zone.origin.total).isEqualTo(2);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FAILED);
        assertThat(zone.origin.inFlight).as("under a lease that ends soon").isZero();
        assertThat(get).isNotDone();
        zone.origin.medianMillis = 36;
        zone.timer.advanceMillis(3_000);
        assertChunk(key, get);
        assertThat(get.join().source()).isEqualTo(Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(3);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FAILED, LeaseOutcome.FILLED);
        assertThat(client.filler.stats().origin().retries()).isEqualTo(2);
    }

    @Test
    void shouldSayWhatTheOriginSaidLastWhateverTheReadWaitsForInTheEnd() {
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "host s3.example: unknown");
        };
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(1_000), 5_000);
        CompletableFuture<FilledChunk> later = zone.client("c1").get(zone.origin.add(1_000), 400);
        zone.timer.advanceMillis(6_000);
        assertThat(get).isDone();
        assertThat(later).isDone();
        assertThatThrownBy(get::join).hasMessageContaining("host s3.example: unknown");
        assertThatThrownBy(later::join).hasMessageContaining("host s3.example: unknown");
    }

    @Test
    void shouldNotTakeThisClientsLackOfThreadsForAWordOfTheOrigin() {
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.BUSY, "all threads taken instead of " + bytes.length + " bytes");
        };
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(1_000), 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(code(get)).isEqualTo(CacheErrorCode.BUSY);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        assertThat(client.filler.stats().origin().permits()).isEqualTo(16);
        assertThat(client.filler.stats().origin().failures()).isZero();
    }

    @Test
    void shouldFailWhenTheDeadlineLeavesNoTimeForAnotherTry() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.medianMillis = 600_000;
        CompletableFuture<FilledChunk> get = client.get(key, 4_500);
        zone.timer.advanceMillis(4_001);
        assertThat(code(get)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(zone.origin.total).isEqualTo(2);
    }

    @Test
    void shouldEndEveryReadByItsDeadlineWhateverTheOriginDoes() {
        zone.origin.medianMillis = 600_000;
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            gets.add(client.get(zone.origin.add(100), 20_000));
        }
        // A fetch that has begun in time goes on under its lease.
        zone.timer.advanceMillis(20_000 + 4_000);
        gets.forEach(get -> assertThat(code(get)).isIn(CacheErrorCode.ORIGIN_FAILED, CacheErrorCode.ORIGIN_LIMIT));
        zone.timer.runAll();
        assertThat(client.filler.stats().origin().permitsInUse()).isZero();
        assertThat(client.filler.stats().origin().waiting()).isZero();
    }

    @Test
    void shouldNotAskAgainWhatTheOriginRefuses() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.fault = bytes -> {
            throw new OriginRefusedException("403 AccessDenied", null);
        };
        CompletableFuture<FilledChunk> get = client.get(key, 30_000);
        zone.timer.advanceMillis(2_000);
        assertThat(code(get)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(zone.origin.total).isEqualTo(1);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.FAILED);

        zone.origin.fault = Function.identity();
        zone.timer.advanceMillis(2_000);
        CompletableFuture<FilledChunk> later = client.get(key, 30_000);
        zone.timer.runAll();
        assertChunk(key, later);
    }

    @Test
    void shouldLeaveToOtherClientsWhatTheOriginDeniesThisOne() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.fault = bytes -> {
            zone.origin.fault = Function.identity();
            throw new OriginDeniedException("403 AccessDenied", null);
        };
        CompletableFuture<FilledChunk> denied = client.get(key, 30_000);
        zone.timer.advanceMillis(5);
        CompletableFuture<FilledChunk> waiting = zone.client("c1").get(key, 30_000);
        zone.timer.advanceMillis(1_000);
        assertThat(code(denied)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.DENIED);
        assertChunk(key, waiting);
        assertThat(zone.origin.total).isEqualTo(2);
    }

    private List<LeaseOutcome> endsIfRefusedWith(CacheErrorCode refusal) {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.fault = bytes -> {
            throw new OriginDeniedException("403 AccessDenied", null);
        };
        client.outcomeRefusal = refusal;
        CompletableFuture<FilledChunk> denied = client.get(key, 500);
        zone.timer.advanceMillis(1_000);
        assertThat(code(denied)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(client.filler.whenIdle()).isCompleted();
        return client.leaseEnds;
    }

    @Test
    void shouldTellANodeOfAnEarlierBuildThatTheFillHasFailedWhereTheOriginDeniesIt() {
        assertThat(endsIfRefusedWith(CacheErrorCode.BAD_REQUEST))
                .containsExactly(LeaseOutcome.DENIED, LeaseOutcome.FAILED);
    }

    @Test
    void shouldNotCallAFillFailedBecauseTheNodeIsBusy() {
        assertThat(endsIfRefusedWith(CacheErrorCode.BUSY)).containsExactly(LeaseOutcome.DENIED);
    }

    @Test
    void shouldAskOnceMoreForWrongBytesAndThenKnowThemBad() {
        ChunkKey spoilt = zone.origin.add(1_000);
        zone.origin.fault = bytes -> zone.origin.total == 1 ? new byte[1_000] : bytes;
        CompletableFuture<FilledChunk> once = client.get(spoilt, 30_000);
        zone.timer.runAll();
        assertChunk(spoilt, once);
        assertThat(zone.origin.total).isEqualTo(2);

        ChunkKey bad = zone.origin.add(1_000);
        zone.origin.fault = bytes -> new byte[1_000];
        CompletableFuture<FilledChunk> twice = client.get(bad, 30_000);
        zone.timer.runAll();
        assertThat(code(twice)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(zone.origin.fetches.get(bad)).isEqualTo(2);
        assertThat(zone.stripesHeld(bad)).isZero();
    }

    @Test
    void shouldHoldBackAllReadsOfAClientThatIsAskedToSlowDownButNoOtherClient() {
        ChunkKey key = zone.origin.add(1_000);
        ChunkKey another = zone.origin.add(1_000);
        ChunkKey others = zone.origin.add(1_000);
        zone.origin.fault = FillRetryTest::slowDown;
        CompletableFuture<FilledChunk> told = client.get(key, 30_000);
        while (client.filler.stats().origin().failures() == 0) {
            zone.timer.advanceMillis(1);
        }
        zone.origin.fault = Function.identity();
        CompletableFuture<FilledChunk> held = client.get(another, 30_000);
        CompletableFuture<FilledChunk> free = zone.client("other").get(others, 30_000);
        zone.timer.advanceMillis(490);
        assertThat(zone.origin.fetches).doesNotContainKey(another);
        assertThat(zone.origin.fetches).containsEntry(others, 1).containsEntry(key, 1);
        assertThat(client.filler.stats().origin().permits()).isZero();
        zone.timer.runAll();
        assertChunk(another, held);
        assertChunk(others, free);
        assertChunk(key, told);
        assertThat(zone.origin.fetches).containsEntry(key, 2).containsEntry(another, 1);
    }

    @Test
    void shouldFallToHalfAtOnceAndGrowBackWithSuccess() {
        SimClient wide = zone.client("wide", FillConfig.builder().originLimit(8).build());
        zone.origin.fault = FillRetryTest::slowDown;
        CompletableFuture<FilledChunk> told = wide.get(zone.origin.add(10), 1_000);
        zone.timer.advanceMillis(1_000);
        assertThat(code(told)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(wide.filler.stats().origin().permits()).isEqualTo(4);
        zone.origin.fault = Function.identity();
        for (int successes = 1; successes <= 6; successes++) {
            CompletableFuture<FilledChunk> get = wide.get(zone.origin.add(10), 5_000);
            zone.timer.runAll();
            assertThat(get).isCompleted();
            assertThat(wide.filler.stats().origin().permits()).isEqualTo(Math.min(8, 4 + successes));
        }
    }

    /** An origin that bears four at once: the herd must not stay at what it refuses. */
    @Test
    void shouldServeAllReadsOfAnOriginThatBearsLessThanTheLimit() {
        SimZone roomy = new SimZone(3, 6, 64, 4);
        SimClient wide = roomy.client("wide");
        int[] refused = {0};
        roomy.origin.fault = bytes -> {
            if (roomy.origin.inFlight > 4) {
                refused[0]++;
                throw new CacheException(CacheErrorCode.ORIGIN_LIMIT, "503 SlowDown");
            }
            return bytes;
        };
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            gets.add(wide.get(roomy.origin.add(10), 600_000));
        }
        roomy.timer.runAll();
        long served =
                gets.stream().filter(get -> !get.isCompletedExceptionally()).count();
        assertThat(served).as("reads served; %d were refused", refused[0]).isGreaterThan(270);
        assertThat(refused[0]).as("requests that the origin refused").isLessThan(100);
    }
}
