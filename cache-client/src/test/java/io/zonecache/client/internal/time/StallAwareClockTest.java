package io.zonecache.client.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StallAwareClockTest {

    private static final long MILLI = 1_000_000L;
    private static final long SEED = 0x57A11;

    private final VirtualTimer timer = new VirtualTimer();
    private final StallAwareClock clock = new StallAwareClock(timer::nanoTime, 100);

    @Test
    void shouldDeductNothingBeforeTheFirstTick() {
        long before = clock.getAsLong();
        clock.newLoop();
        timer.advanceMillis(5_000);
        assertThat(clock.getAsLong() - before).isEqualTo(5_000 * MILLI);
        clock.newLoop().tick();
        assertThat(clock.getAsLong() - before).isEqualTo(5_000 * MILLI);
    }

    @Test
    void shouldStandStillWhileAThreadIsStalled() {
        StallAwareClock.Loop loop = clock.newLoop();
        loop.tick();
        long before = clock.getAsLong();
        timer.advanceMillis(800);
        assertThat(clock.getAsLong() - before)
                .as("before the tick that is late")
                .isEqualTo(100 * MILLI);
        loop.tick();
        assertThat(clock.getAsLong() - before).as("700 of 800 ms stalled").isEqualTo(100 * MILLI);
        timer.advanceMillis(50);
        assertThat(clock.getAsLong() - before).isEqualTo(150 * MILLI);
        assertThat(clock.stalledNanos()).isEqualTo(700 * MILLI);
    }

    @Test
    void shouldCountOverlappingStallsOnce() {
        StallAwareClock.Loop first = clock.newLoop();
        StallAwareClock.Loop second = clock.newLoop();
        first.tick();
        long before = clock.getAsLong();
        timer.advanceMillis(60);
        second.tick();
        timer.advanceMillis(540);
        first.tick();
        assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        timer.advanceMillis(100);
        second.tick();
        assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        assertThat(clock.stalledNanos()).isEqualTo(600 * MILLI);
    }

    @Test
    void shouldStandStillWhileOneOfItsLoopsIsStalledAndNeverStepBack() {
        StallAwareClock.Loop well = clock.newLoop();
        StallAwareClock.Loop stalled = clock.newLoop();
        well.tick();
        stalled.tick();
        long before = clock.getAsLong();
        for (int i = 0; i < 90; i++) {
            timer.advanceMillis(100);
            well.tick();
            assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        }
        stalled.tick();
        assertThat(clock.getAsLong() - before).isEqualTo(100 * MILLI);
        timer.advanceMillis(100);
        assertThat(clock.getAsLong() - before).isEqualTo(200 * MILLI);
    }

    @Test
    void shouldGoOnWithoutALoopThatTicksNoMore() {
        StallAwareClock.Loop well = clock.newLoop();
        StallAwareClock.Loop lost = clock.newLoop();
        well.tick();
        lost.tick();
        long before = clock.getAsLong();
        for (int i = 0; i < 111; i++) {
            timer.advanceMillis(100);
            well.tick();
        }
        assertThat(clock.getAsLong() - before)
                .as("of 11.1 s, 0.1 before the stall and 0.9 after it was over")
                .isEqualTo(1_000 * MILLI);
        lost.tick();
        timer.advanceMillis(700);
        well.tick();
        assertThat(clock.getAsLong() - before).as("it counts again").isEqualTo(1_100 * MILLI);
    }

    @Test
    void shouldNeverStepBackHoweverLoopsStall() {
        Random random = new Random(SEED);
        List<StallAwareClock.Loop> loops = List.of(clock.newLoop(), clock.newLoop(), clock.newLoop());
        long latest = clock.getAsLong();
        for (int i = 0; i < 100_000; i++) {
            timer.advanceMillis(random.nextInt(random.nextInt(50) == 0 ? 12_000 : 60));
            assertThat(clock.getAsLong()).as("seed %d, step %d", SEED, i).isGreaterThanOrEqualTo(latest);
            latest = clock.getAsLong();
            loops.get(random.nextInt(loops.size())).tick();
            assertThat(clock.getAsLong())
                    .as("seed %d, step %d", SEED, i)
                    .isBetween(latest, latest + StallAwareClock.MIN_STALL_NANOS);
            latest = clock.getAsLong();
        }
    }

    @Test
    void shouldTakeATimersOrdinaryLatenessForNoStall() {
        StallAwareClock.Loop loop = clock.newLoop();
        loop.tick();
        long before = clock.getAsLong();
        for (int i = 0; i < 100; i++) {
            timer.advanceMillis(119);
            loop.tick();
        }
        assertThat(clock.stalledNanos()).isZero();
        assertThat(clock.getAsLong() - before).isEqualTo(11_900 * MILLI);
    }

    @Test
    void shouldNotShowAStallAsTimeToAThreadThatReadsWhileItIsCounted() throws Exception {
        AtomicLong nanos = new AtomicLong();
        StallAwareClock shared = new StallAwareClock(nanos::get, 1);
        StallAwareClock.Loop loop = shared.newLoop();
        loop.tick();
        AtomicLong ticksBegun = new AtomicLong();
        AtomicLong largestExcessNanos = new AtomicLong();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            while (!isOver.get()) {
                long read = shared.getAsLong();
                largestExcessNanos.accumulateAndGet(read - ticksBegun.get() * MILLI, Math::max);
            }
        });
        reader.start();
        for (int i = 0; i < 300_000; i++) {
            ticksBegun.incrementAndGet();
            nanos.addAndGet(1_000 * MILLI);
            loop.tick();
        }
        isOver.set(true);
        reader.join();
        assertThat(largestExcessNanos.get())
                .as("beyond one interval for each tick")
                .isLessThanOrEqualTo(MILLI);
    }
}
