package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An answer that comes between the rounds of a read, from the node that left it undecided. */
final class LateAnswerTest {

    /** Hits earn no retries. */
    private static final ReadOptions OPTIONS =
            new ReadOptions(Verification.FULL, OverRequestPolicy.ALL, 1_000, 64, 4_096, 0);

    private final ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.SHA256, OPTIONS, 1);

    @Test
    void shouldLetAllReadsThatItLeftUndecidedAskAgainWithoutPaying() {
        ChunkKey key = zone.fill(ReadHarness.chunk(1, 1_000));
        ChunkKey other = zone.fill(ReadHarness.chunk(2, 1_000));
        FakeNode late = zone.at(key, 1);
        late.mode = Mode.BY_HAND;
        zone.at(key, 0).drop(key);
        List<CompletableFuture<ZoneRead>> reads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            reads.add(zone.reader.read(zone.begin(key)));
        }
        for (int millis = 0; zone.reader.roundsInFlight() > 0; millis += 10) {
            assertThat(millis).as("until the node is silent").isLessThan(900);
            zone.timer.advanceMillis(10);
            assertThat(zone.reader.read(zone.begin(other)))
                    .as("so that other nodes are heard")
                    .isCompleted();
        }
        List.copyOf(late.deliveries).forEach(FakeNode.Delivery::finish);
        late.mode = Mode.SERVING;
        zone.timer.advanceMillis(11);
        assertThat(reads).allMatch(read -> read.isDone() && read.join() instanceof ZoneRead.Hit);
    }
}
