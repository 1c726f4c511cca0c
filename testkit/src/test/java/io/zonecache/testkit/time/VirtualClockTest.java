package io.zonecache.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {

    private static final long START_NANOS = 5_000_000;

    private final VirtualClock clock = new VirtualClock(START_NANOS);
    private final List<String> events = new ArrayList<>();

    private void note(String event) {
        events.add(event + "@" + clock.millis());
    }

    @Test
    void shouldRunTasksInOrderOfTheirTimeThenOfTheirScheduling() {
        clock.scheduleMillis(20, () -> note("late"));
        clock.scheduleMillis(10, () -> note("first"));
        clock.schedule(10_000_000, () -> note("second"));
        clock.schedule(-1, () -> note("now"));
        assertThat(events).as("before the clock moves").isEmpty();

        clock.advanceMillis(0);
        assertThat(events).containsExactly("now@5");
        clock.advance(Duration.ofMillis(19));
        assertThat(events).containsExactly("now@5", "first@15", "second@15");
        assertThat(clock.millis()).isEqualTo(24);
        clock.advanceMillis(1);
        assertThat(events).last().isEqualTo("late@25");
    }

    @Test
    void shouldRunWhatIsScheduledMeanwhileIfItFallsDue() {
        clock.scheduleMillis(1, () -> {
            note("first");
            clock.scheduleMillis(1, () -> note("second"));
            clock.scheduleMillis(2, () -> note("too late"));
        });
        clock.advanceMillis(2);
        assertThat(events).containsExactly("first@6", "second@7");
        assertThat(clock.scheduled()).isEqualTo(1);
    }

    @Test
    void shouldNeitherRunNorCountNorWaitForWhatIsCancelled() {
        VirtualClock.Scheduled cancelled = clock.scheduleMillis(50, () -> note("cancelled"));
        clock.scheduleMillis(1, () -> {
            note("ran");
            cancelled.cancel();
        });
        clock.runAll();
        assertThat(events).containsExactly("ran@6");
        assertThat(clock.millis()).isEqualTo(6);
        assertThat(clock.scheduled()).isZero();
    }

    @Test
    void shouldStopAtTheTaskThatMakesTheConditionTrue() {
        for (int i = 1; i <= 5; i++) {
            clock.scheduleMillis(10L * i, () -> note("task"));
        }
        assertThat(clock.runUntil(() -> events.size() == 3, Duration.ofSeconds(1)))
                .isTrue();
        assertThat(clock.millis()).isEqualTo(35);
        assertThat(clock.runUntil(() -> events.size() == 3, Duration.ZERO)).isTrue();
        assertThat(events).hasSize(3);
    }

    @Test
    void shouldGiveUpOnAConditionWhenItsTimeHasPassed() {
        clock.scheduleMillis(10, () -> note("in time"));
        clock.scheduleMillis(30, () -> note("late"));
        assertThat(clock.runUntil(() -> events.size() == 2, Duration.ofMillis(20)))
                .isFalse();
        assertThat(events).containsExactly("in time@15");
        assertThat(clock.millis()).isEqualTo(25);
    }

    @Test
    void shouldNeverGoBack() {
        clock.scheduleMillis(1, () -> clock.advanceMillis(10));
        clock.advanceMillis(2);
        assertThat(clock.millis()).isEqualTo(16);
        clock.runUntilMillis(3);
        assertThat(clock.millis()).isEqualTo(16);
    }
}
