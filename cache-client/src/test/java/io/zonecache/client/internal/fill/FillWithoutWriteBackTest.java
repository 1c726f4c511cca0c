package io.zonecache.client.internal.fill;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Chunks that the zone must not keep are fetched under leases all the same. */
final class FillWithoutWriteBackTest {

    private final SimZone zone = new SimZone(1, 6, 16, 4, 4);

    @BeforeEach
    void keepNothing() {
        zone.origin.allowsWriteBack = false;
    }

    @Test
    void shouldFetchForEachClientOneAfterTheOther() {
        ChunkKey key = zone.origin.add(10_000);
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        List<SimClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(zone.client("c" + i));
            gets.add(clients.get(i).get(key, 30_000));
        }
        zone.timer.advanceMillis(10_000);
        for (CompletableFuture<FilledChunk> get : gets) {
            assertThat(get.join().source()).isEqualTo(Source.ORIGIN);
        }
        assertThat(zone.origin.total).isEqualTo(4);
        assertThat(zone.origin.peak).as("fetches of one chunk at once").isEqualTo(1);
        for (SimClient client : clients) {
            assertThat(client.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        }
        assertThat(zone.client("later").get(key, 30_000)).isNotDone();
        zone.timer.advanceMillis(10_000);
        assertThat(zone.origin.total).as("the zone has kept nothing").isEqualTo(5);
    }

    @Test
    void shouldNotBePrimedEither() {
        ChunkKey key = zone.origin.add(10_000);
        SimClient client = zone.client("c0");
        ByteBuffer chunk = ByteBuffer.wrap(zone.origin.chunks.get(key));
        assertThatThrownBy(client.filler.prime(key, chunk, zone.timer.nanoTime() + SECONDS.toNanos(30))::join)
                .hasMessageContaining("BAD_REQUEST: chunk " + key + ": the zone must keep nothing of ");
        assertThat(zone.stripesHeld(key)).isZero();
    }

    @Test
    void shouldEndTheFetchThatNobodyWaitsFor() {
        ChunkKey key = zone.origin.add(10_000);
        zone.origin.medianMillis = 5_000;
        SimClient client = zone.client("c0");
        ChunkRead read = client.begin(ChunkName.of(key), null, zone.timer.nanoTime() + SECONDS.toNanos(30));
        CompletableFuture<FilledChunk> get =
                client.read(read).thenCompose(found -> client.filler.fill(read, (ZoneRead.Miss) found));
        zone.timer.advanceMillis(100);
        assertThat(zone.origin.inFlight).isEqualTo(1);
        read.cancel();
        zone.timer.advanceMillis(100);
        assertThat(get).isCompletedExceptionally();
        assertThat(zone.origin.inFlight).isZero();
    }
}
