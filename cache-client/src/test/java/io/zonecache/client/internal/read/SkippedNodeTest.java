package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that is skipped for its silence may hold its stripe all the same: it is done without only while nothing else is lost. */
final class SkippedNodeTest {

    private final ReadHarness zone = new ReadHarness("4-of-5", 6);
    private final ChunkKey key = zone.fill(ReadHarness.chunk(1, 1_000));
    private final FakeNode skipped = zone.at(key, 1);
    private final FakeNode other = zone.at(key, 3);

    private final List<CompletableFuture<ZoneRead>> begun = new ArrayList<>();

    /** It fell silent for a while, and is back before anybody has probed it. */
    @BeforeEach
    void skip() {
        skipped.mode = Mode.SILENT;
        for (int i = 0; !zone.health.isSilent(zone.placement(key).get(1)); i++) {
            assertThat(i).as("reads until the node is skipped").isLessThan(100);
            begun.add(zone.reader.read(zone.begin(key)));
            zone.timer.advanceMillis(10);
        }
        zone.timer.advanceMillis(1_100);
        begun.add(zone.reader.read(zone.begin(key))); // takes the probe that is due
        zone.timer.advanceMillis(1);
        assertThat(zone.health.isSilent(zone.placement(key).get(1))).isTrue();
        assertThat(begun).allMatch(CompletableFuture::isDone);
        skipped.mode = Mode.SERVING;
    }

    private ZoneRead read() {
        CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
        zone.timer.advanceMillis(5_000);
        return read.join();
    }

    @Test
    void shouldServeTheChunkWhereAnotherNodeIsKilled() {
        other.mode = Mode.REFUSING;
        assertThat(read()).isInstanceOf(ZoneRead.Hit.class);
    }

    @Test
    void shouldServeTheChunkWhereAnotherNodeHasLostItsStripe() {
        other.drop(key);
        assertThat(read()).isInstanceOf(ZoneRead.Hit.class);
    }

    @Test
    void shouldLeaveItToALeaseWhereTheSkippedNodeStaysSilent() {
        skipped.mode = Mode.SILENT;
        other.mode = Mode.REFUSING;
        assertThat(((ZoneRead.Miss) read()).basis()).isEqualTo(Basis.SILENT_NODES);
    }

    @Test
    void shouldStillAskNoNodeInVainWhileTheOthersSuffice() {
        skipped.mode = Mode.SILENT;
        int before = skipped.gets.size();
        assertThat(zone.reader.read(zone.begin(key))).satisfies(read -> zone.timer.advanceMillis(1));
        assertThat(skipped.gets).hasSize(before);
    }
}
