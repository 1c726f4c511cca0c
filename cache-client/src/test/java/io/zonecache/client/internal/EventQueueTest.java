package io.zonecache.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EventQueueTest {

    private final List<String> handled = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventQueue events = new EventQueue(failures::add);

    @Test
    void shouldHandleAnEventPostedByAnotherAfterIt() {
        events.post(() -> {
            events.post(() -> handled.add("second"));
            handled.add("first");
        });
        assertThat(handled).containsExactly("first", "second");
    }

    @Test
    void shouldGoOnAfterAnEventThatThrows() {
        NoClassDefFoundError gone = new NoClassDefFoundError("gone");
        events.post(() -> {
            events.post(() -> handled.add("next"));
            throw gone;
        });
        assertThat(handled).containsExactly("next");
        assertThat(failures).containsExactly(gone);
    }

    @Test
    void shouldGoOnWhereTheListenerThrowsToo() {
        EventQueue broken = new EventQueue(failure -> {
            throw new IllegalStateException("listener");
        });
        broken.post(() -> {
            throw new IllegalStateException("event");
        });
        broken.post(() -> handled.add("next"));
        assertThat(handled).containsExactly("next");
    }

    @Test
    void shouldHandleOneAtATimeHoweverManyThreadsPost() throws InterruptedException {
        int threads = 4;
        int each = 5_000;
        int[] count = {0};
        CountDownLatch ended = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Thread poster = new Thread(() -> {
                for (int j = 0; j < each; j++) {
                    events.post(() -> count[0]++);
                }
                ended.countDown();
            });
            poster.setDaemon(true);
            poster.start();
        }
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        CountDownLatch last = new CountDownLatch(1);
        int[] seen = {0};
        events.post(() -> {
            seen[0] = count[0];
            last.countDown();
        });
        assertThat(last.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(seen[0]).isEqualTo(threads * each);
        assertThat(failures).isEmpty();
    }
}
