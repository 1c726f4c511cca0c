package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both policies over fake nodes in virtual time: the same answers whatever nodes do, and hedged ones within their budget. */
final class PoliciesTest {

    private static final long SEED = 0x9011C1;
    /** A number that no power of the kinds is a multiple of: which combinations are run changes from place to place. */
    private static final int STEP = Integer.getInteger("zonecache.test.reply-step", 7);

    private static final byte[] CHUNK = ReadHarness.chunk(SEED, 100);

    /** What one node does. */
    private enum Node {
        OWN_STRIPE,
        FIRST_STRIPE_AGAIN,
        NEXT_STRIPE,
        OTHER_CONTENT,
        CORRUPT,
        MISSING,
        LOST,
        BUSY,
        /** Answers after the others. */
        LATE
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndRightForCombinationsOfNodesOf4Of5(OverRequestPolicy policy) {
        int kinds = Node.values().length;
        for (int combination = 0; combination < Math.pow(kinds, 5); combination += STEP) {
            int rest = combination;
            Node[] nodes = new Node[5];
            for (int i = 0; i < 5; i++) {
                nodes[i] = Node.values()[rest % kinds];
                rest /= kinds;
            }
            endsRight(policy, "4-of-5", nodes, combination);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndRightForManyCombinationsOfNodesOf4Of6(OverRequestPolicy policy) {
        Random random = new Random(SEED);
        for (int run = 0; run < 10_000 / STEP; run++) {
            Node[] nodes = new Node[6];
            Arrays.setAll(nodes, i -> Node.values()[random.nextInt(Node.values().length)]);
            endsRight(policy, "4-of-6", nodes, run);
        }
    }

    private static void endsRight(OverRequestPolicy policy, String code, Node[] nodes, long seed) {
        ReadHarness zone = harness(policy, code, nodes.length, KeyScheme.OPAQUE, seed);
        ChunkKey key = prepare(zone, nodes);
        ChunkRead begun =
                zone.reader.begin(ChunkName.of(key), null, zone.timer.nanoTime() + TimeUnit.MILLISECONDS.toNanos(90));
        CompletableFuture<ZoneRead> read = zone.reader.read(begun);
        zone.timer.advanceMillis(200);
        String expected = expected(zone.code.data(), nodes);
        String found = read.isCompletedExceptionally()
                ? "UNCERTAIN"
                : read.join() instanceof ZoneRead.Hit hit && Arrays.equals(ReadHarness.bytes(hit.chunk()), CHUNK)
                        ? "HIT"
                        : read.join() instanceof ZoneRead.Miss ? "MISS" : "WRONG BYTES";
        if (!found.equals(expected)) {
            assertThat(found)
                    .as("%s, %s, %s, run %d", policy, code, Arrays.toString(nodes), seed)
                    .isEqualTo(expected);
        }
    }

    private static ChunkKey prepare(ReadHarness zone, Node[] nodes) {
        ChunkKey key = zone.fill(CHUNK);
        List<StripeRecord> own = zone.records(CHUNK);
        for (int place = 0; place < nodes.length; place++) {
            FakeNode node = zone.at(key, place);
            switch (nodes[place]) {
                case OWN_STRIPE -> {}
                case FIRST_STRIPE_AGAIN -> node.hold(key, own.get(0));
                case NEXT_STRIPE -> node.hold(key, own.get((place + 1) % nodes.length));
                case OTHER_CONTENT ->
                    node.hold(
                            key, zone.recordsOf(key, ReadHarness.chunk(7, 100)).get(place));
                case CORRUPT -> {
                    byte[] body = ReadHarness.bytes(own.get(place).bytes());
                    body[70] ^= 1;
                    node.holdBytes(key, body);
                }
                case MISSING -> node.drop(key);
                case LOST -> node.mode = Mode.REFUSING;
                case BUSY -> node.mode = Mode.BUSY;
                case LATE -> node.delayMillis = 30;
            }
        }
        return key;
    }

    private static String expected(int needed, Node[] nodes) {
        BitSet own = new BitSet();
        int other = 0;
        int open = 0;
        for (int i = 0; i < nodes.length; i++) {
            switch (nodes[i]) {
                case OWN_STRIPE, LATE -> own.set(i);
                case FIRST_STRIPE_AGAIN -> own.set(0);
                case NEXT_STRIPE -> own.set((i + 1) % nodes.length);
                case OTHER_CONTENT -> other++;
                case BUSY -> open++;
                default -> {}
            }
        }
        if (own.cardinality() >= needed) {
            return "HIT";
        }
        if (other >= needed) {
            return "WRONG BYTES"; // of another writer under an opaque key: nobody can tell
        }
        return Math.max(own.cardinality(), other) + open >= needed ? "UNCERTAIN" : "MISS";
    }

    @Test
    void shouldAskKNodesFirstAndRotateTheOneLeftOut() {
        ReadHarness zone = harness(OverRequestPolicy.HEDGED, "4-of-5", 5, KeyScheme.SHA256, SEED);
        ChunkKey key = zone.fill(CHUNK);
        for (int i = 0; i < 1_000; i++) {
            assertThat(hit(zone, key)).isTrue();
        }
        int asked = 0;
        for (int place = 0; place < 5; place++) {
            assertThat(zone.at(key, place).gets.size()).isBetween(720, 880);
            asked += zone.at(key, place).gets.size();
        }
        assertThat(asked).isEqualTo(4_000);
    }

    @Test
    void shouldAskTheOneLeftOutAtOnceWhenTheOthersCannotSuffice() {
        ReadHarness zone = harness(OverRequestPolicy.HEDGED, "4-of-5", 5, KeyScheme.SHA256, SEED);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 2).drop(key);
        for (int i = 0; i < 100; i++) {
            assertThat(hit(zone, key)).as("without any time passing, run %d", i).isTrue();
        }
    }

    @Test
    void shouldAskTheRestOfALateReadWithinItsBudget() {
        ReadHarness zone = harness(OverRequestPolicy.HEDGED, "4-of-5", 5, KeyScheme.SHA256, SEED);
        ChunkKey key = zone.fill(CHUNK);
        for (int place = 0; place < 5; place++) {
            zone.at(key, place).delayMillis = 2;
        }
        int reads = 2_000;
        int before = 0;
        Random random = new Random(SEED);
        for (int i = 0; i < reads; i++) {
            FakeNode late = zone.at(key, random.nextInt(5));
            late.delayMillis = i % 4 == 0 ? 50 : 2;
            CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
            zone.timer.advanceMillis(60);
            assertThat(read.join()).isInstanceOf(ZoneRead.Hit.class);
            late.delayMillis = 2;
        }
        for (int place = 0; place < 5; place++) {
            before += zone.at(key, place).gets.size();
        }
        assertThat(before - 4 * reads).as("hedges").isBetween(30, reads / 20 + 2);
    }

    @Test
    void shouldNotWaitForABudgetOnceANodeAskedIsKnownToBeSilent() {
        ReadHarness zone = harness(OverRequestPolicy.HEDGED, "4-of-5", 5, KeyScheme.SHA256, SEED);
        ChunkKey key = zone.fill(CHUNK);
        zone.at(key, 1).mode = Mode.SILENT;
        for (int i = 0; i < 40; i++) {
            CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
            zone.timer.advanceMillis(1);
            zone.at(key, 0).delayMillis = 0;
            zone.timer.advanceMillis(1_100);
            assertThat(read.join()).isInstanceOf(ZoneRead.Hit.class);
        }
        int asked = zone.at(key, 1).gets.size();
        assertThat(asked).as("left out, skipped, or probed").isLessThan(25);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSkipASlowNodeProbeItAndTakeItBack(OverRequestPolicy policy) {
        for (long delayMillis : new long[] {20, 100}) {
            ReadHarness zone = harness(policy, "4-of-5", 5, KeyScheme.SHA256, SEED);
            ChunkKey key = zone.fill(CHUNK);
            FakeNode slow = zone.at(key, 3);
            slow.delayMillis = delayMillis;
            for (int i = 0; i < 10; i++) {
                CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
                zone.timer.advanceMillis(100);
                assertThat(read).isDone();
            }
            assertThat(zone.nodeTracker.isSkipped(zone.placement(key).get(3)))
                    .as("%d ms late, after a second of ten reads", delayMillis)
                    .isTrue();
            for (int i = 0; i < 100; i++) {
                assertThat(hit(zone, key)).as("no waiting for it").isTrue();
                zone.timer.advanceMillis(10);
            }
            slow.delayMillis = 0;
            zone.timer.advanceMillis(5_000);
            for (int i = 0; i < 20; i++) {
                assertThat(hit(zone, key)).isTrue();
            }
            assertThat(zone.nodeTracker.isSkipped(zone.placement(key).get(3))).isFalse();
        }
    }

    @Test
    void shouldSkipANodeWithCorruptStripesOfRightChecksumsWithinMOfAPlacement() {
        ReadHarness zone = harness(OverRequestPolicy.ALL, "4-of-6", 6, KeyScheme.SHA256, SEED);
        for (int chunk = 0; chunk < 30; chunk++) {
            byte[] bytes = ReadHarness.chunk(chunk, 500);
            ChunkKey key = zone.fill(bytes);
            for (int place = 0; place < 6; place++) {
                String id = zone.placement(key).get(place).id();
                if (id.equals("n0") || id.equals("n1")) {
                    zone.at(key, place)
                            .hold(
                                    key,
                                    zone.recordsOf(key, ReadHarness.chunk(-1, 500))
                                            .get(place));
                }
            }
            ZoneRead read = zone.reader.read(zone.begin(key)).join();
            assertThat(ReadHarness.bytes(((ZoneRead.Hit) read).chunk())).isEqualTo(bytes);
        }
        assertThat(zone.nodes().stream().filter(zone.nodeTracker::isSkipped).map(node -> node.id()))
                .containsExactly("n0", "n1");
    }

    @Test
    void shouldNeverTakeDoubtsForAMissHoweverManyNodesAreDoubted() {
        for (OverRequestPolicy policy : OverRequestPolicy.values()) {
            ReadHarness zone = harness(policy, "4-of-5", 5, KeyScheme.SHA256, SEED);
            ChunkKey key = zone.fill(CHUNK);
            Random random = new Random(SEED);
            int misses = 0;
            for (int run = 0; run < 500; run++) {
                FakeNode node = zone.at(key, random.nextInt(5));
                node.mode = random.nextInt(3) == 0 ? Mode.SILENT : Mode.SERVING;
                node.delayMillis = new long[] {0, 20, 100, 700}[random.nextInt(4)];
                CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
                zone.timer.advanceMillis(random.nextInt(100));
                if (read.isDone() && !read.isCompletedExceptionally() && read.join() instanceof ZoneRead.Miss miss) {
                    assertThat(miss.basis())
                            .as("%s, run %d: no proof of a miss", policy, run)
                            .isNotEqualTo(ZoneRead.Basis.PROVEN);
                    misses++;
                }
            }
            assertThat(misses).as("%s: of nodes silent for seconds", policy).isLessThan(50);
        }
    }

    private static boolean hit(ReadHarness zone, ChunkKey key) {
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        return read.isDone()
                && read.join() instanceof ZoneRead.Hit found
                && found.chunk().equals(ByteBuffer.wrap(CHUNK));
    }

    private static ReadHarness harness(OverRequestPolicy policy, String code, int nodes, KeyScheme scheme, long seed) {
        ReadOptions options = new ReadOptions(Verification.FULL, policy, 1_000, 2_048, 4_096, 0.1);
        return new ReadHarness(code, nodes, scheme, options, seed);
    }
}
