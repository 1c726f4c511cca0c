package io.zonecache.client.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FlightsTest {

    private final Flights<String, Integer> flights = new Flights<>();

    @Test
    void shouldShareOneFlightUntilItEnds() {
        CompletableFuture<Integer> work = new CompletableFuture<>();
        AtomicInteger starts = new AtomicInteger();
        CompletableFuture<Integer> first = flights.join("key", () -> {
            starts.incrementAndGet();
            return work;
        });
        CompletableFuture<Integer> second = flights.join("key", () -> {
            starts.incrementAndGet();
            return work;
        });
        assertThat(first).isNotDone();
        assertThat(flights.join("other", () -> CompletableFuture.completedFuture(9)))
                .isCompletedWithValue(9);
        work.complete(7);
        assertThat(first).isCompletedWithValue(7);
        assertThat(second).isCompletedWithValue(7);
        assertThat(starts).hasValue(1);
        assertThat(flights.size()).isZero();
        assertThat(flights.join("key", () -> CompletableFuture.completedFuture(8)))
                .isCompletedWithValue(8);
    }

    @Test
    void shouldShareFailuresAndForgetThem() {
        assertThat(flights.join("key", () -> CompletableFuture.failedFuture(new IllegalStateException("one"))))
                .isCompletedExceptionally();
        assertThat(flights.join("key", () -> {
                    throw new IllegalStateException("two");
                }))
                .isCompletedExceptionally();
        assertThat(flights.size()).isZero();
    }

    @Test
    void shouldStartOnceHoweverManyThreadsAsk() throws Exception {
        for (int run = 0; run < 100; run++) {
            CompletableFuture<Integer> work = new CompletableFuture<>();
            AtomicInteger starts = new AtomicInteger();
            CyclicBarrier barrier = new CyclicBarrier(4);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        barrier.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    CompletableFuture<Integer> unused = flights.join("key", () -> {
                        starts.incrementAndGet();
                        return work;
                    });
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(starts).hasValue(1);
            work.complete(run);
        }
    }
}
