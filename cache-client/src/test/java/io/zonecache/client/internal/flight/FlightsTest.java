package io.zonecache.client.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.fill.FilledChunk;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.view.UnknownZone;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What requests for one chunk share, in virtual time. */
final class FlightsTest {

    private static final Set<CacheErrorCode> SHORTAGES = EnumSet.of(
            CacheErrorCode.DEADLINE_EXCEEDED,
            CacheErrorCode.REQUEST_TIMEOUT,
            CacheErrorCode.ZONE_UNCERTAIN,
            CacheErrorCode.NOT_COORDINATOR,
            CacheErrorCode.DRAINING,
            CacheErrorCode.BUSY,
            CacheErrorCode.ORIGIN_LIMIT,
            CacheErrorCode.RATE_LIMITED,
            CacheErrorCode.FILLING);

    private final ChunkName target = ChunkName.of(new ChunkKey(1, 2, 3, 4));
    private final VirtualTimer timer = new VirtualTimer();
    private final FakeTiers tiers = new FakeTiers();
    private final LocalCache local = new LocalCache(1 << 20, MemoryBudgetTest.ample());
    private final Flights flights =
            new Flights(new ChunkLoader(new UnknownZone(), tiers, tiers, local), timer, new Random(1));

    /** One caller; ends at its deadline by leaving, as a request does. */
    private final class Caller implements Flight.Waiter {
        private final long deadlineNanos;
        private final @Nullable String traceparent;
        private @Nullable FilledChunk chunk;
        private @Nullable CacheException failure;
        private int calls;

        Caller(long millis) {
            this(millis, null);
        }

        Caller(long millis, @Nullable String traceparent) {
            this.deadlineNanos = timer.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            this.traceparent = traceparent;
        }

        Caller join() {
            flights.join(target, this);
            return this;
        }

        Caller leave() {
            flights.leave(target, this);
            return this;
        }

        @Override
        public long deadlineNanos() {
            return deadlineNanos;
        }

        @Override
        public @Nullable String traceparent() {
            return traceparent;
        }

        @Override
        public void loaded(FilledChunk loaded) {
            chunk = loaded;
            calls++;
        }

        @Override
        public void failed(CacheException cause) {
            failure = cause;
            calls++;
        }

        @Nullable
        CacheErrorCode code() {
            return failure == null ? null : failure.code();
        }

        boolean isWaiting() {
            return calls == 0;
        }
    }

    private static CacheException failure(CacheErrorCode code) {
        return new CacheException(code, "told by the test");
    }

    private void failLoad(int index, CacheException failure) {
        tiers.reads.get(index).completeExceptionally(failure);
    }

    private void hitLoad(int index) {
        tiers.reads.get(index).complete(FakeTiers.hit(10));
    }

    @Test
    void shouldLoadOnceForAllWhoWaitAndAnewAfterwards() {
        Caller first = new Caller(1_000).join();
        Caller second = new Caller(1_000).join();
        assertThat(tiers.reads).hasSize(1);
        assertThat(flights.size()).isEqualTo(1);
        hitLoad(0);
        assertThat(first.chunk).isNotNull().isSameAs(second.chunk);
        assertThat(first.calls).isEqualTo(1);
        assertThat(flights.size()).isZero();
        assertThat(local.get(target)).isNotNull();
        new Caller(1_000).join();
        assertThat(tiers.reads).hasSize(2);
    }

    @Test
    void shouldTellWhoIsLateWhatHasKeptTheLoadFromItsEnd() {
        new Caller(1_000).join();
        new Caller(5_000).join();
        assertThat(flights.lastFailure(target)).isNull();
        CacheException ofStep = failure(CacheErrorCode.ORIGIN_FAILED);
        tiers.begun.get(0).originFailed(ofStep);
        assertThat(flights.lastFailure(target)).isSameAs(ofStep);
        CacheException ofLoad = failure(CacheErrorCode.ORIGIN_LIMIT);
        timer.advanceMillis(500);
        new Caller(5_000).join();
        failLoad(0, ofLoad);
        assertThat(flights.lastFailure(target)).as("between two loads").isSameAs(ofLoad);
        timer.advanceMillis(300);
        assertThat(tiers.begun).hasSize(2);
        assertThat(flights.lastFailure(target)).isSameAs(ofLoad);
    }

    @Test
    void shouldFillAfterAMiss() {
        Caller caller = new Caller(1_000).join();
        tiers.reads.get(0).complete(FakeTiers.MISS);
        assertThat(caller.isWaiting()).isTrue();
        FilledChunk filled = new FilledChunk(ByteBuffer.allocate(3), FilledChunk.Source.ORIGIN);
        tiers.fills.get(0).complete(filled);
        assertThat(caller.chunk).isSameAs(filled);
    }

    @Test
    void shouldLoadForAsLongAsTheLastOfItsCallersWaits() {
        Caller impatient = new Caller(700).join();
        Caller patient = new Caller(30_000).join();
        new Caller(2_000).join();
        assertThat(tiers.begun.get(0).deadlineNanos()).isEqualTo(patient.deadlineNanos);
        timer.advanceMillis(700);
        impatient.leave();
        assertThat(tiers.begun.get(0).isCancelled()).isFalse();
        hitLoad(0);
        assertThat(patient.chunk).isNotNull();
        assertThat(impatient.calls).isZero();
    }

    @ParameterizedTest
    @EnumSource(CacheErrorCode.class)
    void shouldTellAFailureToThoseWhoseAnswerItIs(CacheErrorCode code) {
        Caller first = new Caller(1_000).join();
        Caller joined = new Caller(900).join();
        failLoad(0, failure(code));
        assertThat(first.code()).isEqualTo(code);
        if (SHORTAGES.contains(code)) {
            assertThat(joined.isWaiting()).isTrue();
            timer.advanceMillis(200);
            hitLoad(1);
            assertThat(joined.chunk).isNotNull();
        } else {
            assertThat(joined.code()).isEqualTo(code);
            assertThat(tiers.reads).hasSize(1);
        }
        assertThat(flights.size()).isZero();
    }

    @Test
    void shouldStartOneLoadTogetherForAllWhoJoinedAFailedOne() {
        Caller leader = new Caller(700).join();
        List<Caller> joined = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            joined.add(new Caller(30_000).join());
        }
        timer.advanceMillis(650);
        failLoad(0, failure(CacheErrorCode.ORIGIN_LIMIT));
        assertThat(leader.code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        timer.advanceMillis(1);
        assertThat(tiers.reads).hasSize(2);
        failLoad(1, failure(CacheErrorCode.ORIGIN_LIMIT));
        assertThat(joined).allSatisfy(caller -> assertThat(caller.code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT));
        timer.runAll();
        assertThat(tiers.reads).as("nobody waited for more than two").hasSize(2);
        assertThat(flights.size()).isZero();
    }

    @Test
    void shouldPauseBeforeItLoadsAnewSoThatNothingSpins() {
        new Caller(30_000).join();
        int loads = 1;
        long start = timer.nanoTime();
        while (timer.nanoTime() - start < TimeUnit.SECONDS.toNanos(5)) {
            Caller next = new Caller(30_000).join();
            failLoad(tiers.reads.size() - 1, failure(CacheErrorCode.BUSY));
            assertThat(next.isWaiting()).isTrue();
            while (tiers.reads.size() == loads) {
                timer.advanceMillis(1);
            }
            loads = tiers.reads.size();
        }
        assertThat(loads).isBetween(25, 51);
    }

    @Test
    void shouldLetThoseJoinDuringThePauseAndNotOutliveItsLastWaiter() {
        new Caller(30_000).join();
        Caller joined = new Caller(30_000).join();
        failLoad(0, failure(CacheErrorCode.BUSY));
        Caller late = new Caller(60_000).join();
        assertThat(tiers.reads).hasSize(1);
        timer.advanceMillis(200);
        assertThat(tiers.reads).hasSize(2);
        assertThat(tiers.begun.get(1).deadlineNanos()).isEqualTo(late.deadlineNanos);
        new Caller(30_000).join();
        failLoad(1, failure(CacheErrorCode.BUSY));
        assertThat(joined.code()).isEqualTo(CacheErrorCode.BUSY);
        assertThat(late.code()).isEqualTo(CacheErrorCode.BUSY);
        assertThat(flights.size()).isEqualTo(1);
        Caller last = new Caller(30_000).join();
        timer.advanceMillis(50);
        assertThat(tiers.reads).hasSize(2);
        assertThat(last.isWaiting()).isTrue();
    }

    @Test
    void shouldEndInThePauseWhenAllLeave() {
        new Caller(30_000).join();
        Caller joined = new Caller(30_000).join();
        failLoad(0, failure(CacheErrorCode.BUSY));
        joined.leave();
        assertThat(flights.size()).isZero();
        timer.runAll();
        assertThat(tiers.reads).hasSize(1);
        new Caller(30_000).join();
        assertThat(tiers.reads).hasSize(2);
    }

    @Test
    void shouldAnswerThoseAtOnceWhoWouldNotLiveToSeeTheNextLoad() {
        new Caller(30_000).join();
        Caller brief = new Caller(50).join();
        failLoad(0, failure(CacheErrorCode.ORIGIN_LIMIT));
        assertThat(brief.code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(flights.size()).isZero();
    }

    @Test
    void shouldTryTheOriginAgainForThoseWhoHaveMoreTimeThanTheLoadHad() {
        new Caller(700).join();
        Caller patient = new Caller(30_000).join();
        Caller brief = new Caller(600).join();
        timer.advanceMillis(300);
        failLoad(0, failure(CacheErrorCode.ORIGIN_FAILED));
        assertThat(brief.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(patient.isWaiting()).isTrue();
        timer.advanceMillis(1);
        new Caller(60_000).join();
        failLoad(1, new OriginRefusedException("access denied", null));
        assertThat(patient.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(flights.size()).isZero();
    }

    @Test
    void shouldCancelTheLoadWhenTheLastWaiterLeavesAndNeverHandItOn() {
        Caller one = new Caller(1_000).join();
        Caller two = new Caller(1_000).join();
        one.leave();
        assertThat(tiers.begun.get(0).isCancelled()).isFalse();
        two.leave();
        assertThat(tiers.begun.get(0).isCancelled()).isTrue();
        assertThat(flights.size()).isZero();
        Caller three = new Caller(1_000).join();
        assertThat(tiers.begun).hasSize(2);
        assertThat(tiers.begun.get(1).isCancelled()).isFalse();
        failLoad(0, failure(CacheErrorCode.CLOSED));
        assertThat(three.isWaiting()).isTrue();
        hitLoad(1);
        assertThat(three.chunk).isNotNull();
        assertThat(one.calls + two.calls).isZero();
    }

    @Test
    void shouldNotFillForNobody() {
        Caller caller = new Caller(1_000).join();
        caller.leave();
        tiers.reads.get(0).complete(FakeTiers.MISS);
        assertThat(tiers.fills).isEmpty();
    }

    @Test
    void shouldNotReadForNobodyOnceTheZoneIsKnown() {
        CompletableFuture<Void> zoneKnown = new CompletableFuture<>();
        Flights early = new Flights(
                new ChunkLoader(new UnknownZone(zoneKnown, null), tiers, tiers, local), timer, new Random(1));
        Caller caller = new Caller(1_000);
        early.join(target, caller);
        early.leave(target, caller);
        zoneKnown.complete(null);
        assertThat(tiers.reads).isEmpty();
    }

    @Test
    void shouldSendTheTraceparentOfWhoWaitsFirst() {
        new Caller(1_000, "one").join();
        new Caller(30_000, "two").join();
        new Caller(30_000, "three").join();
        failLoad(0, failure(CacheErrorCode.BUSY));
        timer.advanceMillis(200);
        assertThat(tiers.begun)
                .extracting(read -> String.valueOf(read.traceparent()))
                .containsExactly("one", "two");
    }

    @Test
    void shouldNotShareALoadBetweenWhoKnowsTheRangeAndWhoDoesNot() {
        ObjectRange range = new ObjectRange("s3://b/k", "e", 0, 10);
        flights.join(ChunkName.of(range.key()), new Caller(1_000));
        flights.join(ChunkName.of(range), new Caller(1_000));
        assertThat(tiers.begun).hasSize(2);
    }

    @Test
    void shouldEndWithAnyErrorThatAStepThrows() {
        for (Throwable thrown :
                new Throwable[] {new IllegalStateException("a"), new NoClassDefFoundError("b"), new StackOverflowError()
                }) {
            tiers.beginThrows = () -> thrown;
            assertThat(new Caller(1_000).join().code()).isEqualTo(CacheErrorCode.INTERNAL);
            tiers.beginThrows = null;
            tiers.readThrows = () -> thrown;
            assertThat(new Caller(1_000).join().code()).isEqualTo(CacheErrorCode.INTERNAL);
            tiers.readThrows = null;
            tiers.fillThrows = () -> thrown;
            Caller missing = new Caller(1_000).join();
            tiers.reads.get(tiers.reads.size() - 1).complete(FakeTiers.MISS);
            assertThat(missing.code()).isEqualTo(CacheErrorCode.INTERNAL);
            tiers.fillThrows = null;
            assertThat(flights.size()).isZero();
        }
    }

    @Test
    void shouldNotKeepWhatWasPurgedWhileItWasLoaded() {
        Caller caller = new Caller(1_000).join();
        local.purged(List.of(target.key()));
        hitLoad(0);
        assertThat(caller.chunk).isNotNull();
        assertThat(local.get(target)).isNull();
        new Caller(1_000).join();
        local.purgedUnknownKeys();
        hitLoad(1);
        assertThat(local.get(target)).isNull();
        new Caller(1_000).join();
        hitLoad(2);
        assertThat(local.get(target)).isNotNull();
    }

    /** Callers come and go on four threads while loads end: each hears once at most, and at the end there is nothing left. */
    @Test
    void shouldTellEachWaiterOnceHoweverManyThreadsComeAndGo() throws Exception {
        AtomicInteger told = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        for (int run = 0; run < 200; run++) {
            tiers.reads.clear();
            CyclicBarrier barrier = new CyclicBarrier(4);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean isLeaving = i == 3;
                Thread thread = new Thread(() -> {
                    Flight.Waiter waiter = counting(told);
                    try {
                        barrier.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    flights.join(target, waiter);
                    if (isLeaving) {
                        flights.leave(target, waiter);
                        left.incrementAndGet();
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            List.copyOf(tiers.reads).forEach(read -> read.complete(FakeTiers.hit(1)));
            assertThat(flights.size()).isZero();
        }
        assertThat(told).hasValue(600);
        assertThat(left).hasValue(200);
    }

    private static Flight.Waiter counting(AtomicInteger told) {
        return new Flight.Waiter() {
            @Override
            public long deadlineNanos() {
                return Long.MAX_VALUE / 2;
            }

            @Override
            public @Nullable String traceparent() {
                return null;
            }

            @Override
            public void loaded(FilledChunk chunk) {
                told.incrementAndGet();
            }

            @Override
            public void failed(CacheException failure) {
                told.incrementAndGet();
            }
        };
    }
}
