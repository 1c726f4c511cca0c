package io.zonecache.client.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.time.VirtualTimer;
import org.junit.jupiter.api.Test;

final class FetchTimesTest {

    private static final long MILLI = 1_000_000;

    private final VirtualTimer timer = new VirtualTimer();
    private final FetchTimes times = new FetchTimes(3_900, timer);

    private void add(long... millis) {
        for (long each : millis) {
            times.add(each * MILLI);
        }
    }

    private long fetchMillis() {
        return times.fetchNanos() / MILLI;
    }

    @Test
    void shouldStartWithTheLeastThatIsWorthTrying() {
        assertThat(fetchMillis()).isEqualTo(FetchTimes.MIN_FETCH_MILLIS);
    }

    @Test
    void shouldGoByTheLongestWhileFewAreKnown() {
        add(40, 300, 50);
        assertThat(fetchMillis()).isEqualTo(300);
    }

    @Test
    void shouldGoByTheNinetiethPercentileOfTheLastThirtyTwo() {
        for (int i = 0; i < 28; i++) {
            add(40);
        }
        add(2_000, 2_000, 2_000, 2_000);
        assertThat(fetchMillis()).as("the 29th of 32").isEqualTo(2_000);
        for (int i = 0; i < 28; i++) {
            add(40);
            assertThat(fetchMillis()).as("four of 32 are still long").isEqualTo(2_000);
        }
        add(40);
        assertThat(fetchMillis()).as("three of 32 are still long").isEqualTo(40);
    }

    @Test
    void shouldGoByTheNearestRankWhileFewerAreKnown() {
        add(40, 40, 40, 40, 40, 40, 40, 40);
        add(2_000);
        assertThat(fetchMillis()).as("the 9th of 9").isEqualTo(2_000);
        add(40);
        assertThat(fetchMillis()).as("the 9th of 10").isEqualTo(40);
        add(2_000);
        assertThat(fetchMillis()).as("the 10th of 11").isEqualTo(2_000);
    }

    @Test
    void shouldStayWithinWhatAFetchMayTake() {
        add(60_000);
        assertThat(fetchMillis()).isEqualTo(3_900);
        for (int i = 0; i < 32; i++) {
            add(1);
        }
        assertThat(fetchMillis()).isEqualTo(FetchTimes.MIN_FETCH_MILLIS);
    }

    @Test
    void shouldLeaveWhoWaitsAMargin() {
        add(2_000);
        long deadlineNanos = timer.nanoTime() + 5_000 * MILLI;
        assertThat(times.latestWaitNanos(deadlineNanos)).isEqualTo(deadlineNanos - 2_500 * MILLI);
        FetchTimes fast = new FetchTimes(3_900, timer);
        assertThat(fast.latestWaitNanos(deadlineNanos)).isEqualTo(deadlineNanos - 120 * MILLI);
    }

    @Test
    void shouldForgetWhatKeepsAllReadsFromTryingAfterAWhile() {
        add(3_000, 3_000);
        for (int second = 0; second < 9; second++) {
            timer.advanceMillis(1_000);
            times.recordRejection();
            assertThat(fetchMillis()).isEqualTo(3_000);
        }
        timer.advanceMillis(1_000);
        times.recordRejection();
        assertThat(fetchMillis()).isEqualTo(FetchTimes.MIN_FETCH_MILLIS);
        add(3_000);
        times.recordRejection();
        assertThat(fetchMillis()).as("measured anew").isEqualTo(3_000);
    }
}
