package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.fill.SimClient.Part;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each of the client's parts that a fill calls fails at each of its first calls, by an exception or an {@link Error}, thrown or in its future: every
 * read ends, nothing is held afterwards, and the next fill succeeds. In virtual time.
 */
final class FillSeamFailuresTest {

    private static final int CHUNK_BYTES = 10_000;
    private static final int CALLS = 12;

    @TestFactory
    Stream<DynamicTest> shouldHoldNothingAndFillOnWhateverAnotherPartThrows() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Part part : Part.values()) {
            for (boolean isInFuture : List.of(false, true)) {
                for (Throwable thrown : List.of(
                        new IllegalStateException("broken"),
                        new NoClassDefFoundError("gone"),
                        new OutOfMemoryError("none left"))) {
                    String name = part
                            + (isInFuture ? " brings " : " throws ")
                            + thrown.getClass().getSimpleName();
                    tests.add(DynamicTest.dynamicTest(name, () -> {
                        for (int call = 1; call <= CALLS; call++) {
                            new Trial(part, isInFuture, thrown, call).run();
                        }
                    }));
                }
            }
        }
        return tests.stream();
    }

    /** One zone, one client, one failure. */
    private static final class Trial {

        private final Part part;
        private final String name;
        private final SimZone zone = new SimZone(1, 6, 16, 4);
        private final MemoryBudget memory = new MemoryBudget(4 * MemoryBudget.minBytes(CHUNK_BYTES), CHUNK_BYTES);
        private final SimClient client;
        private final List<CompletableFuture<?>> futures = new ArrayList<>();
        private boolean isOver;
        private int calls;

        Trial(Part part, boolean isInFuture, Throwable thrown, int failingCall) {
            this.part = part;
            this.name = part + ", call " + failingCall;
            Function<Part, Throwable> fault =
                    called -> called == part && !isOver && ++calls == failingCall ? thrown : null;
            client = new SimClient(
                    zone,
                    "c0",
                    FillConfig.builder()
                            .maxChunkBytes(CHUNK_BYTES)
                            .originLimit(3)
                            .build(),
                    ZoneAssumptions.NONE,
                    memory,
                    zone.timer);
            client.fault = fault;
            client.isFaultInFuture = isInFuture;
        }

        void run() {
            readAlongsideAnother();
            readWhileNodesAreBusyOrGone();
            waitForTheReserve();
            fillIncompletely();
            write();
            zone.timer.runAll();
            assertNothingHeld();
            isOver = true;
            assertThat(calls).as("calls of %s", part).isPositive();
            zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
            client.forgetSkipped();
            ChunkKey key = zone.origin.add(CHUNK_BYTES);
            CompletableFuture<FilledChunk> next = client.get(key, 5_000);
            zone.timer.runAll();
            assertThat(next).as(name).isCompleted();
            assertThat(zone.stripesHeld(key)).as(name).isEqualTo(5);
            assertThat(client.filler.stats().writes().incompleteChunks())
                    .as("incomplete chunks, %s", name)
                    .isZero();
            assertNothingHeld();
        }

        private void get(ChunkKey key) {
            try {
                futures.add(client.get(key, 8_000));
            } catch (RuntimeException | Error e) {
                assertThat(part)
                        .as("the first read of the zone is not the fill's")
                        .isEqualTo(Part.READ);
            }
        }

        private void readAlongsideAnother() {
            SimClient other = zone.client("other");
            List<ChunkKey> keys = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                keys.add(zone.origin.add(CHUNK_BYTES));
            }
            futures.add(other.get(keys.get(0), 5_000));
            futures.add(other.get(keys.get(1), 5_000));
            zone.timer.advanceMillis(5);
            keys.forEach(this::get);
            zone.timer.runAll();
        }

        private void readWhileNodesAreBusyOrGone() {
            ChunkKey slow = zone.origin.add(CHUNK_BYTES);
            zone.placed(slow).get(0).putsRefused = 2;
            zone.placed(slow).get(1).notCoordinatorUntilNanos = zone.timer.nanoTime() + 200_000_000L;
            zone.placed(slow).get(0).notCoordinatorUntilNanos = zone.timer.nanoTime() + 200_000_000L;
            get(slow);
            zone.timer.runAll();
            zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
            get(zone.origin.add(CHUNK_BYTES));
            zone.timer.runAll();
            zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
        }

        /** For longer than it takes until a node is asked whether it answers again. */
        private void waitForTheReserve() {
            zone.origin.bodyMillis = 3_000;
            zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
            for (int i = 0; i < 3; i++) {
                get(zone.origin.add(CHUNK_BYTES));
            }
            zone.timer.advanceMillis(1_600);
            zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
            zone.timer.advanceMillis(1_600);
            zone.origin.bodyMillis = 0;
            zone.timer.runAll();
        }

        /** A node takes its stripe only after the write-back has given it up. */
        private void fillIncompletely() {
            ChunkKey key = zone.origin.add(CHUNK_BYTES);
            zone.placed(key).get(2).putsRefused = 5;
            get(key);
            zone.timer.runAll();
        }

        private void write() {
            ChunkKey key = zone.origin.add(CHUNK_BYTES);
            ByteBuffer chunk = ByteBuffer.wrap(zone.origin.chunks.get(key));
            try {
                CompletableFuture<PrimeResult> primed =
                        client.filler.prime(key, chunk, zone.timer.nanoTime() + 5_000_000_000L);
                futures.add(primed);
                zone.timer.runAll();
                List<NodeFinding> findings = zone.placement.nodesFor(key).stream()
                        .map(node -> new NodeFinding(node, NodeFinding.State.WANTED, Set.of()))
                        .toList();
                client.filler.repair(
                        ChunkName.of(key), chunk, zone.view.settings().code(), findings);
            } catch (RuntimeException | Error e) {
                assertThat(part)
                        .as("what is asked for on the caller's own thread")
                        .isEqualTo(Part.CURRENT_VIEW);
            }
        }

        private void assertNothingHeld() {
            FillContext context = client.filler.context;
            assertThat(futures).as(name).allMatch(CompletableFuture::isDone);
            assertThat(context.limit.fetchesInFlight()).as("permits, %s", name).isZero();
            assertThat(context.limit.slotsInUse()).as("slots, %s", name).isZero();
            assertThat(context.reserve.permitsInUse()).as("turns, %s", name).isZero();
            assertThat(context.waiters.waiters()).as("waiters, %s", name).isZero();
            assertThat(context.writer.bytesInFlight())
                    .as("bytes of writes, %s", name)
                    .isZero();
            assertThat(memory.inFlightBytes()).as("memory, %s", name).isZero();
            assertThat(context.activity.count()).as("activity, %s", name).isZero();
            assertThat(client.filler.whenIdle()).as(name).isCompleted();
            zone.nodes
                    .values()
                    .forEach(node -> assertThat(node.table().stats().inUse())
                            .as("leases, %s", name)
                            .isZero());
        }
    }
}
