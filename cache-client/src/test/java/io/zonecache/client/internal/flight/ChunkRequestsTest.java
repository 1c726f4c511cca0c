package io.zonecache.client.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.Chunk;
import io.zonecache.client.ReadOutcome;
import io.zonecache.client.ReadStats;
import io.zonecache.client.ReadTracer;
import io.zonecache.client.TestChunks;
import io.zonecache.client.ZoneCacheListener;
import io.zonecache.client.internal.CompletionExecutor;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.observe.Observers;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.Timeouts;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.view.UnknownZone;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One caller's request and all that it owns, in virtual time. */
final class ChunkRequestsTest {

    private static final int MAX_REQUESTS = 3;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ChunkKey key = new ChunkKey(1, 2, 3, 4);
    private final VirtualTimer time = new VirtualTimer();
    private final FakeTiers tiers = new FakeTiers();
    private final LocalCache local = new LocalCache(1 << 20, MemoryBudgetTest.ample());
    private final List<String> ends = new ArrayList<>();

    /** Counts alarms that wait, and throws if it is told to. */
    private final class CountingTimer implements ClientTimer {
        private int waiting;

        private @Nullable Supplier<Throwable> throwing;

        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public Scheduled schedule(long delayNanos, Runnable task) {
            FakeTiers.throwIfAsked(throwing);
            waiting++;
            boolean[] isOver = new boolean[1];
            Scheduled scheduled = time.schedule(delayNanos, () -> {
                over(isOver);
                task.run();
            });
            return () -> {
                over(isOver);
                scheduled.cancel();
            };
        }

        private void over(boolean[] isOver) {
            waiting -= isOver[0] ? 0 : 1;
            isOver[0] = true;
        }
    }

    private final CountingTimer timer = new CountingTimer();

    private @Nullable Supplier<Throwable> chunksThrow;

    private Chunk chunk(ByteBuffer bytes) {
        FakeTiers.throwIfAsked(chunksThrow);
        return TestChunks.of(new byte[bytes.remaining()]);
    }

    private ChunkRequests requests(@Nullable Executor executor) {
        ZoneCacheListener listener = new ZoneCacheListener() {
            @Override
            public void readEnded(ChunkKey read, ReadOutcome outcome, long nanos, @Nullable CacheException failure) {
                ends.add(outcome + (failure == null ? "" : " " + failure.code()));
            }
        };
        ReadTracer tracer = read -> outcome -> ends.add("span " + outcome);
        return new ChunkRequests(
                MAX_REQUESTS,
                (any, bytes) -> chunk(bytes),
                local,
                new UnknownZone(),
                tiers,
                tiers,
                new Observers(listener, tracer),
                new CompletionExecutor(executor),
                timer,
                new Random(1));
    }

    private void assertHoldsNothing(ChunkRequests requests) {
        assertThat(requests.stats().inFlight()).isZero();
        assertThat(requests.flights.size()).isZero();
        assertThat(timer.waiting).isZero();
    }

    private static CacheErrorCode codeOf(CompletableFuture<Chunk> read) {
        assertThat(read).isCompletedExceptionally();
        return Futures.asCacheException(read.handle((chunk, failure) -> failure).join())
                .code();
    }

    @Test
    void shouldGiveBackWhatItOwnsHoweverItEnds() {
        ChunkRequests requests = requests(null);
        CompletableFuture<Chunk> hit = requests.get(ChunkName.of(key), SECOND);
        assertThat(requests.stats().inFlight()).isEqualTo(1);
        tiers.reads.get(0).complete(FakeTiers.hit(10));
        assertThat(hit).isCompleted();
        assertHoldsNothing(requests);

        assertThat(requests.get(ChunkName.of(key), SECOND)).isCompleted();
        assertHoldsNothing(requests);

        CompletableFuture<Chunk> late = requests.get(ChunkName.of(new ChunkKey(2, 0, 0, 0)), SECOND);
        time.advanceMillis(1_000);
        assertThat(codeOf(late)).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED);
        assertHoldsNothing(requests);

        CompletableFuture<Chunk> cancelled = requests.get(ChunkName.of(new ChunkKey(3, 0, 0, 0)), SECOND);
        cancelled.cancel(true);
        assertHoldsNothing(requests);

        CompletableFuture<Chunk> failed = requests.get(ChunkName.of(new ChunkKey(4, 0, 0, 0)), SECOND);
        tiers.reads.get(3).completeExceptionally(new CacheException(CacheErrorCode.PURGED, "purged"));
        assertThat(codeOf(failed)).isEqualTo(CacheErrorCode.PURGED);
        assertHoldsNothing(requests);

        CompletableFuture<Chunk> none = requests.get(ChunkName.of(new ChunkKey(5, 0, 0, 0)), 0);
        assertThat(codeOf(none)).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED);
        assertThat(tiers.reads).as("not begun without any time").hasSize(4);

        CompletableFuture<Chunk> closed = requests.get(ChunkName.of(new ChunkKey(6, 0, 0, 0)), Timeouts.MAX_NANOS);
        requests.close();
        assertThat(codeOf(closed)).isEqualTo(CacheErrorCode.CLOSED);
        assertThat(codeOf(requests.get(ChunkName.of(key), SECOND))).isEqualTo(CacheErrorCode.CLOSED);
        assertHoldsNothing(requests);

        assertThat(ends)
                .containsExactly(
                        "span ZONE",
                        "ZONE",
                        "span LOCAL",
                        "LOCAL",
                        "span FAILED",
                        "FAILED DEADLINE_EXCEEDED",
                        "span CANCELLED",
                        "CANCELLED CLOSED",
                        "span ABSENT",
                        "ABSENT PURGED",
                        "span FAILED",
                        "FAILED DEADLINE_EXCEEDED",
                        "span FAILED",
                        "FAILED CLOSED");
        assertThat(requests.stats()).isEqualTo(new ReadStats(1, 1, 0, 1, 0, 3, 1, 0));
    }

    @Test
    void shouldRefuseWhatItHasNoSlotForAndServeWhatIsLocalAllTheSame() {
        ChunkRequests requests = requests(null);
        local.put(ChunkName.of(key), ByteBuffer.allocate(1), local.generation(key));
        List<CompletableFuture<Chunk>> waiting = new ArrayList<>();
        for (int i = 0; i < MAX_REQUESTS; i++) {
            waiting.add(requests.get(ChunkName.of(new ChunkKey(9, i, 0, 0)), SECOND));
        }
        assertThat(codeOf(requests.get(ChunkName.of(new ChunkKey(8, 0, 0, 0)), SECOND)))
                .isEqualTo(CacheErrorCode.BUSY);
        assertThat(requests.get(ChunkName.of(key), SECOND)).isCompleted();
        assertThat(requests.stats().refused()).isEqualTo(1);
        waiting.forEach(read -> read.cancel(false));
        assertHoldsNothing(requests);
    }

    @Test
    void shouldEndWithWhateverIsThrownOnItsWayAndHoldNothing() {
        ChunkRequests requests = requests(null);
        for (Throwable thrown : new Throwable[] {
            new IllegalStateException("a"),
            new NoClassDefFoundError("b"),
            new StackOverflowError(),
            new OutOfMemoryError("pretended")
        }) {
            for (int i = 0; i < 2 * MAX_REQUESTS; i++) {
                timer.throwing = () -> thrown;
                assertThat(codeOf(requests.get(ChunkName.of(key), SECOND))).isEqualTo(CacheErrorCode.INTERNAL);
                timer.throwing = null;
                tiers.beginThrows = () -> thrown;
                assertThat(codeOf(requests.get(ChunkName.of(key), SECOND))).isEqualTo(CacheErrorCode.INTERNAL);
                tiers.beginThrows = null;
                tiers.readThrows = () -> thrown;
                assertThat(codeOf(requests.get(ChunkName.of(key), SECOND))).isEqualTo(CacheErrorCode.INTERNAL);
                tiers.readThrows = null;
                chunksThrow = () -> thrown;
                CompletableFuture<Chunk> read = requests.get(ChunkName.of(key), SECOND);
                tiers.reads.get(tiers.reads.size() - 1).complete(FakeTiers.hit(1));
                assertThat(codeOf(read)).isEqualTo(CacheErrorCode.INTERNAL);
                local.clear();
                chunksThrow = null;
                assertHoldsNothing(requests);
            }
        }
    }

    @Test
    void shouldCancelTheWorkWhenNobodyWaitsAnyMore() {
        ChunkRequests requests = requests(null);
        CompletableFuture<Chunk> one = requests.get(ChunkName.of(key), SECOND);
        CompletableFuture<Chunk> two = requests.get(ChunkName.of(key), 2 * SECOND);
        one.cancel(false);
        assertThat(tiers.begun.get(0).isCancelled()).isFalse();
        time.advanceMillis(2_000);
        assertThat(codeOf(two)).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED);
        assertThat(tiers.begun.get(0).isCancelled()).isTrue();
        CompletableFuture<Chunk> three = requests.get(ChunkName.of(key), SECOND);
        assertThat(tiers.begun).hasSize(2);
        tiers.reads.get(1).complete(FakeTiers.hit(1));
        assertThat(three).isCompleted();
    }

    @Test
    void shouldCompleteFuturesOnTheCallersExecutor() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        ChunkRequests requests = requests(tasks::add);
        List<String> seen = new ArrayList<>();
        CompletableFuture<Chunk> read = requests.get(ChunkName.of(key), SECOND);
        Futures.whenDone(read, (chunk, failure) -> seen.add("dependent"));
        tiers.reads.get(0).complete(FakeTiers.hit(1));
        assertThat(read).isNotDone();
        assertHoldsNothing(requests);
        tasks.remove().run();
        assertThat(seen).containsExactly("dependent");
        assertThat(requests.get(ChunkName.of(key), SECOND)).as("held locally").isCompleted();
        assertThat(tasks).isEmpty();
    }

    @Test
    void shouldCompleteFuturesItselfWhereTheExecutorTakesNone() {
        for (Throwable thrown :
                new Throwable[] {new RejectedExecutionException("shut down"), new NoClassDefFoundError("missing")}) {
            local.clear();
            ChunkRequests requests = requests(task -> FakeTiers.throwIfAsked(() -> thrown));
            CompletableFuture<Chunk> read = requests.get(ChunkName.of(key), SECOND);
            tiers.reads.get(tiers.reads.size() - 1).complete(FakeTiers.hit(1));
            assertThat(read).isCompleted();
            CompletableFuture<Chunk> late = requests.get(ChunkName.of(new ChunkKey(2, 0, 0, 0)), SECOND);
            time.advanceMillis(1_000);
            assertThat(codeOf(late)).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED);
            assertHoldsNothing(requests);
        }
    }

    @Test
    void shouldNameTheRangeThatTheReaderKnowsAndWhatItWaitedFor() {
        ChunkRequests requests = requests(null);
        ObjectRange range = new ObjectRange("s3://bucket/object", "\"1\"", 0, 10);
        CompletableFuture<Chunk> failed = requests.get(ChunkName.of(range), SECOND);
        tiers.reads.get(0).completeExceptionally(new CacheException(CacheErrorCode.PURGED, "chunk " + range.key()));
        assertThatThrownBy(failed::join).hasMessageContaining("PURGED: " + range + ": chunk " + range.key());
        CompletableFuture<Chunk> late = requests.get(ChunkName.of(range), SECOND);
        tiers.begun.get(1).delayedBy(() -> new CacheException(CacheErrorCode.ZONE_UNCERTAIN, "n1 is silent"));
        time.advanceMillis(1_000);
        assertThatThrownBy(late::join)
                .hasMessageEndingWith("DEADLINE_EXCEEDED: " + range
                        + ": not read within 1000 ms; last failure: ZONE_UNCERTAIN: n1 is silent");
    }
}
