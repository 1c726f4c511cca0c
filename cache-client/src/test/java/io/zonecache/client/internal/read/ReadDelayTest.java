package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a read that has not ended waits for: its caller is told if time runs out meanwhile. */
final class ReadDelayTest {

    private static final ReadOptions ONE_ROUND =
            new ReadOptions(Verification.FULL, OverRequestPolicy.ALL, 1_000, 1, 4_096, 0);

    private final ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.SHA256, ONE_ROUND, 1);
    private final ChunkKey key = zone.fill(ReadHarness.chunk(1, 1_000));

    private static CacheException delay(ChunkRead read) {
        return Objects.requireNonNull(read.lastFailure());
    }

    @Test
    void shouldNameTheNodesThatHaveNotAnswered() {
        zone.at(key, 1).mode = Mode.BY_HAND;
        zone.at(key, 3).mode = Mode.BY_HAND;
        ChunkRead read = zone.begin(key);
        CompletableFuture<ZoneRead> result = zone.reader.read(read);
        assertThat(delay(read).code()).isEqualTo(CacheErrorCode.ZONE_UNCERTAIN);
        assertThat(delay(read).detail())
                .isEqualTo("chunk " + key + ": no answer yet from nodes "
                        + zone.placement(key).get(1).id() + ", "
                        + zone.placement(key).get(3).id());
        List.copyOf(zone.at(key, 1).deliveries).forEach(FakeNode.Delivery::finish);
        assertThat(result).isCompleted();
        assertThat(read.lastFailure()).as("of a read that has ended").isNull();
    }

    @Test
    void shouldSayThatOtherReadsHaveThePlaces() {
        zone.setAll(Mode.BY_HAND);
        CompletableFuture<ZoneRead> first = zone.reader.read(zone.begin(key));
        ChunkRead second = zone.begin(zone.fill(ReadHarness.chunk(2, 1_000)));
        CompletableFuture<ZoneRead> result = zone.reader.read(second);
        assertThat(delay(second).code()).isEqualTo(CacheErrorCode.BUSY);
        assertThat(delay(second).detail())
                .isEqualTo("reads of the zone in flight in this client: 1 (expected: fewer than 1)");
        for (CompletableFuture<ZoneRead> read : List.of(first, result)) {
            zone.transport
                    .nodes
                    .values()
                    .forEach(node -> List.copyOf(node.deliveries).forEach(FakeNode.Delivery::finish));
            assertThat(read).isCompleted();
        }
    }
}
