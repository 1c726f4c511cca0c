package io.zonecache.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.server.Stripes;
import io.zonecache.testkit.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Repairs, reports and the disk's queue, in virtual time. */
class BudgetsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final VirtualClock clock = new VirtualClock(5);

    @Test
    void shouldGrantARepairOfOneKeyOnceASecond() {
        RepairBudget budget = new RepairBudget(clock::nanoTime);
        assertThat(budget.grant(Stripes.key(1))).isTrue();
        clock.advanceNanos(SECOND - 1);
        assertThat(budget.grant(Stripes.key(1))).isFalse();
        clock.advanceNanos(1);
        assertThat(budget.grant(Stripes.key(1))).isTrue();
    }

    @Test
    void shouldGrantNoMoreRepairsThanATwentiethOfTheReads() {
        RepairBudget budget = new RepairBudget(clock::nanoTime);
        int granted = 0;
        for (int read = 0; read < 100_000; read++) {
            budget.countRead();
            granted += budget.grant(Stripes.key(read)) ? 1 : 0;
        }
        assertThat(granted).isBetween(4_000, 5_064);
    }

    @Test
    void shouldGrantSomeRepairsWhereReadsAreFew() {
        RepairBudget budget = new RepairBudget(clock::nanoTime);
        int granted = 0;
        for (int second = 0; second < 100; second++) {
            clock.advanceNanos(SECOND);
            budget.countRead();
            for (int key = 0; key < 20; key++) {
                granted += budget.grant(Stripes.key(second * 20L + key)) ? 1 : 0;
            }
        }
        assertThat(granted).isBetween(900, 1_064);
    }

    @Test
    void shouldLimitEachClientByItself() {
        ClientRates rates = new ClientRates(1, 3, clock::nanoTime);
        assertThat(List.of(rates.take("a"), rates.take("a"), rates.take("a"), rates.take("a")))
                .containsExactly(true, true, true, false);
        assertThat(rates.take("b")).isTrue();
        clock.advanceNanos(SECOND);
        assertThat(rates.take("a")).isTrue();
        assertThat(rates.take("a")).isFalse();
    }

    @Test
    void shouldRefuseWorkThatHasWaitedTooLongOrIsPastItsDeadline() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        List<CacheErrorCode> refused = new ArrayList<>();
        List<String> ran = new ArrayList<>();
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        try (WorkQueue queue = new WorkQueue("test", 1, 3, 100, clock::nanoTime)) {
            long far = clock.nanoTime() + 1_000 * SECOND;
            queue.submit(
                    far,
                    () -> {
                        started.countDown();
                        awaitQuietly(release);
                    },
                    refused::add);
            started.await();
            queue.submit(far, () -> events.add("old ran"), code -> events.add("old " + code));
            clock.advanceNanos(TimeUnit.MILLISECONDS.toNanos(90));
            queue.submit(clock.nanoTime() + 10, () -> events.add("late ran"), code -> events.add("late " + code));
            queue.submit(far, () -> events.add("new ran"), code -> events.add("new " + code));
            queue.submit(far, () -> ran.add("never"), refused::add);
            assertThat(refused).containsExactly(CacheErrorCode.BUSY);
            assertThat(queue.load()).isBetween(0.89, 0.91);
            clock.advanceNanos(TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(queue.load()).isGreaterThan(1);
            release.countDown();
            org.awaitility.Awaitility.await().until(() -> events.size() == 3);
        }
        assertThat(events).containsExactly("old BUSY", "late DEADLINE_EXCEEDED", "new ran");
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldRefuseWhatThrows() {
        List<CacheErrorCode> refused = new ArrayList<>();
        try (WorkQueue queue = new WorkQueue("test", 1, 3, 100, System::nanoTime)) {
            queue.submit(
                    System.nanoTime() + SECOND,
                    () -> {
                        throw new IllegalStateException("as a disk would");
                    },
                    code -> {
                        synchronized (refused) {
                            refused.add(code);
                        }
                    });
            org.awaitility.Awaitility.await().untilAsserted(() -> {
                synchronized (refused) {
                    assertThat(refused).containsExactly(CacheErrorCode.INTERNAL);
                }
            });
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
