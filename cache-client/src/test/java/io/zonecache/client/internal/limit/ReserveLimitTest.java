package io.zonecache.client.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReserveLimitTest {

    private static final long HOUR = 3_600_000_000_000L;

    private final VirtualTimer timer = new VirtualTimer();
    private int inFlight;
    private int peak;
    private double busyNanos;

    private ReserveLimit limit(long seed) {
        return new ReserveLimit(new WaiterLimit(100_000), timer, new Random(seed));
    }

    private LongSupplier inAnHour() {
        long deadlineNanos = timer.nanoTime() + HOUR;
        return () -> deadlineNanos;
    }

    private void fetch(ReserveLimit limit, double share, long fetchNanos) {
        Futures.then(
                limit.enter(share, inAnHour()),
                turn -> {
                    peak = Math.max(peak, ++inFlight);
                    timer.schedule(fetchNanos, () -> {
                        busyNanos += fetchNanos;
                        inFlight--;
                        turn.end();
                    });
                },
                failure -> fail(failure));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.04, 40", "2, 0.04, 400", "3, 0.5, 40", "4, 0.9, 5"})
    void shouldSpendOnlyItsShareOfTheTimeFetching(long seed, double share, long fetchMillis) {
        ReserveLimit limit = limit(seed);
        for (int i = 0; i < 2_000; i++) {
            fetch(limit, share, fetchMillis * 1_000_000);
        }
        long start = timer.nanoTime();
        timer.runAll();
        double spent = busyNanos / (timer.nanoTime() - start);
        assertThat(spent).as("seed %d", seed).isBetween(share * 0.85, share * 1.15);
        assertThat(peak).isEqualTo(1);
    }

    @Test
    void shouldPauseBeforeTheFirstFetchToo() {
        List<Long> starts = new ArrayList<>();
        Random random = new Random(5);
        for (int client = 0; client < 400; client++) {
            ReserveLimit fresh = new ReserveLimit(new WaiterLimit(1), timer, random);
            CompletableFuture<ReserveLimit.Permit> turn = fresh.enter(0.04, inAnHour());
            long start = timer.nanoTime();
            timer.runAll();
            assertThat(turn).isCompleted();
            starts.add(timer.nanoTime() - start);
        }
        double meanMillis = starts.stream().mapToLong(Long::longValue).average().orElse(0) / 1e6;
        assertThat(meanMillis).as("seed 5").isBetween(1_000.0, 1_400.0);
    }

    @Test
    void shouldBeAPlainLimitFromOneOn() {
        ReserveLimit limit = limit(1);
        for (int i = 0; i < 100; i++) {
            fetch(limit, 2.5, 1_000_000);
        }
        timer.runAll();
        assertThat(peak).isEqualTo(2);
        assertThat(inFlight).isZero();
    }

    @Test
    void shouldGiveTheTurnToTheFirstWhoStillHasTheTime() {
        ReserveLimit limit = limit(7);
        List<CompletableFuture<ReserveLimit.Permit>> turns = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            long deadlineNanos = timer.nanoTime() + 300_000_000L;
            turns.add(limit.enter(0.04, () -> deadlineNanos));
            Futures.then(
                    turns.get(i),
                    turn -> {
                        assertThat(timer.nanoTime()).isLessThan(deadlineNanos);
                        timer.schedule(50_000_000, turn::end);
                    },
                    failure -> {});
            timer.advanceMillis(100);
        }
        timer.runAll();
        assertThat(turns).allMatch(CompletableFuture::isDone);
        long served =
                turns.stream().filter(turn -> !turn.isCompletedExceptionally()).count();
        // Of 40 s, one turn in 1.25 s.
        assertThat(served).isBetween(24L, 42L);
        assertThat(limit.permitsInUse()).isZero();
    }

    @Test
    void shouldGiveATurnThatIsCancelledToTheNext() {
        ReserveLimit limit = limit(8);
        CompletableFuture<ReserveLimit.Permit> first = limit.enter(0.5, inAnHour());
        CompletableFuture<ReserveLimit.Permit> second = limit.enter(0.5, inAnHour());
        first.cancel(false);
        timer.runAll();
        assertThat(second).isCompleted();
        second.join().end();
        second.join().end();
        assertThat(limit.permitsInUse()).isZero();
        CompletableFuture<ReserveLimit.Permit> third = limit.enter(0.5, inAnHour());
        assertThat(third).as("without a pause of its own").isNotDone();
        timer.runAll();
        assertThat(third).isCompleted();
    }

    @Test
    void shouldPauseBeforeTheNextFetchThoughATurnIsCancelledOnItsWay() {
        ReserveLimit limit = limit(9);
        long[] deadlineNanos = {timer.nanoTime() + HOUR};
        CompletableFuture<ReserveLimit.Permit> late = limit.enter(0.5, () -> deadlineNanos[0]);
        CompletableFuture<ReserveLimit.Permit> second = limit.enter(0.5, inAnHour());
        Futures.thenRun(late, () -> {
            // The second has its turn now, and is told after this.
            timer.runAll();
            assertThat(limit.permitsInUse()).isEqualTo(1);
            second.cancel(false);
        });
        deadlineNanos[0] = timer.nanoTime();
        limit.deadlinesChanged();
        assertThat(late).isCompletedExceptionally();
        assertThat(second).isCancelled();
        assertThat(limit.permitsInUse()).isZero();
        CompletableFuture<ReserveLimit.Permit> third = limit.enter(0.5, inAnHour());
        assertThat(third).as("without a pause of its own").isNotDone();
        timer.runAll();
        assertThat(third).isCompleted();
    }

    @Test
    void shouldPauseOnceForOneTurnHoweverShortTheLastOneWas() {
        ReserveLimit limit = limit(10);
        CompletableFuture<ReserveLimit.Permit> first = limit.enter(0.5, inAnHour());
        Futures.then(first, ReserveLimit.Permit::end, failure -> fail(failure));
        CompletableFuture<ReserveLimit.Permit> second = limit.enter(0.5, inAnHour());
        assertThat(timer.clock().scheduled())
                .as("a pause and the check of deadlines")
                .isEqualTo(2);
        assertThat(timer.clock().runUntil(first::isDone, Duration.ofHours(1))).isTrue();
        assertThat(second).isNotDone();
        assertThat(timer.clock().scheduled())
                .as("a pause and the check of deadlines")
                .isEqualTo(2);
    }
}
