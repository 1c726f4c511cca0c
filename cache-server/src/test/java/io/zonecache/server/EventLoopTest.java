package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.zonecache.model.ChunkKey;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class EventLoopTest {

    private static final ChunkKey KEY = Stripes.key(1);

    @TempDir
    Path directory;

    @Test
    void shouldNotBlockAnEventLoopWhateverTheDiskDoes() throws Exception {
        Logger checker = (Logger) LoggerFactory.getLogger("io.vertx.core.impl.BlockedThreadChecker");
        ListAppender<ILoggingEvent> complaints = new ListAppender<>();
        complaints.start();
        checker.addAppender(complaints);
        SlowStore disk = new SlowStore();
        try (TestNode node = TestNode.start(directory, Map.of("queue-age", "10s"), disk::over)) {
            byte[] large = Stripes.record(KEY, Stripes.WHOLE, 0, 16 << 20);
            assertThat(Http.send("PUT", node.data(path(KEY)), large).statusCode())
                    .isEqualTo(204);
            try (RawConnection read = new RawConnection(node.port());
                    RawConnection report = new RawConnection(node.port())) {
                read.send("GET " + path(KEY) + " HTTP/1.1\r\nHost: n\r\n\r\n");
                report.send("DELETE " + path(KEY) + "?if=corrupt HTTP/1.1\r\nHost: n\r\n\r\n");
                await().until(() -> disk.waiting() == 2);
                long hungNanos = System.nanoTime();
                await().until(() -> System.nanoTime() - hungNanos > 1_000_000 * 3 / 2 * TestNode.MAX_EVENT_LOOP_MILLIS);
                assertThat(Http.get(node.data("/v1/view")).statusCode()).isEqualTo(200);
                assertThat(Http.get(node.admin("/metrics")).statusCode()).isEqualTo(200);
                disk.release();
                assertThat(read.receive().body()).isEqualTo(large);
                assertThat(report.receive().status()).isEqualTo(204);
            }
        } finally {
            checker.detachAppender(complaints);
        }
        assertThat(complaints.list).isEmpty();
    }
}
