package io.zonecache.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.server.TestNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopSignalsTest {

    @TempDir
    Path directory;

    private final AtomicInteger ended = new AtomicInteger();
    private final StopSignals signals = new StopSignals(ended::incrementAndGet);

    @Test
    void shouldStopTheNodeThenEndTheProcessOnceAtTheFirstSignal() {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            signals.started(node.node());
            assertThat(node.node().isReady()).isTrue();
            signals.signalled();
            signals.signalled();
            await().untilAsserted(() -> assertThat(ended).hasValue(1));
            assertThat(node.node().isReady()).isFalse();
        }
    }

    @Test
    void shouldStopANodeThatWasStillStarting() {
        signals.signalled();
        assertThat(ended).hasValue(0);
        try (TestNode node = TestNode.start(directory, Map.of())) {
            signals.started(node.node());
            await().untilAsserted(() -> assertThat(ended).hasValue(1));
        }
    }

    @Test
    void shouldEndWithoutANodeAtTheSecondSignal() {
        signals.signalled();
        signals.signalled();
        assertThat(ended).hasValue(1);
    }
}
