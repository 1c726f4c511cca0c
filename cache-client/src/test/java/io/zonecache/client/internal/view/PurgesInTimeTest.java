package io.zonecache.client.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.EncodedView;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.PurgePage;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import io.zonecache.server.purge.PurgeNews;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From an operator's purge to the end of a client's local copy, in virtual time: the nodes tell each other within a second, hold view requests
 * as real ones do, and end them with their real {@link PurgeNews}.
 */
final class PurgesInTimeTest {

    private static final int NODES = 3;
    private static final int PURGES = 200;
    private static final long PROMISED_MILLIS = 5_000;
    private static final int TICK_MILLIS = 10;

    /** After which a real transport ends a request that a node holds and from which no ping is answered, and an attempt to connect to it. */
    private static final long UNANSWERED_PING_MILLIS = 2_500;

    private static final long UNANSWERED_CONNECT_MILLIS = 500;

    private final VirtualTimer timer = new VirtualTimer();
    private final Map<String, Node> nodes = new HashMap<>();
    private final List<ZoneNode> members = new ArrayList<>();
    /** By chunk that the local cache may still have, or get again. */
    private final Map<ChunkKey, Long> purgedNanos = new HashMap<>();

    /** Such requests don't end for what their node has heard of before. */
    private int heldWithoutToken;

    /** The node that held the last view request. */
    private @Nullable Node polled;

    private final LocalCache local = new LocalCache(64 << 20, MemoryBudgetTest.ample());

    /** What one node has heard of. Its token is the number of keys, which all nodes hear in the same order here. */
    private final class Node {

        final List<ChunkKey> purged = new ArrayList<>();
        long hearsNanos;
        boolean isBlackHole;
        boolean isConnected = true;
        final PurgeNews news = new PurgeNews(
                this::token,
                timer::nanoTime,
                (delayMillis, task) -> timer.schedule(TimeUnit.MILLISECONDS.toNanos(delayMillis), task));

        String token() {
            return purged.size() + "-x";
        }

        void purge(ChunkKey key) {
            purged.add(key);
            news.changed();
        }

        @Nullable
        CompletableFuture<@Nullable EncodedView> held;

        void becomeBlackHole() {
            isBlackHole = true;
            failLater(Objects.requireNonNull(held));
        }

        void failLater(CompletableFuture<?> answer) {
            long millis = isConnected ? UNANSWERED_PING_MILLIS : UNANSWERED_CONNECT_MILLIS;
            isConnected = false;
            timer.schedule(
                    TimeUnit.MILLISECONDS.toNanos(millis),
                    () -> answer.completeExceptionally(new CacheException(CacheErrorCode.ZONE_UNCERTAIN, "silent")));
        }
    }

    private InProcessTransport transport() {
        return new InProcessTransport(timer) {
            @Override
            public CompletableFuture<@Nullable EncodedView> view(
                    String address, @Nullable String etag, @Nullable String known, long waitMillis, long timeout) {
                Node node = node(address);
                CompletableFuture<@Nullable EncodedView> answer = new CompletableFuture<>();
                if (node.isBlackHole) {
                    node.failLater(answer);
                    return answer;
                }
                EncodedView view = zoneView();
                if (!view.version().etag().equals(etag)) {
                    announcePurges(address, node.token());
                    answer.complete(view);
                    return answer;
                }
                polled = node;
                node.held = answer;
                Runnable end = () -> {
                    if (node.isBlackHole) {
                        return;
                    }
                    announcePurges(address, node.token());
                    answer.complete(null);
                };
                heldWithoutToken += known == null ? 1 : 0;
                node.news.await(known == null ? node.token() : known, end);
                timer.schedule(TimeUnit.MILLISECONDS.toNanos(waitMillis), () -> {
                    node.news.cancel(end);
                    end.run();
                });
                return answer;
            }

            @Override
            public CompletableFuture<PurgePage> purges(String address, String since, long timeout) {
                List<ChunkKey> purged = node(address).purged;
                int from = Math.min(purged.size(), Integer.parseInt(since.substring(0, since.indexOf('-'))));
                return CompletableFuture.completedFuture(new PurgePage(
                        node(address).token(), true, false, List.copyOf(purged.subList(from, purged.size()))));
            }
        };
    }

    private Node node(String address) {
        Node node = nodes.get(address);
        if (node == null) {
            throw new IllegalArgumentException("node: " + address);
        }
        return node;
    }

    private EncodedView zoneView() {
        ZoneSettings settings =
                new ZoneSettings("zone", 1, KeyScheme.SHA256, CodeSpec.parse("2-of-3"), NODES, 64, 4, 100);
        return ViewJson.encode(new ZoneView(settings, 1, members));
    }

    /** Each node hears of purges in the order in which they are made, within a second. */
    private void purge(ChunkKey key, Random random) {
        int told = random.nextInt(NODES);
        for (int i = 0; i < NODES; i++) {
            Node node = node(members.get(i).address());
            long hearsNanos = timer.nanoTime() + (i == told ? 0 : TimeUnit.MILLISECONDS.toNanos(random.nextInt(1_000)));
            node.hearsNanos = Math.max(node.hearsNanos, hearsNanos);
            timer.schedule(node.hearsNanos - timer.nanoTime(), () -> node.purge(key));
        }
        purgedNanos.put(key, timer.nanoTime());
    }

    private void cache(ChunkKey key) {
        local.put(ChunkName.of(key), ByteBuffer.allocate(100).asReadOnlyBuffer(), local.generation(key));
    }

    /** A reader asks one node for the chunk, which serves it if it has not heard of the purge, and takes its time. */
    private void readAgain(ChunkKey key, InProcessTransport transport, Random random) {
        String address = members.get(random.nextInt(NODES)).address();
        if (node(address).purged.contains(key)) {
            return;
        }
        long generation = local.generation(key);
        transport.announcePurges(address, node(address).token());
        timer.schedule(
                TimeUnit.MILLISECONDS.toNanos(random.nextInt(2_000)),
                () -> local.put(ChunkName.of(key), ByteBuffer.allocate(100).asReadOnlyBuffer(), generation));
    }

    private void assertNoneIsLate() {
        purgedNanos.forEach((key, atNanos) -> {
            if (local.get(ChunkName.of(key)) != null) {
                assertThat(millisSince(atNanos))
                        .as("milliseconds since the purge of chunk %s", key)
                        .isLessThanOrEqualTo(PROMISED_MILLIS);
            }
        });
        purgedNanos.values().removeIf(atNanos -> millisSince(atNanos) > 4 * PROMISED_MILLIS);
    }

    private long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(timer.nanoTime() - nanos);
    }

    private void startNodes() {
        for (int i = 0; i < NODES; i++) {
            ZoneNode node = new ZoneNode("n" + i, "n" + i + ".zone:7400", "d" + i, 1, NodeState.UP);
            members.add(node);
            nodes.put(node.address(), new Node());
        }
    }

    private ViewTracker track(InProcessTransport transport, Random random) {
        PurgeTracker tracker = new PurgeTracker(transport, timer, random, local, 1_000);
        ViewOptions options = ViewOptions.defaults(List.of(members.get(0).address()), null);
        return new ViewTracker(transport, timer, random, tracker, options, view -> {}, view -> {});
    }

    private long millisUntilGone(ChunkKey key) {
        long startNanos = timer.nanoTime();
        while (local.get(ChunkName.of(key)) != null && millisSince(startNanos) < 60_000) {
            timer.advanceMillis(TICK_MILLIS);
        }
        return millisSince(startNanos);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDropAPurgedChunkThoughTheNodeThatHoldsItsRequestIsBlackHoled(long seed) {
        Random random = new Random(seed);
        startNodes();
        ChunkKey key = new ChunkKey(seed, 1, 0, 0);
        try (ViewTracker views = track(transport(), random)) {
            views.start();
            timer.advanceMillis(40_000);
            cache(key);
            Node silent = Objects.requireNonNull(polled);
            silent.becomeBlackHole();
            nodes.values().stream().filter(node -> node != silent).forEach(node -> node.purge(key));
            assertThat(millisUntilGone(key)).isLessThanOrEqualTo(PROMISED_MILLIS);
        }
    }

    @Test
    void shouldDropAChunkThatWasCachedAndPurgedBeforeTheZonesFirstAnswer() {
        startNodes();
        ChunkKey key = new ChunkKey(1, 1, 0, 0);
        // From the origin, out of the reserve, while the zone was away.
        cache(key);
        nodes.values().forEach(node -> node.purge(key));
        try (ViewTracker views = track(transport(), new Random(1))) {
            views.start();
            assertThat(local.get(ChunkName.of(key))).isNull();
            cache(key);
            timer.advanceMillis(60_000);
            assertThat(local.get(ChunkName.of(key))).as("cached after that").isNotNull();
        }
    }

    @ParameterizedTest(name = "seed {0}, {1} other answers in a second, {2} reads of what is purged")
    @CsvSource({
        "1, 0, 0",
        "2, 0, 0",
        "3, 0, 0",
        "4, 1, 0",
        "5, 1, 0",
        "6, 5, 0",
        "7, 0, 5",
        "8, 0, 5",
        "9, 1, 10",
        "10, 5, 10"
    })
    void shouldLeaveNoLocalCopyForLongerThanPromised(long seed, int answersInASecond, int readsInASecond) {
        Random random = new Random(seed);
        startNodes();
        InProcessTransport transport = transport();
        try (ViewTracker views = track(transport, random)) {
            views.start();
            for (int i = 0; i < PURGES; i++) {
                ChunkKey key = new ChunkKey(seed, i, 0, 0);
                cache(key);
                purge(key, random);
                long pauseMillis = random.nextInt(random.nextBoolean() ? 1_500 : 15_000);
                for (long millis = 0; millis < pauseMillis; millis += TICK_MILLIS) {
                    timer.advanceMillis(TICK_MILLIS);
                    if (random.nextInt(1_000) < answersInASecond * TICK_MILLIS) {
                        String address = members.get(random.nextInt(NODES)).address();
                        transport.announcePurges(address, node(address).token());
                    }
                    if (random.nextInt(1_000) < readsInASecond * TICK_MILLIS) {
                        readAgain(key, transport, random);
                    }
                    assertNoneIsLate();
                }
            }
        }
        assertThat(heldWithoutToken).isZero();
    }
}
