package io.zonecache.client.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.local.PurgeListener;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.EncodedView;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

public final class ViewTrackerTest {

    private static final ZoneNode A = node("a");
    private static final ZoneNode B = node("b");

    private final VirtualTimer timer = new VirtualTimer();
    private final InProcessTransport transport = new InProcessTransport(timer);
    private final List<Long> epochs = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final Failure requests = new Failure();
    private final Failure adoptions = new Failure();
    private final Failure timers = new Failure();
    private @Nullable ViewTracker tracker;

    @AfterEach
    void close() {
        if (tracker != null) {
            tracker.close();
        }
    }

    @Test
    void shouldLearnTheViewFromAnySeedThatAnswers() {
        transport.views.put(B.address(), view("zone", 7, A, B));
        ViewTracker views = start(null, A.address(), B.address());
        assertThat(views.firstAttempt()).isCompleted();
        assertThat(epochOf(views)).isEqualTo(7);
        assertThat(transport.announcedEpoch).isEqualTo(7);
    }

    @Test
    void shouldBeReadyWithoutAViewWhenNoSeedAnswersAndGoOnTrying() {
        ViewTracker views = start(null, A.address(), B.address());
        assertThat(views.firstAttempt()).as("they may have only just started").isNotDone();
        timer.advanceMillis(3_000);
        assertThat(views.firstAttempt()).isCompleted();
        assertThat(views.current()).isNull();
        timer.advanceMillis(60_000);
        transport.views.put(A.address(), view("zone", 1, A));
        timer.advanceMillis(10_001);
        assertThat(epochOf(views)).isEqualTo(1);
    }

    @Test
    void shouldHearOfANewViewWhileANodeHoldsItsRequest() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        timer.advanceMillis(1_000);
        transport.views.put(A.address(), view("zone", 2, A, B));
        transport.views.put(B.address(), view("zone", 2, A, B));
        timer.advanceMillis(31_000);
        assertThat(epochs).containsExactly(1L, 2L);
        assertThat(epochOf(views)).isEqualTo(2);
    }

    @Test
    void shouldAskANodeWhoseAnswersCarryANewerEpoch() {
        transport.views.put(A.address(), view("zone", 1, A, B));
        ViewTracker views = start(null, A.address());
        transport.views.put(B.address(), view("zone", 5, A, B));
        transport.add("b", announcing(5));
        ask(B);
        assertThat(epochOf(views)).isEqualTo(5);
    }

    @Test
    void shouldNotAskTwiceASecondANodeThatAnnouncesMoreThanItHas() {
        transport.views.put(A.address(), view("zone", 1, A, B));
        ViewTracker views = start(null, A.address());
        transport.views.put(B.address(), view("other", 99, A, B));
        transport.add("b", announcing(99));
        for (int i = 0; i < 100; i++) {
            ask(B);
        }
        assertThat(epochOf(views)).isEqualTo(1);
    }

    @Test
    void shouldRejectOlderViewsAndViewsOfOtherZones() {
        transport.views.put(A.address(), view("zone", 10, A, B));
        ViewTracker views = start(null, A.address());
        transport.views.put(A.address(), view("zone", 9, A));
        transport.views.put(B.address(), view("zone", 9, A));
        views.refresh().join();
        transport.views.put(A.address(), view("other", 11, A));
        transport.views.put(B.address(), view("other", 11, A));
        views.refresh().join();
        assertThat(epochs).containsExactly(10L);
    }

    @Test
    void shouldTakeOnlyTheZoneThatItWasToldToUse() {
        transport.views.put(A.address(), view("zone", 10, A));
        ViewTracker views = start("mine", A.address());
        assertThat(views.current()).isNull();
        transport.views.put(A.address(), view("mine", 3, A));
        timer.advanceMillis(10_001);
        assertThat(epochOf(views)).isEqualTo(3);
    }

    @Test
    void shouldWorkOnWithTheLastViewWhenNobodyAnswers() {
        transport.views.put(A.address(), view("zone", 4, A, B));
        ViewTracker views = start(null, A.address());
        transport.views.clear();
        timer.advanceMillis(300_000);
        assertThat(views.refresh()).isCompleted();
        assertThat(epochOf(views)).isEqualTo(4);
        transport.views.put(B.address(), view("zone", 6, B));
        timer.advanceMillis(40_000);
        assertThat(epochOf(views)).isEqualTo(6);
    }

    @Test
    void shouldTakeTheGreaterOfTwoViewsOfOneEpoch() {
        EncodedView one = view("zone", 4, A);
        EncodedView other = view("zone", 4, B);
        EncodedView greater = one.isNewerThan(other) ? one : other;
        EncodedView less = greater.equals(one) ? other : one;
        transport.views.put(A.address(), less);
        transport.views.put(B.address(), less);
        ViewTracker views = start(null, A.address());
        transport.views.put(A.address(), greater);
        transport.views.put(B.address(), greater);
        views.refresh().join();
        transport.views.put(A.address(), less);
        transport.views.put(B.address(), less);
        views.refresh().join();
        KnownView known = views.current();
        assertThat(known).isNotNull();
        assertThat(known.encoded().version()).isEqualTo(greater.version());
    }

    @Test
    void shouldFindTheZoneThoughItsFirstQuestionsThrow() {
        transport.views.put(A.address(), view("zone", 1, A));
        requests.failNext(1);
        ViewTracker views = start(null, A.address());
        assertThat(views.current()).isNull();
        timer.advanceMillis(1_000);
        assertThat(epochOf(views)).isEqualTo(1);
        assertThat(views.firstAttempt()).isCompleted();
    }

    @Test
    void shouldGoOnPollingThoughAQuestionThrows() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        requests.failNext(1);
        timer.advanceMillis(31_000);
        transport.views.put(A.address(), view("zone", 2, A));
        timer.advanceMillis(60_000);
        assertThat(epochOf(views)).isEqualTo(2);
    }

    @Test
    void shouldGoOnPollingThoughAViewCouldNotBeAdopted() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        adoptions.failNext(1);
        transport.views.put(A.address(), view("zone", 2, A));
        timer.advanceMillis(90_000);
        assertThat(epochOf(views)).isEqualTo(2);
    }

    @Test
    void shouldAdoptTheFirstViewThoughItFailedOnce() {
        transport.views.put(A.address(), view("zone", 1, A));
        adoptions.failNext(1);
        ViewTracker views = start(null, A.address());
        timer.advanceMillis(1_000);
        assertThat(epochOf(views)).isEqualTo(1);
    }

    @Test
    void shouldEndARefreshWhoseQuestionsThrowAndRefreshAgain() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        requests.failNext(3);
        assertThat(views.refresh()).isCompleted();
        requests.failNext(0);
        transport.views.put(A.address(), view("zone", 2, A));
        assertThat(views.refresh()).isCompleted();
        assertThat(epochOf(views)).isEqualTo(2);
    }

    @Test
    void shouldEndARefreshWhoseViewCouldNotBeAdopted() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        transport.views.put(A.address(), view("zone", 2, A));
        adoptions.failNext(1);
        assertThat(views.refresh()).isCompleted();
        assertThat(views.refresh()).isCompleted();
        assertThat(epochOf(views)).isEqualTo(2);
    }

    @Test
    void shouldPollAgainOnceTheViewIsAskedForAfterItsTimerFailed() {
        ViewTracker views = start(null, A.address());
        timers.failNext(1);
        timer.advanceMillis(1_000);
        assertThat(views.firstAttempt()).as("reads go on").isCompleted();
        transport.views.put(A.address(), view("zone", 1, A));
        assertThat(views.current()).isNull();
        timer.advanceMillis(1);
        assertThat(epochOf(views)).isEqualTo(1);
        timers.failNext(1);
        timer.advanceMillis(60_000);
        transport.views.put(A.address(), view("zone", 2, A));
        assertThat(epochOf(views)).isEqualTo(1);
        timer.advanceMillis(60_000);
        assertThat(epochOf(views)).isEqualTo(2);
    }

    @Test
    void shouldCallTheListenerOutsideOfItsLockOnceTheViewIsUsed() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        timer.advanceMillis(0);
        transport.views.put(A.address(), view("zone", 2, A));
        assertThat(views.refresh()).isCompleted();
        transport.views.put(A.address(), view("zone", 3, A));
        assertThat(views.refresh()).isCompleted();
        timer.advanceMillis(0);
        assertThat(heard)
                .containsExactly(
                        "1 of 1, epoch announced: 1, locked: false",
                        "2 of 3, epoch announced: 3, locked: false",
                        "3 of 3, epoch announced: 3, locked: false");
    }

    @Test
    void shouldAnnounceOnlyAnEpochThatItHasAdopted() {
        transport.views.put(A.address(), view("zone", 1, A));
        ViewTracker views = start(null, A.address());
        transport.views.put(A.address(), view("zone", 2, A));
        adoptions.failNext(1);
        assertThat(views.refresh()).isCompleted();
        assertThat(transport.announcedEpoch).isEqualTo(1);
    }

    private void listen(ZoneView view) {
        ViewTracker views = Objects.requireNonNull(tracker);
        heard.add(view.epoch() + " of " + epochOf(views) + ", epoch announced: " + transport.announcedEpoch
                + ", locked: " + Thread.holdsLock(views));
    }

    private void adopt(ZoneView view) {
        adoptions.call();
        epochs.add(view.epoch());
    }

    private ViewTracker start(@Nullable String zone, String... seeds) {
        ViewTracker views = new ViewTracker(
                failingTransport(),
                failingTimer(),
                new Random(1),
                new PurgeTracker(transport, timer, new Random(1), noLocalCache(), 1_000),
                ViewOptions.defaults(List.of(seeds), zone),
                this::adopt,
                this::listen);
        tracker = views;
        views.start();
        return views;
    }

    /** Throws an error the next times that it is called. */
    private static final class Failure {

        private int left;

        void failNext(int times) {
            left = times;
        }

        void call() {
            if (left > 0) {
                left--;
                throw new NoClassDefFoundError("injected");
            }
        }
    }

    private ClientTimer failingTimer() {
        return new ClientTimer() {
            @Override
            public long nanoTime() {
                return timer.nanoTime();
            }

            @Override
            public Scheduled schedule(long delayNanos, Runnable task) {
                timers.call();
                return timer.schedule(delayNanos, task);
            }
        };
    }

    private StripeTransport failingTransport() {
        return (StripeTransport) Proxy.newProxyInstance(
                StripeTransport.class.getClassLoader(),
                new Class<?>[] {StripeTransport.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("view")) {
                        requests.call();
                    }
                    return method.invoke(transport, args);
                });
    }

    private static PurgeListener noLocalCache() {
        return new LocalCache(0, MemoryBudgetTest.ample());
    }

    private void ask(ZoneNode node) {
        transport
                .get(node, new ChunkKey(1, 2, 3, 4), new RequestContext(100, 1, null), header -> null)
                .join();
    }

    private static FakeNode announcing(long epoch) {
        FakeNode node = new FakeNode();
        node.epoch = epoch;
        return node;
    }

    private static long epochOf(ViewTracker views) {
        KnownView known = views.current();
        return known == null ? -1 : known.view().epoch();
    }

    private static ZoneNode node(String id) {
        return new ZoneNode(id, id + ".zone:7400", id, 1, NodeState.UP);
    }

    private static EncodedView view(String zone, long epoch, ZoneNode... nodes) {
        ZoneSettings settings =
                new ZoneSettings(zone, 1, KeyScheme.SHA256, CodeSpec.parse("1-of-2"), nodes.length, 64, 4, 100);
        return ViewJson.encode(new ZoneView(settings, epoch, List.of(nodes)));
    }

    /** The view that follows when a node is taken out. */
    public static KnownView without(@Nullable KnownView known, String id) {
        if (known == null) {
            throw new IllegalArgumentException("no view");
        }
        ZoneView view = known.view();
        return KnownView.of(ViewJson.encode(new ZoneView(
                view.settings(),
                view.epoch() + 1,
                view.nodes().stream().filter(node -> !node.id().equals(id)).toList())));
    }
}
