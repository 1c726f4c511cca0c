package io.zonecache.client.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.zonecache.client.internal.limit.OriginLimit.Slot;
import io.zonecache.client.internal.time.VirtualTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class OriginLimitTest {

    private static final long TOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final VirtualTimer timer = new VirtualTimer();
    private final OriginLimit limit = new OriginLimit(32, true, WaiterLimit.unbounded(), timer, new Random(1));
    private final List<CompletableFuture<Slot>> slots = new ArrayList<>();

    private void acquire(int count) {
        for (int i = 0; i < count; i++) {
            slots.add(limit.acquire(() -> Long.MAX_VALUE, false));
        }
    }

    /** Enough at once to end a window. */
    private void succeedOften() {
        for (int i = 0; i < 20; i++) {
            succeed();
        }
    }

    private void succeed() {
        limit.succeeded(timer.nanoTime() - TOOK_NANOS, TOOK_NANOS);
    }

    /** As many as it takes for the limit to rise above the slots in use, in a minute at most. */
    private void succeedUntil(CompletableFuture<?> served) {
        for (int i = 0; i < 6_000 && !served.isDone(); i++) {
            timer.advanceMillis(10);
            succeed();
        }
        assertThat(served).isCompleted();
    }

    @Test
    void shouldServeThoseWhoWaitWhenTheLimitRises() {
        acquire(limit.limit() + 1);
        CompletableFuture<Slot> waiting = slots.get(slots.size() - 1);
        assertThat(waiting).isNotDone();
        succeedUntil(waiting);
    }

    @Test
    void shouldRunWhatACallerDoesWithItsSlotUnderNoLockOfTheLimit() {
        acquire(limit.limit() + 1);
        CompletableFuture<Void> heard = slots.get(slots.size() - 1).thenAccept(slot -> {
            timer.advanceMillis(5_000);
            assertThatCode(() -> CompletableFuture.runAsync(this::succeedOften).get(10, TimeUnit.SECONDS))
                    .as("another thread's fetches succeed meanwhile")
                    .doesNotThrowAnyException();
        });
        succeedUntil(heard);
    }

    @Test
    void shouldCountNoFetchThatBeginsAfterItsSlotWasReleased() {
        acquire(1);
        Slot slot = slots.get(0).join();
        slot.release();
        slot.beginFetch();
        assertThat(limit.fetchesInFlight()).isZero();
    }
}
