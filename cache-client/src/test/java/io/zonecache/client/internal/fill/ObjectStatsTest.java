package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillOperationTest.code;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What requests for the state of objects cost the origin, in virtual time. */
final class ObjectStatsTest {

    private static final String URI = "s3://bucket/object";

    private final SimZone zone = new SimZone(1, 6, 16, 4, 4);
    private final SimClient client = zone.client(
            "c0", FillConfig.builder().statMillis(10_000).originLimit(2).build());

    private CompletableFuture<StoredObject> stat(String uri, long deadlineMillis) {
        return client.filler.stat(uri, null, zone.timer.nanoTime() + MILLISECONDS.toNanos(deadlineMillis));
    }

    private void ask(String uri, @Nullable String versionId) {
        CompletableFuture<StoredObject> unused =
                client.filler.stat(uri, versionId, zone.timer.nanoTime() + MILLISECONDS.toNanos(5_000));
    }

    @Test
    void shouldAskOnceForAllCallersAndRememberTheAnswerForAWhile() {
        List<CompletableFuture<StoredObject>> callers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            callers.add(stat(URI, 5_000));
        }
        zone.timer.advanceMillis(100);
        assertThat(callers)
                .allSatisfy(caller -> assertThat(caller.join().lengthBytes()).isEqualTo(100));
        assertThat(zone.origin.stats).isEqualTo(1);
        zone.timer.advanceMillis(9_800);
        assertThat(stat(URI, 5_000)).isCompleted();
        assertThat(zone.origin.stats).isEqualTo(1);
        zone.timer.advanceMillis(200);
        ask(URI, null);
        assertThat(zone.origin.stats).isEqualTo(2);
        zone.timer.advanceMillis(100);
        assertThat(client.filler.whenIdle()).isCompleted();
    }

    @Test
    void shouldKeepVersionsApart() {
        ask(URI, null);
        ask(URI, "v1");
        assertThat(zone.origin.stats).isEqualTo(2);
    }

    @Test
    void shouldAskForNoMoreAtOnceThanTheOriginLimitAllows() {
        List<CompletableFuture<StoredObject>> callers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            callers.add(stat(URI + i, 5_000));
        }
        assertThat(zone.origin.statsInFlight).isEqualTo(2);
        zone.timer.advanceMillis(200);
        assertThat(callers).allSatisfy(caller -> assertThat(caller).isCompleted());
        assertThat(zone.origin.stats).isEqualTo(10);
        assertThat(client.filler.stats().origin().permitsInUse()).isZero();
    }

    @Test
    void shouldLeaveAnOriginAloneThatAsksToSlowDown() {
        zone.origin.stat = request -> {
            throw new CacheException(CacheErrorCode.ORIGIN_LIMIT, "SlowDown");
        };
        CompletableFuture<StoredObject> first = stat(URI, 5_000);
        zone.timer.advanceMillis(100);
        CompletableFuture<StoredObject> second = stat(URI + 2, 5_000);
        zone.timer.advanceMillis(350);
        assertThat(zone.origin.stats).as("within the pause of at least 500 ms").isEqualTo(1);
        zone.origin.stat = request -> new StoredObject(request.uri(), "\"1\"", 7);
        zone.timer.advanceMillis(1_000);
        assertThat(first.join().lengthBytes()).isEqualTo(7);
        assertThat(second.join().lengthBytes()).isEqualTo(7);
        assertThat(zone.origin.stats).isEqualTo(3);
        assertThat(client.filler.stats().origin().stats()).isEqualTo(3);
    }

    @Test
    void shouldWaitForWhatASlowDownOfAFetchHasBegunAndEndItByAnAnswer() {
        zone.origin.maxMillis = 30;
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ORIGIN_LIMIT, "SlowDown");
        };
        CompletableFuture<FilledChunk> read = client.get(zone.origin.add(1_000), 300);
        zone.timer.advanceMillis(100);
        assertThat(zone.origin.total).isEqualTo(1);
        CompletableFuture<StoredObject> stat = stat(URI, 5_000);
        zone.timer.advanceMillis(350);
        assertThat(zone.origin.stats).as("within the pause of at least 500 ms").isZero();
        zone.timer.advanceMillis(1_000);
        assertThat(read).isCompletedExceptionally();
        assertThat(stat).isCompleted();
        assertThat(client.filler.stats().origin().permits())
                .as("halved, and one more after an answer")
                .isEqualTo(2);
    }

    /** Reads a range that the origin no longer has. */
    private void findRangeGone() {
        CompletableFuture<FilledChunk> read = client.get(new ObjectRange(URI, "\"1\"", 0, 10), 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(code(read)).isEqualTo(CacheErrorCode.ABSENT);
    }

    @Test
    void shouldKeepALaterStateThanThatOfARangeThatIsGone() {
        zone.origin.stat = request -> new StoredObject(request.uri(), "\"2\"", 7);
        ask(URI, null);
        zone.timer.advanceMillis(100);
        findRangeGone();
        ask(URI, null);
        assertThat(zone.origin.stats).isEqualTo(1);
        zone.timer.advanceMillis(9_000);
        ask(URI, null);
        assertThat(zone.origin.stats).as("no longer than without that").isEqualTo(2);
    }

    @Test
    void shouldAskAnewOnceARangeShowsThatTheObjectHasChanged() {
        ask(URI, null);
        zone.timer.advanceMillis(100);
        findRangeGone();
        ask(URI, null);
        assertThat(zone.origin.stats).isEqualTo(2);
    }

    @Test
    void shouldRepeatWhatFailsAndSayWhatFailedWhenTheTimeIsOver() {
        zone.origin.stat = request -> {
            throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "host s3.example: unknown");
        };
        CompletableFuture<StoredObject> caller = stat(URI, 2_000);
        zone.timer.advanceMillis(2_000);
        assertThat(zone.origin.stats).isBetween(2, 12);
        assertThatThrownBy(caller::join).hasMessageContaining("host s3.example: unknown");
    }

    @Test
    void shouldNotRepeatWhatTheOriginAnswered() {
        zone.origin.stat = request -> {
            throw new CacheException(CacheErrorCode.ABSENT, "no such object");
        };
        CompletableFuture<StoredObject> caller = stat(URI, 2_000);
        zone.timer.advanceMillis(100);
        assertThat(code(caller)).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(zone.origin.stats).isEqualTo(1);
        ask(URI, null);
        assertThat(zone.origin.stats).isEqualTo(2);
    }

    @Test
    void shouldEndWithTheLastCaller() {
        CompletableFuture<StoredObject> first = stat(URI, 5_000);
        CompletableFuture<StoredObject> second = stat(URI, 5_000);
        first.cancel(true);
        assertThat(zone.origin.statsInFlight).isEqualTo(1);
        second.cancel(true);
        assertThat(zone.origin.statsInFlight).isZero();
        assertThat(client.filler.whenIdle()).isCompleted();
        assertThat(client.filler.stats().origin().permitsInUse()).isZero();
        CompletableFuture<StoredObject> third = stat(URI, 5_000);
        zone.timer.advanceMillis(100);
        assertThat(third).isCompleted();
    }

    @Test
    void shouldHoldNothingWhateverTheTimerThrows() {
        for (int failing = 1; failing <= 4; failing++) {
            int failingCall = failing;
            int[] calls = new int[1];
            ClientTimer timer = new ClientTimer() {
                @Override
                public long nanoTime() {
                    return zone.timer.nanoTime();
                }

                @Override
                public Scheduled schedule(long delayNanos, Runnable task) {
                    if (++calls[0] == failingCall) {
                        throw new OutOfMemoryError("injected");
                    }
                    return zone.timer.schedule(delayNanos, task);
                }
            };
            zone.origin.stat = request -> {
                zone.origin.stat = again -> new StoredObject(again.uri(), "\"1\"", 7);
                throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "once");
            };
            FillConfig config = FillConfig.builder().originLimit(1).build();
            SimClient other =
                    new SimClient(zone, "c" + failing, config, ZoneAssumptions.NONE, MemoryBudgetTest.ample(), timer);
            List<CompletableFuture<StoredObject>> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(other.filler.stat(URI + i, null, zone.timer.nanoTime() + MILLISECONDS.toNanos(3_000)));
            }
            zone.timer.advanceMillis(3_100);
            assertThat(callers)
                    .as("call %d", failing)
                    .allSatisfy(caller -> assertThat(caller).isDone());
            assertThat(other.filler.stats().origin().permitsInUse()).isZero();
            assertThat(zone.origin.statsInFlight).isZero();
            assertThat(other.filler.whenIdle()).as("call %d", failing).isCompleted();
        }
    }

    @Test
    void shouldEndEachCallerByItsOwnDeadline() {
        zone.origin.stat = request -> {
            throw new CacheException(CacheErrorCode.ORIGIN_LIMIT, "SlowDown");
        };
        CompletableFuture<StoredObject> hasty = stat(URI, 300);
        CompletableFuture<StoredObject> patient = stat(URI, 3_000);
        zone.timer.advanceMillis(300);
        assertThat(code(hasty)).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED);
        assertThatThrownBy(hasty::join)
                .hasMessageEndingWith("object " + URI
                        + ": no answer of the origin by the deadline; last failure: ORIGIN_LIMIT: SlowDown");
        assertThat(patient).isNotDone();
        zone.origin.stat = request -> new StoredObject(request.uri(), "\"1\"", 7);
        zone.timer.advanceMillis(2_000);
        assertThat(patient).isCompleted();
    }

    @Test
    void shouldFailCallersAsTheClientCloses() {
        CompletableFuture<StoredObject> caller = stat(URI, 5_000);
        client.filler.close();
        assertThat(code(caller)).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(code(stat(URI, 5_000))).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(zone.origin.statsInFlight).isZero();
    }
}
