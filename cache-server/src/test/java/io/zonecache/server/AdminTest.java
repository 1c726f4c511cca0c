package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static io.zonecache.server.StripesOverHttpTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTest {

    private static final ChunkKey KEY = Stripes.key(1);

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(directory, Map.of());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldBeLiveAndReadyInItsZone() throws Exception {
        assertThat(Http.get(node.admin("/health/live")).statusCode()).isEqualTo(200);
        assertThat(Http.get(node.admin("/health/ready")).statusCode()).isEqualTo(200);
        assertThat(node.node().isReady()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/drain",
                "/v1/empty",
                "/v1/purge/" + "0000000000000000000000000000000000000000000000000000000000000000"
            })
    void shouldChangeNothingWithoutTheToken(String path) throws Exception {
        HttpResponse<byte[]> without = Http.send("POST", node.admin(path), new byte[0]);
        assertProblem(without, CacheErrorCode.UNAUTHENTICATED);
        assertThat(Http.header(without, "WWW-Authenticate")).isEqualTo("Bearer");
        assertProblem(
                Http.send("POST", node.admin(path), new byte[0], "Authorization", "Bearer guess"),
                CacheErrorCode.FORBIDDEN);
        assertProblem(Http.get(node.admin(path)), CacheErrorCode.METHOD_NOT_ALLOWED);
        assertThat(node.node().isReady()).isTrue();
    }

    @Test
    void shouldKeepItsTokenForItsOwnersEyes() throws Exception {
        Path token = directory.resolve("admin-token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(token).trim()).hasSizeGreaterThan(40);
    }

    @Test
    void shouldForgetEveryStripeWhenEmptied() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        assertThat(admin("/v1/empty").statusCode()).isEqualTo(200);
        assertThat(Http.get(node.data(path(KEY))).statusCode()).isEqualTo(404);
        assertThat(Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY)).statusCode())
                .isEqualTo(204);
    }

    @Test
    void shouldAnswer410ForAPurgedChunkForGoodAlsoAfterARestart() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        HttpResponse<byte[]> purge = admin("/v1/purge/" + KEY);
        assertThat(purge.statusCode()).isEqualTo(200);
        assertThat(json(purge))
                .isEqualTo(new JsonObject()
                        .put("purged", KEY.toHex())
                        .put("new", true)
                        .put("lacking", new JsonArray()));
        assertThat(json(admin("/v1/purge/" + KEY)).getBoolean("new")).isFalse();
        assertPurged();
        assertThat(node.store().holds(KEY)).isFalse();
        node.close();
        Files.writeString(
                directory.resolve("purged"), "0123", java.nio.file.StandardOpenOption.APPEND); // as a crash leaves it
        node = TestNode.start(directory, Map.of());
        assertPurged();
        ChunkKey other = Stripes.key(2);
        assertThat(admin("/v1/purge/" + other).statusCode()).isEqualTo(200);
        node.close();
        node = TestNode.start(directory, Map.of());
        assertPurged();
        assertProblem(Http.get(node.data(path(other))), CacheErrorCode.PURGED);
    }

    @Test
    void shouldRefuseToPurgeWhatIsNoKey() throws Exception {
        assertProblem(admin("/v1/purge/abc"), CacheErrorCode.BAD_KEY);
    }

    @Test
    void shouldLeaveTheZoneWhenDrainedAndStillServeWhatItHolds() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        assertThat(admin("/v1/drain").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> ready = Http.get(node.admin("/health/ready"));
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(json(ready).getString("reason")).isEqualTo("draining");
        assertThat(Http.get(node.admin("/health/live")).statusCode()).isEqualTo(200);
        assertThat(Http.get(node.data(path(KEY))).statusCode()).isEqualTo(200);
        assertProblem(Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY)), CacheErrorCode.DRAINING);
        assertRefused(
                Http.send("POST", node.data("/v1/chunks/" + KEY + "/lease"), new byte[0]), CacheErrorCode.DRAINING);
    }

    @Test
    void shouldTellItsFiguresAsJson() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        await().untilAsserted(() -> {
            JsonObject stats = json(Http.get(node.admin("/v1/stats")));
            assertThat(stats.getString("zone")).isEqualTo("test");
            assertThat(stats.getString("id")).isEqualTo("n1");
            assertThat(stats.getLong("epoch")).isEqualTo(1000);
            assertThat(stats.getBoolean("ready")).isTrue();
            assertThat(stats.getJsonObject("store").getLong("stripes")).isEqualTo(1);
            assertThat(stats.getJsonObject("memoryBytes").getLong("total")).isEqualTo(256L << 20);
        });
    }

    @Test
    void shouldAnswerUnknownAdminPaths() throws Exception {
        assertProblem(Http.get(node.admin("/v1/view")), CacheErrorCode.NO_SUCH_RESOURCE);
    }

    private void assertPurged() throws Exception {
        assertProblem(Http.get(node.data(path(KEY))), CacheErrorCode.PURGED);
        assertProblem(Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY)), CacheErrorCode.PURGED);
        assertProblem(Http.send("POST", node.data("/v1/chunks/" + KEY + "/lease"), new byte[0]), CacheErrorCode.PURGED);
    }

    private HttpResponse<byte[]> admin(String path) throws Exception {
        String token = Files.readString(directory.resolve("admin-token")).trim();
        return Http.send("POST", node.admin(path), new byte[0], "Authorization", "Bearer " + token);
    }

    private static JsonObject json(HttpResponse<byte[]> response) {
        return new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
    }
}
