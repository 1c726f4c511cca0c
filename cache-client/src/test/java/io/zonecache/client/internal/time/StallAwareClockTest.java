package io.zonecache.client.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StallAwareClockTest {

    private static final long MILLI = 1_000_000L;

    private final VirtualTimer timer = new VirtualTimer();
    private final StallAwareClock clock = new StallAwareClock(timer::nanoTime, 100);

    @Test
    void shouldStandStillWhileAThreadIsStalled() {
        long before = clock.getAsLong();
        timer.advanceMillis(100);
        clock.tick(timer.nanoTime());
        assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        long due = timer.nanoTime() + 100 * MILLI;
        timer.advanceMillis(700);
        clock.tick(due);
        assertThat(clock.getAsLong() - before).as("600 of 800 ms stalled").isEqualTo(200 * MILLI);
    }

    @Test
    void shouldCountOverlappingStallsOnce() {
        long before = clock.getAsLong();
        long due = timer.nanoTime();
        timer.advanceMillis(500);
        clock.tick(due);
        clock.tick(due + 100 * MILLI);
        timer.advanceMillis(100);
        clock.tick(due + 200 * MILLI);
        assertThat(clock.stalledNanos()).isEqualTo(600 * MILLI);
        assertThat(clock.getAsLong()).isEqualTo(before);
    }

    @Test
    void shouldStopBeforeTheTickThatIsLate() {
        clock.tick(timer.nanoTime());
        long before = clock.getAsLong();
        timer.advanceMillis(5_000);
        assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        clock.tick(timer.nanoTime() - 4_900 * MILLI);
        assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        timer.advanceMillis(50);
        assertThat(clock.getAsLong() - before).isEqualTo(150 * MILLI);
    }

    @Test
    void shouldTakeATimersOrdinaryLatenessForNoStall() {
        for (int i = 0; i < 100; i++) {
            long due = timer.nanoTime();
            timer.advanceMillis(19);
            clock.tick(due);
        }
        assertThat(clock.stalledNanos()).isZero();
    }

    @Test
    void shouldNotShowAStallAsTimeToAThreadThatReadsWhileItIsCounted() throws Exception {
        AtomicLong nanos = new AtomicLong();
        StallAwareClock shared = new StallAwareClock(nanos::get, 1);
        shared.tick(0);
        AtomicLong largestNanos = new AtomicLong();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            while (!isOver.get()) {
                largestNanos.accumulateAndGet(shared.getAsLong(), Math::max);
            }
        });
        reader.start();
        for (int i = 0; i < 300_000; i++) {
            long due = nanos.getAndAdd(1_000 * MILLI);
            shared.tick(due);
        }
        isOver.set(true);
        reader.join();
        assertThat(largestNanos.get()).isLessThanOrEqualTo(MILLI);
    }
}
