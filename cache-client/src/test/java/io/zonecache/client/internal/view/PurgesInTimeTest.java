package io.zonecache.client.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.InProcessTransport;
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
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * From an operator's purge to the end of a client's local copy, in virtual time: the nodes tell each other within a second, hold view requests
 * as real ones do, and end them with their real {@link PurgeNews}.
 */
final class PurgesInTimeTest {

    private static final int NODES = 3;
    private static final int PURGES = 200;
    private static final long PROMISED_MILLIS = 5_000;
    private static final int TICK_MILLIS = 10;

    private final VirtualTimer timer = new VirtualTimer();
    private final Map<String, Node> nodes = new HashMap<>();
    private final List<ZoneNode> members = new ArrayList<>();
    /** By chunk that the local cache may still have. */
    private final Map<ChunkKey, Long> purgedNanos = new HashMap<>();

    /** Such requests don't end for what their node has heard of before. */
    private int heldWithoutToken;

    private final LocalCache local = new LocalCache(64 << 20, MemoryBudgetTest.ample());

    /** What one node has heard of. Its token is the number of keys, which all nodes hear in the same order here. */
    private final class Node {

        final List<ChunkKey> purged = new ArrayList<>();
        long hearsNanos;
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
    }

    private InProcessTransport transport() {
        return new InProcessTransport(timer) {
            @Override
            public CompletableFuture<@Nullable EncodedView> view(
                    String address, @Nullable String etag, @Nullable String known, long waitMillis, long timeout) {
                Node node = node(address);
                CompletableFuture<@Nullable EncodedView> answer = new CompletableFuture<>();
                EncodedView view = zoneView();
                if (!view.version().etag().equals(etag)) {
                    announcePurges(address, node.token());
                    answer.complete(view);
                    return answer;
                }
                Runnable end = () -> {
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
        local.put(key, ByteBuffer.allocate(100).asReadOnlyBuffer(), local.generation(key));
    }

    private void assertNoneIsLate() {
        purgedNanos.keySet().removeIf(key -> local.get(key) == null);
        purgedNanos.forEach((key, atNanos) -> assertThat(TimeUnit.NANOSECONDS.toMillis(timer.nanoTime() - atNanos))
                .as("milliseconds since the purge of chunk %s", key)
                .isLessThanOrEqualTo(PROMISED_MILLIS));
    }

    @ParameterizedTest(name = "seed {0}, {1} other answers in a second")
    @CsvSource({"1, 0", "2, 0", "3, 0", "4, 1", "5, 1", "6, 5"})
    void shouldLeaveNoLocalCopyForLongerThanPromised(long seed, int answersInASecond) {
        Random random = new Random(seed);
        for (int i = 0; i < NODES; i++) {
            ZoneNode node = new ZoneNode("n" + i, "n" + i + ".zone:7400", "d" + i, 1, NodeState.UP);
            members.add(node);
            nodes.put(node.address(), new Node());
        }
        InProcessTransport transport = transport();
        PurgeTracker tracker = new PurgeTracker(transport, timer, random, local, 1_000);
        ViewOptions options = ViewOptions.defaults(List.of(members.get(0).address()), null);
        for (int i = 0; i < PURGES; i++) {
            cache(new ChunkKey(seed, i, 0, 0));
        }
        try (ViewTracker views = new ViewTracker(transport, timer, random, tracker, options, view -> {}, view -> {})) {
            views.start();
            for (int i = 0; i < PURGES; i++) {
                purge(new ChunkKey(seed, i, 0, 0), random);
                long pauseMillis = random.nextInt(random.nextBoolean() ? 1_500 : 15_000);
                for (long millis = 0; millis < pauseMillis; millis += TICK_MILLIS) {
                    timer.advanceMillis(TICK_MILLIS);
                    if (random.nextInt(1_000) < answersInASecond * TICK_MILLIS) {
                        String address = members.get(random.nextInt(NODES)).address();
                        transport.announcePurges(address, node(address).token());
                    }
                    assertNoneIsLate();
                }
            }
        }
        assertThat(heldWithoutToken).isZero();
    }
}
