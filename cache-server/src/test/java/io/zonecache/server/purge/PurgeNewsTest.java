package io.zonecache.server.purge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PurgeNewsTest {

    private record Task(long atMillis, Runnable task) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::atMillis));
    private final List<String> woken = new ArrayList<>();
    private long nowMillis;
    private int purges;
    private int timers;

    private final PurgeNews news =
            new PurgeNews(this::token, () -> TimeUnit.MILLISECONDS.toNanos(nowMillis), (delayMillis, task) -> {
                assertThat(delayMillis).isPositive();
                timers++;
                tasks.add(new Task(nowMillis + delayMillis, task));
            });

    @Test
    void shouldWakeWhoWaitsAtOnce() {
        await("a", token());
        await("b", token());
        runUntil(10_000);
        assertThat(woken).isEmpty();
        purge();
        runUntil(10_001);
        assertThat(woken).containsExactly("a at 10001", "b at 10001");
        purge();
        runUntil(20_000);
        assertThat(woken).as("once").hasSize(2);
    }

    /** As clients do: woken, they ask what was purged and wait again. */
    @Test
    void shouldWakeThousandsNoMoreThanOnceASecondHoweverManyArePurged() {
        int clients = 1_000;
        for (int i = 0; i < clients; i++) {
            follow("c" + i);
        }
        for (int i = 0; i < 5_000; i++) {
            purge();
            runUntil(nowMillis + 1);
        }
        runUntil(20_000);
        assertThat(woken).hasSizeBetween(5 * clients, 6 * clients);
        assertThat(timers).isBetween(5, 6);
        assertThat(woken.get(woken.size() - 1))
                .as("the last purge is heard of within a second")
                .isIn("c999 at 5001", "c999 at 6001", "c999 at 5002");
    }

    @Test
    void shouldWakeWhoHasMissedAPurgeBetweenTwoWaits() {
        String before = token();
        purge();
        assertThat(timers).as("nobody waits").isZero();
        await("knows", token());
        await("missed", before);
        runUntil(1);
        assertThat(woken).containsExactly("missed at 1");
    }

    @Test
    void shouldLetWhoMissesEachPurgeWaitForTheNextSecond() {
        String before = token();
        purge();
        for (int i = 0; i < 3; i++) {
            await("stuck", before);
            runUntil(500 + i * 1_000L);
        }
        assertThat(woken).containsExactly("stuck at 1", "stuck at 1001", "stuck at 2001");
    }

    @Test
    void shouldForgetWhoCancels() {
        Runnable gone = () -> woken.add("gone");
        news.await(token(), gone);
        await("stays", token());
        news.cancel(gone);
        purge();
        runUntil(1);
        assertThat(woken).containsExactly("stays at 1");
        runUntil(5_000);
        Runnable alone = () -> woken.add("alone");
        news.await(token(), alone);
        news.cancel(alone);
        purge();
        assertThat(timers).as("nobody waits").isEqualTo(1);
    }

    private String token() {
        return "token " + purges;
    }

    private void purge() {
        purges++;
        news.changed();
    }

    private void await(String name, String known) {
        news.await(known, () -> woken.add(name + " at " + nowMillis));
    }

    private void follow(String name) {
        news.await(token(), () -> {
            woken.add(name + " at " + nowMillis);
            follow(name);
        });
    }

    private void runUntil(long millis) {
        while (!tasks.isEmpty() && tasks.peek().atMillis <= millis) {
            Task task = tasks.remove();
            nowMillis = task.atMillis;
            task.task.run();
        }
        nowMillis = millis;
    }
}
