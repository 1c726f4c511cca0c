package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.model.CacheErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourceQueueTest {

    private static final long SECOND = 1_000_000_000L;

    private final VirtualTimer timer = new VirtualTimer();
    private final WaiterLimit room = new WaiterLimit(3);
    private long capacity = 2;
    private final ResourceQueue line = new ResourceQueue("permits", () -> capacity, room, timer);

    private CompletableFuture<ResourceQueue.Held> take() {
        return line.acquire(1, SECOND, false);
    }

    private void occupy() {
        assertThat(take()).isCompleted();
    }

    @Test
    void shouldServeInTurn() {
        CompletableFuture<ResourceQueue.Held> first = take();
        CompletableFuture<ResourceQueue.Held> second = take();
        CompletableFuture<ResourceQueue.Held> third = take();
        CompletableFuture<ResourceQueue.Held> fourth = take();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
        second.join().release();
        assertThat(third).isCompleted();
        assertThat(fourth).isNotDone();
        first.join().release();
        assertThat(fourth).isCompleted();
        assertThat(room.taken()).isZero();
    }

    @Test
    void shouldServeFirstWhoHoldsWhatOthersWaitFor() {
        CompletableFuture<ResourceQueue.Held> first = take();
        CompletableFuture<ResourceQueue.Held> second = take();
        CompletableFuture<ResourceQueue.Held> queued = take();
        CompletableFuture<ResourceQueue.Held> holder = line.acquire(1, SECOND, true);
        first.join().release();
        assertThat(holder).isCompleted();
        assertThat(queued).isNotDone();
        second.join().release();
        assertThat(queued).isCompleted();
    }

    @Test
    void shouldRefuseBeyondTheRoomAndAfterTheWait() {
        List<CompletableFuture<ResourceQueue.Held>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(take());
        }
        assertThat(FillFlowTest.code(all.get(5))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        timer.advanceMillis(999);
        assertThat(all.get(2)).isNotDone();
        timer.advanceMillis(1);
        assertThat(FillFlowTest.code(all.get(2))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(all.get(2))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("permits: none free within 1000 ms (expected: a turn sooner; 2 in all)");
        assertThat(room.taken()).isZero();
        assertThat(line.taken()).isEqualTo(2);
    }

    @Test
    void shouldNotWaitWithoutTime() {
        occupy();
        occupy();
        assertThat(FillFlowTest.code(line.acquire(1, 0, false))).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(line.tryAcquire(1)).isNull();
    }

    @Test
    void shouldReleaseOnceOnly() {
        ResourceQueue.Held held = take().join();
        held.release();
        held.release();
        assertThat(line.taken()).isZero();
    }

    @Test
    void shouldServeMoreWhenItsCapacityGrows() {
        occupy();
        occupy();
        CompletableFuture<ResourceQueue.Held> third = take();
        capacity = 3;
        line.serve();
        assertThat(third).isCompleted();
    }

    @Test
    void shouldAdmitAloneWhatIsLargerThanItAll() {
        CompletableFuture<ResourceQueue.Held> small = take();
        CompletableFuture<ResourceQueue.Held> large = line.acquire(5, SECOND, false);
        assertThat(large).isNotDone();
        small.join().release();
        assertThat(large).isCompleted();
        assertThat(take()).isNotDone();
    }

    @Test
    void shouldGiveBackATurnThatNobodyTakes() {
        CompletableFuture<ResourceQueue.Held> first = take();
        occupy();
        CompletableFuture<ResourceQueue.Held> cancelled = take();
        cancelled.cancel(true);
        first.join().release();
        assertThat(take()).isCompleted();
    }

    @Test
    void shouldFailAThousandWaitersWithoutNestingTheirCalls() {
        ResourceQueue one = new ResourceQueue("permits", () -> 1, new WaiterLimit(100_000), timer);
        CompletableFuture<ResourceQueue.Held> first = one.acquire(1, SECOND, false);
        int[] served = {0};
        for (int i = 0; i < 50_000; i++) {
            Futures.then(
                    one.acquire(1, SECOND, false),
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
        CompletableFuture<ResourceQueue.Held> third = take();
        line.close();
        assertThat(FillFlowTest.code(third)).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(FillFlowTest.code(take())).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(room.taken()).isZero();
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
                    bytes.acquire(amount, random.nextInt(50_000_000), random.nextInt(10) == 0),
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
}
