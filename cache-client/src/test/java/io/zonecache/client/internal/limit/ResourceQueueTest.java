package io.zonecache.client.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.model.CacheErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourceQueueTest {

    private static final long SECOND = 1_000_000_000L;

    private final VirtualTimer timer = new VirtualTimer();
    private final WaiterLimit waiters = new WaiterLimit(3);
    private long capacity = 2;
    private final ResourceQueue queue = new ResourceQueue("permits", () -> capacity, waiters, timer);

    private CompletableFuture<ResourceQueue.Reservation> take() {
        return queue.acquire(1, SECOND);
    }

    private LongSupplier inASecond() {
        long deadlineNanos = timer.nanoTime() + SECOND;
        return () -> deadlineNanos;
    }

    private static CompletableFuture<ResourceQueue.Reservation> acquire(
            ResourceQueue queue, long amount, long deadlineNanos, boolean isUrgent) {
        return isUrgent
                ? queue.acquireUrgently(amount, () -> deadlineNanos)
                : queue.acquire(amount, () -> deadlineNanos);
    }

    private static CacheErrorCode code(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return future.handle(
                        (value, failure) -> Futures.asCacheException(failure).code())
                .join();
    }

    private void occupy() {
        assertThat(take()).isCompleted();
    }

    @Test
    void shouldServeInTurn() {
        CompletableFuture<ResourceQueue.Reservation> first = take();
        CompletableFuture<ResourceQueue.Reservation> second = take();
        CompletableFuture<ResourceQueue.Reservation> third = take();
        CompletableFuture<ResourceQueue.Reservation> fourth = take();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
        second.join().release();
        assertThat(third).isCompleted();
        assertThat(fourth).isNotDone();
        first.join().release();
        assertThat(fourth).isCompleted();
        assertThat(waiters.waiters()).isZero();
    }

    @Test
    void shouldServeFirstWhoHoldsWhatOthersWaitFor() {
        CompletableFuture<ResourceQueue.Reservation> first = take();
        CompletableFuture<ResourceQueue.Reservation> second = take();
        CompletableFuture<ResourceQueue.Reservation> queued = take();
        CompletableFuture<ResourceQueue.Reservation> holder = queue.acquireUrgently(1, inASecond());
        first.join().release();
        assertThat(holder).isCompleted();
        assertThat(queued).isNotDone();
        second.join().release();
        assertThat(queued).isCompleted();
    }

    @Test
    void shouldRefuseBeyondTheRoomAndAfterTheWait() {
        List<CompletableFuture<ResourceQueue.Reservation>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(take());
        }
        assertThat(code(all.get(5))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        timer.advanceMillis(999);
        assertThat(all.get(2)).isNotDone();
        timer.advanceMillis(1);
        assertThat(code(all.get(2))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(all.get(2))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("permits: none free within 1000 ms (expected: one sooner; 2 in all)");
        assertThat(waiters.waiters()).isZero();
        assertThat(queue.taken()).isEqualTo(2);
    }

    @Test
    void shouldNotWaitWithoutTime() {
        occupy();
        occupy();
        assertThat(code(queue.acquire(1, 0))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(queue.tryAcquire(1)).isNull();
    }

    @Test
    void shouldReleaseOnceOnly() {
        ResourceQueue.Reservation held = take().join();
        held.release();
        held.release();
        assertThat(queue.taken()).isZero();
    }

    @Test
    void shouldServeMoreWhenItsCapacityGrows() {
        occupy();
        occupy();
        CompletableFuture<ResourceQueue.Reservation> third = take();
        capacity = 3;
        queue.serve();
        assertThat(third).isCompleted();
    }

    @Test
    void shouldAdmitAloneWhatIsLargerThanItAll() {
        CompletableFuture<ResourceQueue.Reservation> small = take();
        CompletableFuture<ResourceQueue.Reservation> large = queue.acquire(5, SECOND);
        assertThat(large).isNotDone();
        small.join().release();
        assertThat(large).isCompleted();
        assertThat(take()).isNotDone();
    }

    @Test
    void shouldGiveBackATurnThatNobodyTakes() {
        CompletableFuture<ResourceQueue.Reservation> first = take();
        occupy();
        CompletableFuture<ResourceQueue.Reservation> cancelled = take();
        cancelled.cancel(true);
        first.join().release();
        assertThat(take()).isCompleted();
    }

    @Test
    void shouldFailAThousandWaitersWithoutNestingTheirCalls() {
        ResourceQueue one = new ResourceQueue("permits", () -> 1, new WaiterLimit(100_000), timer);
        CompletableFuture<ResourceQueue.Reservation> first = one.acquire(1, SECOND);
        int[] served = {0};
        for (int i = 0; i < 50_000; i++) {
            Futures.then(
                    one.acquire(1, SECOND),
                    held -> {
                        served[0]++;
                        held.release();
                    },
                    failure -> {});
        }
        first.join().release();
        assertThat(served[0]).isEqualTo(50_000);
    }

    @Test
    void shouldEndAllWaitsWhenClosed() {
        occupy();
        occupy();
        CompletableFuture<ResourceQueue.Reservation> third = take();
        queue.close();
        assertThat(code(third)).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(code(take())).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(waiters.waiters()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverGiveOutMoreThanThereIs(long seed) {
        Random random = new Random(seed);
        ResourceQueue bytes = new ResourceQueue("bytes", () -> 100, new WaiterLimit(50), timer);
        int[] ended = {0};
        for (int i = 0; i < 2_000; i++) {
            long amount = random.nextLong(1, 61);
            Futures.then(
                    acquire(bytes, amount, timer.nanoTime() + random.nextInt(50_000_000), random.nextInt(10) == 0),
                    held -> timer.schedule(random.nextInt(10_000_000), () -> {
                        held.release();
                        ended[0]++;
                    }),
                    failure -> ended[0]++);
            timer.advanceMillis(random.nextInt(3));
            assertThat(bytes.taken()).as("seed %d", seed).isBetween(0L, 100L);
        }
        timer.runAll();
        assertThat(ended[0]).as("seed %d", seed).isEqualTo(2_000);
        assertThat(bytes.taken()).isZero();
    }

    @Test
    void shouldServeTheUrgentInTheirOwnTurn() {
        CompletableFuture<ResourceQueue.Reservation> first = take();
        CompletableFuture<ResourceQueue.Reservation> second = take();
        CompletableFuture<ResourceQueue.Reservation> queued = take();
        CompletableFuture<ResourceQueue.Reservation> urgent = queue.acquireUrgently(1, inASecond());
        CompletableFuture<ResourceQueue.Reservation> later = queue.acquireUrgently(1, inASecond());
        first.join().release();
        assertThat(urgent).isCompleted();
        assertThat(later).isNotDone();
        second.join().release();
        assertThat(later).isCompleted();
        assertThat(queued).isNotDone();
    }

    @Test
    void shouldNeedNoPlaceForTheUrgent() {
        occupy();
        occupy();
        for (int i = 0; i < 3; i++) {
            assertThat(take()).isNotDone();
        }
        assertThat(queue.acquireUrgently(1, inASecond())).isNotDone();
        assertThat(waiters.waiters()).isEqualTo(3);
    }

    @Test
    void shouldWaitOnWhereTheDeadlineHasMovedLater() {
        CompletableFuture<ResourceQueue.Reservation> first = take();
        occupy();
        long[] deadlineNanos = {timer.nanoTime() + SECOND};
        CompletableFuture<ResourceQueue.Reservation> third = queue.acquire(1, () -> deadlineNanos[0]);
        timer.advanceMillis(900);
        deadlineNanos[0] += SECOND;
        timer.advanceMillis(900);
        assertThat(third).isNotDone();
        first.join().release();
        assertThat(third).isCompleted();
    }

    @Test
    void shouldRefuseAtOnceWhoseDeadlineHasMovedEarlier() {
        occupy();
        occupy();
        long[] deadlineNanos = {timer.nanoTime() + SECOND};
        CompletableFuture<ResourceQueue.Reservation> early = queue.acquire(1, () -> deadlineNanos[0]);
        CompletableFuture<ResourceQueue.Reservation> other = take();
        timer.advanceMillis(500);
        deadlineNanos[0] = timer.nanoTime() - 1;
        queue.expire();
        assertThat(code(early)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(other).isNotDone();
    }

    @Test
    void shouldPassOverWhoIsTooLateWhenATurnComes() {
        CompletableFuture<ResourceQueue.Reservation> first = take();
        occupy();
        long[] deadlineNanos = {timer.nanoTime() + SECOND};
        CompletableFuture<ResourceQueue.Reservation> late = queue.acquire(1, () -> deadlineNanos[0]);
        CompletableFuture<ResourceQueue.Reservation> next = take();
        deadlineNanos[0] = timer.nanoTime();
        first.join().release();
        assertThat(code(late)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(next).isCompleted();
    }

    @Test
    void shouldLeaveTheQueueAtOnceWhenCancelled() {
        occupy();
        occupy();
        CompletableFuture<ResourceQueue.Reservation> third = take();
        third.cancel(false);
        assertThat(queue.waiting()).isZero();
        assertThat(waiters.waiters()).isZero();
    }

    @Test
    void shouldKeepNobodyWaitingWhereTheTimerFails() {
        ClientTimer broken = new ClientTimer() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public Scheduled schedule(long delayNanos, Runnable task) {
                throw new OutOfMemoryError("no thread");
            }
        };
        ResourceQueue one = new ResourceQueue("permits", () -> 1, waiters, broken);
        ResourceQueue.Reservation held = one.acquire(1, SECOND).join();
        assertThatThrownBy(() -> one.acquire(1, SECOND)).isInstanceOf(OutOfMemoryError.class);
        assertThat(waiters.waiters()).isZero();
        held.release();
        assertThat(one.acquire(1, SECOND)).isCompleted();
    }
}
