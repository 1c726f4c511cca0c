package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts and ends of a node as operators run it. */
@Tag("slow")
class NodeProcessTest {

    private static final String MEMORY = "256MiB";
    private static final ChunkKey KEY = Stripes.key(1);

    @TempDir
    Path directory;

    @Test
    void shouldBecomeReadyStopOnSigtermWithExit0AndComeBackWithItsStripes() throws Exception {
        byte[] record = Stripes.record(KEY);
        String epoch;
        try (NodeProcess node = new NodeProcess(directory, MEMORY).awaitReady()) {
            assertThat(Http.send("PUT", node.data(path(KEY)), record).statusCode())
                    .isEqualTo(204);
            epoch = Http.header(Http.get(node.data("/v1/view")), "Zonecache-Epoch");
            node.process().destroy();
            node.awaitExit();
            assertThat(node.process().exitValue()).as(node::log).isZero();
            assertThat(node.log()).doesNotContain("Exception");
        }
        try (NodeProcess again = new NodeProcess(directory, MEMORY).awaitReady()) {
            HttpResponse<byte[]> get = Http.get(again.data(path(KEY)));
            assertThat(get.body()).isEqualTo(record);
            assertThat(Long.parseLong(Http.header(get, "Zonecache-Epoch"))).isGreaterThan(Long.parseLong(epoch));
            again.process().destroy();
            again.awaitExit();
            assertThat(again.process().exitValue()).isZero();
        }
    }

    @Test
    void shouldComeBackAfterSigkill() throws Exception {
        try (NodeProcess node = new NodeProcess(directory, MEMORY).awaitReady()) {
            node.process().destroyForcibly();
            node.awaitExit();
        }
        try (NodeProcess again = new NodeProcess(directory, MEMORY).awaitReady()) {
            assertThat(Http.send("PUT", again.data(path(KEY)), Stripes.record(KEY))
                            .statusCode())
                    .isEqualTo(204);
        }
    }
}
