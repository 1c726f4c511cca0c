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

/** What follows for reads of an object's range from reads of its key that don't know the range, and the other way round. */
final class FillAbsentTest {

    private final SimZone zone = new SimZone(1, 6, KeyScheme.OPAQUE, 16, 4, 4);
    private final SimClient client = zone.client("c0");
    private final SimClient other = zone.client("c1");

    private CompletableFuture<FilledChunk> ended(CompletableFuture<FilledChunk> get) {
        zone.timer.advanceMillis(1_000);
        assertThat(get).isDone();
        return get;
    }

    @Test
    void shouldFetchARangeWhoseKeyAloneTheOriginDoesNotKnow() {
        ObjectRange range = zone.origin.addRange(1_000);
        assertThat(code(ended(client.get(range.key(), 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(ended(client.get(range, 5_000)).join().source()).isEqualTo(Source.ORIGIN);
    }

    @Test
    void shouldFetchARangeWhoseKeyAloneAnotherClientHasAskedFor() {
        ObjectRange range = zone.origin.addRange(1_000);
        assertThat(code(ended(client.get(range.key(), 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.UNUSED);
        assertThat(ended(other.get(range, 5_000)).join().source()).isEqualTo(Source.ORIGIN);
    }

    @Test
    void shouldRememberThatAKeyIsAbsentThoughNoRangeIsKnown() {
        ChunkKey key = new ChunkKey(1, 2, 3, 4);
        assertThat(code(ended(client.get(key, 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(code(ended(client.get(key, 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldRememberForAllThatARangeIsAbsent() {
        ObjectRange range = new ObjectRange("s3://bucket/gone", "\"1\"", 0, 100);
        assertThat(code(ended(client.get(range, 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(client.leaseEnds).containsExactly(LeaseOutcome.ABSENT);
        assertThat(code(ended(client.get(range, 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(code(ended(client.get(range.key(), 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(code(ended(other.get(range, 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(zone.origin.total).isEqualTo(1);
    }

    @Test
    void shouldForgetThatARangeIsAbsentOnceItIsPrimed() {
        ObjectRange range = new ObjectRange("s3://bucket/gone", "\"1\"", 0, 100);
        assertThat(code(ended(client.get(range, 5_000)))).isEqualTo(CacheErrorCode.ABSENT);
        CompletableFuture<PrimeResult> primed =
                client.filler.prime(range.key(), ByteBuffer.allocate(100), zone.timer.nanoTime() + 1_000_000_000L);
        zone.origin.chunks.put(range.key(), new byte[100]); // what the simulated reader decodes to
        zone.timer.advanceMillis(100);
        assertThat(primed).isCompleted();
        assertThat(ended(client.get(range, 5_000)).join().source()).isEqualTo(Source.ZONE);
    }
}
