package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static io.zonecache.server.lease.LeaseBench.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.membership.FixedMembership;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.lease.LeaseAnswer.Filled;
import io.zonecache.server.lease.LeaseAnswer.Granted;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import io.zonecache.testkit.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseServiceTest {

    private static final int SHARE = 8;
    private static final ZoneView ALONE = new ZoneView(
            LeaseBench.settings(SHARE, 1), 1, List.of(new ZoneNode("n1", "10.0.0.1:7400", "n1", 1, NodeState.UP)));

    /** As the defaults, but a hundred times faster. */
    private static final LeaseLimits FAST = new LeaseLimits(50, 20, 4_096, 1_024, 20, 50, 10, 150, 16_384, 60_000);

    private final FixedMembership membership = new FixedMembership(ALONE, "n1");
    private final VirtualClock time = new VirtualClock();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(6);
    private final List<LeaseAnswer> answers = new ArrayList<>();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private LeaseService inVirtualTime() {
        LeaseTimer timer = (delayMillis, task) -> time.scheduleMillis(delayMillis, task)::cancel;
        LeaseService service =
                new LeaseService("n1", membership, LeaseLimits.DEFAULT, timer, time::nanoTime, new Random(1));
        membership.addListener(service::viewChanged);
        return service;
    }

    private static Granted granted(LeaseAnswer answer) {
        assertThat(answer).isInstanceOf(Granted.class);
        return (Granted) answer;
    }

    @Test
    void shouldServeWhoWaitsWhenTheFirstLeaseLifetimeIsOver() {
        LeaseService service = inVirtualTime();
        time.runUntilMillis(4_000);
        service.request(key(1), question("a", 2_000, false), answers::add);
        service.request(key(2), question("b", 500, false), answers::add);
        time.runUntilMillis(4_999);
        assertThat(answers).singleElement().isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
            assertThat(refused.retryAfterMillis()).isBetween(500L, 1_000L);
        });
        time.runUntilMillis(5_000);
        assertThat(answers).hasSize(2);
        granted(answers.get(1));
    }

    @Test
    void shouldTellTheNextWaiterByItselfWhenALeaseExpires() {
        LeaseService service = inVirtualTime();
        time.runUntilMillis(5_000);
        service.request(key(1), question("dies", 0, false), answers::add);
        time.runUntilMillis(9_000);
        service.request(key(1), question("b", 2_000, false), answers::add);
        service.request(key(1), question("c", 2_000, false), answers::add);
        time.runUntilMillis(10_000);
        assertThat(answers).hasSize(2).allSatisfy(LeaseServiceTest::granted);
        service.end(key(1), granted(answers.get(1)).lease(), LeaseOutcome.FILLED);
        assertThat(answers).hasSize(3).endsWith(new Filled());
    }

    @Test
    void shouldForgetAWaiterWhoseConnectionIsGone() {
        LeaseService service = inVirtualTime();
        time.runUntilMillis(5_000);
        service.request(key(1), question("a", 0, false), answers::add);
        Runnable gone = service.request(key(1), question("b", 2_000, false), answers::add);
        assertThat(service.stats().waiting()).isEqualTo(1);
        gone.run();
        gone.run();
        assertThat(service.stats().waiting()).isZero();
        time.runUntilMillis(20_000);
        assertThat(answers).hasSize(1);
    }

    @Test
    void shouldReportWhatIsInUseAndHowItEnded() {
        LeaseService service = inVirtualTime();
        time.runUntilMillis(5_000);
        service.request(key(1), question("a", 0, false), answers::add);
        service.request(key(1), question("b", 300, false), answers::add);
        assertThat(service.stats()).isEqualTo(new LeaseTableStats(SHARE, 1, 1, 1, 0, 0, 0, 0, 0, 0, Map.of()));
        time.runUntilMillis(6_000);
        service.end(key(1), granted(answers.get(0)).lease(), LeaseOutcome.ABSENT);
        assertThat(service.stats())
                .isEqualTo(new LeaseTableStats(SHARE, 0, 0, 1, 0, 0, 1, 0, 0, 0, Map.of(RefusalReason.FILLING, 1L)));
    }

    @Test
    void shouldSendEverybodyElsewhereWhenDrainingButTakeTheEndsOfLeases() {
        LeaseService service = inVirtualTime();
        time.runUntilMillis(5_000);
        service.request(key(1), question("a", 0, false), answers::add);
        service.request(key(1), question("b", 2_000, false), answers::add);
        service.drain();
        service.request(key(2), question("c", 2_000, false), answers::add);
        assertThat(answers.subList(1, 3))
                .allSatisfy(answer -> assertThat(((Refused) answer).code()).isEqualTo(CacheErrorCode.DRAINING));
        service.end(key(1), granted(answers.get(0)).lease(), LeaseOutcome.FILLED);
        assertThat(service.stats().inUse()).isZero();
    }

    @Test
    void shouldGoOnWhenACallbackThrows() {
        LeaseService service = inVirtualTime();
        time.runUntilMillis(5_000);
        service.request(key(1), question("a", 0, false), answers::add);
        service.request(key(1), question("b", 2_000, false), answer -> {
            throw new IllegalStateException("connection gone");
        });
        service.request(key(1), question("c", 2_000, false), answers::add);
        service.end(key(1), granted(answers.get(0)).lease(), LeaseOutcome.FILLED);
        assertThat(answers).hasSize(2).endsWith(new Filled());
    }

    @Test
    void shouldAnswerEveryRequestOfManyThreadsOnceAndNeverExceedTheShare() throws InterruptedException {
        LeaseTimer timer = (delayMillis, task) -> {
            ScheduledFuture<?> future = threads.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        };
        AtomicLong aheadNanos = new AtomicLong();
        LeaseService service = new LeaseService(
                "n1", membership, FAST, timer, () -> System.nanoTime() + aheadNanos.get(), new Random(1));
        membership.addListener(service::viewChanged);
        // Nothing is granted before, and a fast machine would have asked for everything by then.
        aheadNanos.set(TimeUnit.MILLISECONDS.toNanos(FAST.lifetimeMillis()));
        int requests = 4_000;
        AtomicInteger maxInUse = new AtomicInteger();
        AtomicInteger grants = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(requests);
        AtomicInteger tooMany = new AtomicInteger();
        for (int thread = 0; thread < 4; thread++) {
            int seed = thread;
            threads.execute(() -> {
                Random random = new Random(seed);
                for (int i = 0; i < requests / 4; i++) {
                    ChunkKey key = key(random.nextInt(50));
                    AtomicInteger told = new AtomicInteger();
                    service.request(key, question("client-" + random.nextInt(8), random.nextInt(20), true), answer -> {
                        tooMany.addAndGet(told.getAndIncrement());
                        answered.countDown();
                        if (answer instanceof Granted granted) {
                            grants.incrementAndGet();
                            maxInUse.accumulateAndGet(service.stats().inUse(), Math::max);
                            var unused = threads.schedule(
                                    () -> service.end(key, granted.lease(), LeaseOutcome.FILLED),
                                    1,
                                    TimeUnit.MILLISECONDS);
                        }
                    });
                }
            });
        }
        assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(60, TimeUnit.SECONDS).until(() -> service.stats().inUse() == 0);
        assertThat(tooMany).hasValue(0);
        assertThat(maxInUse.get()).isBetween(1, SHARE);
        assertThat(service.stats().waiting()).isZero();
        assertThat(grants.get()).isPositive();
        assertThat(service.stats().granted()).isEqualTo(grants.get());
        service.close();
    }
}
