package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogOverHttpTest {

    @TempDir
    Path directory;

    @Test
    void shouldHoldWhatThePolicyCountsAsAReferenceAndNothingElse() throws Exception {
        ChunkKey read = Stripes.key(1);
        ChunkKey primed = Stripes.key(2);
        ChunkKey absent = Stripes.key(3);
        Path file = directory.resolve("access.log");
        try (TestNode node = TestNode.start(directory.resolve("node"), Map.of("access-log", file.toString()))) {
            get(node, read, 404);
            put(node, read);
            get(node, read, 200);
            assertThat(Http.send("HEAD", node.data(path(read)), new byte[0]).statusCode())
                    .isEqualTo(200);
            put(node, primed);
            put(node, primed);
            get(node, primed, 200);
            get(node, absent, 404);
            assertThat(Http.send("HEAD", node.data(path(absent)), new byte[0]).statusCode())
                    .isEqualTo(404);
            assertThat(Http.get(node.data("/v1/chunks/xyz/stripes")).statusCode())
                    .isEqualTo(400);
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(read.toHex(), read.toHex(), primed.toHex(), primed.toHex(), absent.toHex());
    }

    @Test
    void shouldTellHowMuchItWrote() throws Exception {
        Path file = directory.resolve("access.log");
        try (TestNode node = TestNode.start(directory.resolve("node"), Map.of("access-log", file.toString()))) {
            get(node, Stripes.key(1), 404);
            await().until(() -> new String(Http.get(node.admin("/metrics")).body(), StandardCharsets.UTF_8)
                    .contains("\nzonecache_access_log_references_total 1.0"));
        }
        assertThat(Files.readAllLines(file)).isEqualTo(List.of(Stripes.key(1).toHex()));
    }

    private static void get(TestNode node, ChunkKey key, int status) throws Exception {
        assertThat(Http.get(node.data(path(key))).statusCode()).isEqualTo(status);
    }

    private static void put(TestNode node, ChunkKey key) throws Exception {
        assertThat(Http.send("PUT", node.data(path(key)), Stripes.record(key)).statusCode())
                .isEqualTo(204);
    }
}
