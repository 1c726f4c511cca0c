package io.zonecache.client.internal.fill;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.ChunkKey;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a fill that has not ended waits for: its caller is told if time runs out meanwhile. */
final class FillDelayTest {

    private static final FillConfig ONE_SLOT =
            FillConfig.builder().originLimit(1).build();

    private final SimZone zone = new SimZone(1, 6, 16, 4, 4);
    private final SimClient client = zone.client("c0", ONE_SLOT);

    @BeforeEach
    void letTheOriginBeSlow() {
        zone.origin.medianMillis = 60_000;
    }

    /** What a read of the chunk waits for after a tenth of a second. */
    private String delay(SimClient reader, ChunkKey key) {
        return delay(reader, ChunkName.of(key));
    }

    private String delay(SimClient reader, ChunkName name) {
        ChunkRead read = reader.begin(name, null, zone.timer.nanoTime() + SECONDS.toNanos(30));
        CompletableFuture<FilledChunk> get =
                reader.read(read).thenCompose(found -> reader.filler.fill(read, (ZoneRead.Miss) found));
        zone.timer.advanceMillis(100);
        assertThat(get).isNotDone();
        return Objects.requireNonNull(read.lastFailure()).detail();
    }

    @Test
    void shouldNameTheOriginTheSlotsAndTheNode() {
        ChunkKey key = zone.origin.add(1_000);
        assertThat(delay(client, key))
                .isEqualTo("chunk " + key + ": still waits for an answer of " + zone.origin.describe());
        ChunkKey other = zone.origin.add(1_000);
        assertThat(delay(client, other))
                .isEqualTo("chunk " + other + ": still waits for one of this client's 1 origin slots");
        assertThat(delay(zone.client("c1", ONE_SLOT), key))
                .contains("refused by node " + zone.placed(key).get(0).id, "chunk " + key + ": being filled for ");
    }

    /** It may be of another place than the chunks that are read by their keys. */
    @Test
    void shouldNameTheObjectOfARange() {
        ObjectRange range = zone.origin.addRange(1_000);

        assertThat(delay(client, ChunkName.of(range)))
                .endsWith(": still waits for an answer of the origin of " + range.uri());
    }

    @Test
    void shouldKeepTheReasonOfARefusal() {
        ChunkKey key = zone.origin.add(1_000);
        zone.origin.medianMillis = 10;
        zone.origin.fault = bytes -> {
            throw new OriginRefusedException("404 NoSuchBucket", null);
        };
        CompletableFuture<FilledChunk> failed = client.get(key, 5_000);
        zone.timer.advanceMillis(500);
        assertThat(failed).isCompletedExceptionally();
        assertThat(delay(zone.client("c1"), key)).contains("refused by node", "failed fills of chunk " + key);
    }
}
