package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.VirtualTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReserveLimitTest {

    private static final long HOUR = 3_600_000_000_000L;

    private final VirtualTimer timer = new VirtualTimer();
    private int inFlight;
    private int peak;
    private double busyNanos;

    private ReserveLimit gate(long seed) {
        return new ReserveLimit(new WaiterLimit(100_000), timer, new Random(seed));
    }

    private void fetch(ReserveLimit gate, double share, long fetchNanos) {
        Futures.then(
                gate.enter(share, HOUR),
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
        ReserveLimit gate = gate(seed);
        for (int i = 0; i < 2_000; i++) {
            fetch(gate, share, fetchMillis * 1_000_000);
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
            CompletableFuture<ReserveLimit.Turn> turn = fresh.enter(0.04, HOUR);
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
        ReserveLimit gate = gate(1);
        for (int i = 0; i < 100; i++) {
            fetch(gate, 2.5, 1_000_000);
        }
        timer.runAll();
        assertThat(peak).isEqualTo(2);
        assertThat(inFlight).isZero();
    }
}
