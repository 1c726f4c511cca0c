package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillOperationTest.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What may be asked of the origin where the zone is silent, gone, or has never been heard of. In virtual time. */
final class FillWithoutZoneTest {

    private final SimZone zone = new SimZone(1, 6, 16, 4, 4);

    private void refuseAllConnections() {
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.DOWN);
    }

    @Test
    void shouldLeaseWhereSilentNodesMayHoldStripes() {
        SimClient client = zone.client("c0");
        client.basis = Basis.SILENT_NODES;
        ChunkKey key = zone.origin.add(100);
        CompletableFuture<FilledChunk> get = client.get(key, 5_000);
        zone.timer.runAll();
        assertThat(get).isCompleted();
        assertThat(client.filler.stats().leases().granted()).isEqualTo(1);
        assertThat(client.filler.stats().origin().uncoordinated()).isZero();
        assertThat(zone.stripesHeld(key)).isEqualTo(5);
    }

    @Test
    void shouldReadTheZoneOnceMoreBeforeALateLeaseIsUsedWhateverTheMissRestsOn() {
        SimClient client = zone.client("c0");
        client.basis = Basis.SILENT_NODES;
        client.nextLeaseDelayMillis = 800;
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(100), 5_000);
        zone.timer.runAll();
        assertThat(get).isCompleted();
        assertThat(client.zoneReads).isEqualTo(2);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldAskTheOriginForNothingThatSilentNodesMayHoldWithoutALease() {
        SimClient client = zone.client("c0");
        client.basis = Basis.SILENT_NODES;
        refuseAllConnections();
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(100), 5_000);
        zone.timer.runAll();
        assertThat(code(get)).isEqualTo(CacheErrorCode.ZONE_UNCERTAIN);
        assertThatThrownBy(get::join).hasMessageContaining("no node grants a lease");
        assertThat(zone.origin.total).isZero();
        assertThat(client.leaseRequests).hasSizeBetween(5 * 5, 5 * 15);
    }

    @Test
    void shouldLeaseOnceACoordinatorOfASilentPlacementCanBeReached() {
        SimClient client = zone.client("c0");
        client.basis = Basis.SILENT_NODES;
        refuseAllConnections();
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(100), 5_000);
        zone.timer.advanceMillis(2_000);
        zone.nodes.values().forEach(node -> node.mode = SimNode.Mode.UP);
        zone.timer.advanceMillis(1_500);
        assertThat(get).isCompleted();
        assertThat(client.filler.stats().leases().granted()).isEqualTo(1);
        assertThat(client.filler.stats().origin().uncoordinated()).isZero();
    }

    @Test
    void shouldGoToTheReserveOnceNoNodeOfTheZoneIsHeard() {
        SimClient client = zone.client("c0");
        client.basis = Basis.SILENT_NODES;
        refuseAllConnections();
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(100), 5_000);
        zone.timer.advanceMillis(1_000);
        assertThat(client.filler.stats().origin().uncoordinated()).isZero();
        client.isZoneSilent = true;
        zone.timer.advanceMillis(2_000);
        assertThat(get).isCompleted();
        assertThat(client.filler.stats().origin().uncoordinated()).isEqualTo(1);
    }

    @Test
    void shouldAskNoNodeForALeaseWhereTheZoneIsOutOfReach() {
        SimClient client = zone.client("c0");
        client.basis = Basis.ZONE_UNREACHABLE;
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(100), 5_000);
        zone.timer.runAll();
        assertThat(get).isCompleted();
        assertThat(client.leaseRequests).isEmpty();
        assertThat(client.filler.stats().origin().uncoordinated()).isEqualTo(1);
    }

    @Test
    void shouldTakeAChunkWhoseHashIsItsKeyWhereTheKeySchemeIsNotKnown() {
        SimClient client = zone.clientWithoutView("c0", ZoneAssumptions.NONE);
        client.basis = Basis.ZONE_UNREACHABLE;
        ChunkKey key = zone.origin.add(100);
        CompletableFuture<FilledChunk> get = client.get(key, 10_000);
        zone.timer.runAll();
        assertThat(get.join().chunk()).isEqualTo(ByteBuffer.wrap(zone.origin.chunks.get(key)));
    }

    @Test
    void shouldNameTheSettingWhereTheKeySchemeIsNotKnownAndTheHashDoesNotFit() {
        SimClient client = zone.clientWithoutView("c0", ZoneAssumptions.NONE);
        client.basis = Basis.ZONE_UNREACHABLE;
        ChunkKey key = ChunkKey.sha256Of(new byte[] {1});
        zone.origin.chunks.put(key, new byte[100]);
        CompletableFuture<FilledChunk> get = client.get(key, 10_000);
        zone.timer.runAll();
        assertThat(code(get)).isEqualTo(CacheErrorCode.KEY_MISMATCH);
        assertThatThrownBy(get::join).hasMessageContaining("setting keyScheme");
        assertThat(zone.origin.total).as("asking again would bring the same").isEqualTo(1);
        assertThat(client.filler.stats().origin().failures()).isZero();
    }

    @Test
    void shouldGoByTheKeySchemeThatIsConfigured() {
        ChunkKey key = ChunkKey.sha256Of(new byte[] {1});
        zone.origin.chunks.put(key, new byte[100]);
        SimClient opaque = zone.clientWithoutView("c0", new ZoneAssumptions(KeyScheme.OPAQUE, null, 100));
        opaque.basis = Basis.ZONE_UNREACHABLE;
        CompletableFuture<FilledChunk> taken = opaque.get(key, 10_000);
        zone.timer.runAll();
        assertThat(taken).isCompleted();
        SimClient hashed = zone.clientWithoutView("c1", new ZoneAssumptions(KeyScheme.SHA256, null, 100));
        hashed.basis = Basis.ZONE_UNREACHABLE;
        CompletableFuture<FilledChunk> refused = hashed.get(key, 10_000);
        zone.timer.runAll();
        assertThat(code(refused)).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    private int fetchesInAMinute(SimClient client) {
        client.basis = Basis.ZONE_UNREACHABLE;
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        int before = zone.origin.total;
        for (int i = 0; i < 600; i++) {
            gets.add(client.get(zone.origin.add(10), 5_000));
            zone.timer.advanceMillis(100);
        }
        zone.timer.runAll();
        CompletableFuture<FilledChunk> refused = gets.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .findFirst()
                .orElseThrow();
        assertThat(code(refused)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        lastRefused = refused;
        return zone.origin.total - before;
    }

    private CompletableFuture<FilledChunk> lastRefused = new CompletableFuture<>();

    @Test
    void shouldFetchLittleAndNameTheSettingWhereTheReserveIsNotKnown() {
        int fetches = fetchesInAMinute(zone.clientWithoutView("c0", ZoneAssumptions.NONE));
        // 4 % of a minute, 43 ms each.
        assertThat(fetches).isBetween(30, 85);
        assertThatThrownBy(() -> lastRefused.join()).hasMessageContaining("setting originReserve");
    }

    @Test
    void shouldGoByTheReserveThatIsConfigured() {
        zone.origin.medianMillis = 400;
        int fetches = fetchesInAMinute(zone.clientWithoutView("c0", new ZoneAssumptions(null, 8, 4)));
        // Two at once.
        assertThat(fetches).isGreaterThan(200);
        assertThat(zone.origin.peak).isEqualTo(2);
        assertThatThrownBy(() -> lastRefused.join())
                .hasMessageNotContaining("originReserve")
                .hasMessageContaining("expected: a node that answers");
    }

    @Test
    void shouldAskNothingWithoutAReserve() {
        SimClient client = zone.clientWithoutView("c0", new ZoneAssumptions(null, 0, 4));
        client.basis = Basis.ZONE_UNREACHABLE;
        CompletableFuture<FilledChunk> get = client.get(zone.origin.add(10), 5_000);
        zone.timer.advanceMillis(10);
        assertThat(code(get)).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(zone.origin.total).isZero();
    }
}
