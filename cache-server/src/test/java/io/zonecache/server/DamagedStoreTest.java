package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.server.config.NodeConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real node on a disk that has damaged its store, or takes no writes. */
@Tag("slow")
class DamagedStoreTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int STRIPES = 60;
    private static final int PURGED = 7;

    @TempDir
    Path data;

    @Test
    void shouldServeItsStripesAgainButNotWhatWasPurged() throws Exception {
        try (CacheNode node = start()) {
            for (int i = 0; i < STRIPES; i++) {
                put(node, i);
            }
            assertThat(admin(node, "/v1/purge/" + Stripes.key(PURGED)).statusCode())
                    .isEqualTo(200);
        }
        damageTheManifest();
        try (CacheNode node = start()) {
            await().atMost(LIMIT).until(() -> node.store().stats().unreadBytes() == 0);
            for (int i = 0; i < STRIPES; i++) {
                HttpResponse<byte[]> found = Http.get(data(node, i));
                if (i == PURGED) {
                    assertProblem(found, CacheErrorCode.PURGED);
                    assertThat(node.store().holds(Stripes.key(i))).isFalse();
                } else {
                    assertThat(found.body()).isEqualTo(Stripes.record(Stripes.key(i)));
                }
            }
            await().atMost(LIMIT).until(() -> unreadBytes(node) == 0);
        }
    }

    @Test
    void shouldSayThatItIsNotEmptiedAndKeepWhatItHasWhereTheDiskTakesNoMark() throws Exception {
        try (CacheNode node = start()) {
            put(node, 1);
            Path marks = data.resolve("store/marks");
            Files.delete(marks);
            Files.createDirectory(marks);

            HttpResponse<byte[]> answer = admin(node, "/v1/empty");

            assertProblem(answer, CacheErrorCode.STORAGE_FULL);
            assertThat(textOf(answer)).contains("is not emptied");
            assertThat(Http.get(data(node, 1)).statusCode()).isEqualTo(200);
        }
    }

    private void damageTheManifest() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("store"))) {
            Path manifest = files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(manifest);
            bytes[bytes.length / 2] ^= 1;
            Files.write(manifest, bytes);
        }
    }

    private static void put(CacheNode node, int number) throws Exception {
        assertThat(Http.send("PUT", data(node, number), Stripes.record(Stripes.key(number)))
                        .statusCode())
                .isEqualTo(204);
    }

    private HttpResponse<byte[]> admin(CacheNode node, String path) throws Exception {
        String token = Files.readString(data.resolve("admin-token")).strip();
        return Http.send("POST", adminUri(node, path), new byte[0], "Authorization", "Bearer " + token);
    }

    private static long unreadBytes(CacheNode node) throws Exception {
        JsonObject stats = new JsonObject(textOf(Http.get(adminUri(node, "/v1/stats"))));
        return stats.getJsonObject("store").getLong("unreadBytes");
    }

    private static String textOf(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static URI data(CacheNode node, int number) {
        return URI.create("http://127.0.0.1:" + node.port() + path(Stripes.key(number)));
    }

    private static URI adminUri(CacheNode node, String path) {
        return URI.create("http://127.0.0.1:" + node.adminPort() + path);
    }

    private CacheNode start() {
        CacheNode node = CacheNode.start(NodeConfig.of(
                Map.of("zone", "test", "id", "n1", "port", "0", "admin-port", "0", "data-dir", data.toString())));
        await().atMost(LIMIT).until(node::isReady);
        return node;
    }
}
