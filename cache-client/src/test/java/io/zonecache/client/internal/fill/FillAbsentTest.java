package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillOperationTest.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.fill.FilledChunk.Source;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.LeaseOutcome;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows for reads of an object's range from reads of its key that don't know the range, and the other way round: in zones of both schemes. */
final class FillAbsentTest {

    private static final ObjectRange GONE = new ObjectRange("s3://bucket/gone", "\"1\"", 0, 100);

    private static SimZone zone(KeyScheme scheme) {
        return new SimZone(1, 6, scheme, 16, 4, 4);
    }

    private static CompletableFuture<FilledChunk> ended(SimZone zone, CompletableFuture<FilledChunk> get) {
        zone.timer.advanceMillis(1_000);
        assertThat(get).isDone();
        return get;
    }

    private static void assertAbsent(SimZone zone, CompletableFuture<FilledChunk> get) {
        assertThat(code(ended(zone, get))).isEqualTo(CacheErrorCode.ABSENT);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFetchARangeWhoseKeyAloneTheOriginDoesNotKnow(KeyScheme scheme) {
        SimZone zone = zone(scheme);
        SimClient client = zone.client("c0");
        ObjectRange range = zone.origin.addRange(1_000);
        assertAbsent(zone, client.get(range.key(), 5_000));
        assertThat(ended(zone, client.get(range, 5_000)).join().source()).isEqualTo(Source.ORIGIN);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFetchARangeWhoseKeyAloneAnotherClientHasAskedFor(KeyScheme scheme) {
        SimZone zone = zone(scheme);
        SimClient client = zone.client("c0");
        ObjectRange range = zone.origin.addRange(1_000);
        assertAbsent(zone, client.get(range.key(), 5_000));
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.ABSENT);
        assertThat(ended(zone, zone.client("c1").get(range, 5_000)).join().source())
                .isEqualTo(Source.ORIGIN);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFetchARangeForWhoeverWaitsWhileItsKeyAloneTurnsOutToBeAbsent(KeyScheme scheme) {
        SimZone zone = zone(scheme);
        ObjectRange range = zone.origin.addRange(1_000);
        CompletableFuture<FilledChunk> keyAlone = zone.client("c0").get(range.key(), 5_000);
        zone.timer.advanceMillis(5);
        CompletableFuture<FilledChunk> whole = zone.client("c1").get(range, 5_000);
        CompletableFuture<FilledChunk> alsoKeyAlone = zone.client("c2").get(range.key(), 5_000);
        assertAbsent(zone, keyAlone);
        assertAbsent(zone, alsoKeyAlone);
        assertThat(ended(zone, whole).join().source()).isEqualTo(Source.ORIGIN);
        assertThat(zone.origin.total).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRememberForAllThatAKeyIsAbsentThoughNoRangeIsKnown(KeyScheme scheme) {
        SimZone zone = zone(scheme);
        SimClient client = zone.client("c0");
        ChunkKey key = new ChunkKey(1, 2, 3, 4);
        assertAbsent(zone, client.get(key, 5_000));
        assertAbsent(zone, client.get(key, 5_000));
        assertAbsent(zone, zone.client("c1").get(key, 5_000));
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRememberForAllThatARangeIsAbsent(KeyScheme scheme) {
        SimZone zone = zone(scheme);
        SimClient client = zone.client("c0");
        assertAbsent(zone, client.get(GONE, 5_000));
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.ABSENT);
        assertAbsent(zone, client.get(GONE, 5_000));
        assertAbsent(zone, zone.client("c1").get(GONE, 5_000));
        assertThat(zone.origin.total).isEqualTo(1);
    }

    /** The origin may have a chunk of that name though the object is gone. */
    @ParameterizedTest
    @EnumSource
    void shouldAskTheOriginForAKeyWhoseRangeIsAbsent(KeyScheme scheme) {
        SimZone zone = zone(scheme);
        SimClient client = zone.client("c0");
        assertAbsent(zone, client.get(GONE, 5_000));
        assertAbsent(zone, client.get(GONE.key(), 5_000));
        assertThat(zone.origin.total).isEqualTo(2);
    }

    @Test
    void shouldForgetThatARangeIsAbsentOnceItIsPrimed() {
        SimZone zone = zone(KeyScheme.OPAQUE);
        SimClient client = zone.client("c0");
        assertAbsent(zone, client.get(GONE, 5_000));
        CompletableFuture<PrimeResult> primed =
                client.filler.prime(GONE.key(), ByteBuffer.allocate(100), zone.timer.nanoTime() + 1_000_000_000L);
        zone.origin.chunks.put(GONE.key(), new byte[100]); // what the simulated reader decodes to
        zone.timer.advanceMillis(100);
        assertThat(primed).isCompleted();
        assertThat(ended(zone, client.get(GONE, 5_000)).join().source()).isEqualTo(Source.ZONE);
    }
}
