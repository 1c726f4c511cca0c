package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static io.zonecache.server.StripesOverHttpTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The view, leases, HTTP/2 and what the node runs on. */
class DataPlaneTest {

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
    void shouldSendTheViewWithItsVersion() throws Exception {
        HttpResponse<byte[]> response = Http.get(node.data("/v1/view"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Http.header(response, "Content-Type")).isEqualTo("application/json");
        EncodedView view = ViewJson.decode(text(response));
        assertThat(view).isEqualTo(node.membership().view());
        assertThat(Http.header(response, "ETag")).isEqualTo(view.version().etag());
        assertThat(view.view().nodes().get(0).address()).isEqualTo("127.0.0.1:" + node.port());
    }

    @Test
    void shouldSayThatTheViewIsUnchanged() throws Exception {
        String etag = node.membership().view().version().etag();
        HttpResponse<byte[]> response = Http.get(node.data("/v1/view"), "If-None-Match", etag);
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(Http.header(response, "ETag")).isEqualTo(etag);
        assertThat(Http.get(node.data("/v1/view"), "If-None-Match", "\"1-0000000000000000\"")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldAnswerAWaitForTheViewOnceItChanges() {
        String etag = node.membership().view().version().etag();
        CompletableFuture<HttpResponse<byte[]>> waiting = HttpClient.newHttpClient()
                .sendAsync(
                        Http.request(
                                "GET", node.data("/v1/view"), new byte[0], "If-None-Match", etag, "Prefer", "wait=20"),
                        BodyHandlers.ofByteArray());
        await().untilAsserted(() -> assertThat(stats().getJsonObject("load").getInteger("viewWaits"))
                .isEqualTo(1));
        ZoneNode self = node.membership().view().view().nodes().get(0);
        node.membership().replaceNodes(List.of(self, new ZoneNode("n2", "10.0.0.2:7400", "n2", 1, NodeState.UP)));
        HttpResponse<byte[]> response = waiting.join();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(ViewJson.decode(text(response)).view().nodes()).hasSize(2);
        assertThat(Http.header(response, "Zonecache-Epoch")).isEqualTo("1001");
    }

    @Test
    void shouldEndAWaitForTheViewWhenItsTimeIsUp() throws Exception {
        String etag = node.membership().view().version().etag();
        HttpResponse<byte[]> response = Http.get(node.data("/v1/view"), "If-None-Match", etag, "Prefer", "wait=1");
        assertThat(response.statusCode()).isEqualTo(304);
        await().untilAsserted(() -> assertThat(stats().getJsonObject("load").getInteger("viewWaits"))
                .isZero());
    }

    @Test
    void shouldForgetAWaitForTheViewWhenItsClientGoes() throws Exception {
        String etag = node.membership().view().version().etag();
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("GET /v1/view HTTP/1.1\r\nHost: n\r\nPrefer: wait=20\r\nIf-None-Match: " + etag + "\r\n\r\n");
            await().untilAsserted(() -> assertThat(stats().getJsonObject("load").getInteger("viewWaits"))
                    .isEqualTo(1));
        }
        await().untilAsserted(() -> assertThat(stats().getJsonObject("load").getInteger("viewWaits"))
                .isZero());
    }

    /** A node grants nothing during its first lease lifetime, and a request that cannot wait is told so. */
    @Test
    void shouldAnswerARequestForALease() throws Exception {
        HttpResponse<byte[]> response =
                Http.send("POST", node.data("/v1/chunks/" + KEY + "/lease?waitMillis=0"), new byte[0]);
        assertThat(response.statusCode()).isIn(429, 503);
        assertThat(new JsonObject(text(response)).getString("code")).isIn("ORIGIN_LIMIT", "BUSY");
        assertThat(Http.header(response, "Retry-After")).isNotEmpty();
    }

    @Test
    void shouldGrantALeaseAndTellOthersOnceTheChunkIsFilled() throws Exception {
        String path = "/v1/chunks/" + KEY + "/lease";
        List<HttpResponse<byte[]>> answers = new ArrayList<>();
        await().atMost(java.time.Duration.ofSeconds(60)).until(() -> {
            HttpResponse<byte[]> answer = Http.send("POST", node.data(path + "?waitMillis=2000"), new byte[0]);
            answers.add(answer);
            return answer.statusCode() == 201;
        });
        JsonObject granted = new JsonObject(text(answers.get(answers.size() - 1)));
        assertThat(granted.getLong("expiresInMillis")).isBetween(1L, 5_000L);
        HttpResponse<byte[]> other = Http.send("POST", node.data(path + "?waitMillis=0"), new byte[0]);
        assertRefused(other, CacheErrorCode.FILLING);
        HttpResponse<byte[]> end = Http.send(
                "DELETE", node.data(path + "/" + granted.getString("lease") + "?outcome=filled"), new byte[0]);
        assertThat(end.statusCode()).isEqualTo(204);
        HttpResponse<byte[]> filled = Http.send("POST", node.data(path + "?waitMillis=0"), new byte[0]);
        assertThat(filled.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(text(filled))).isEqualTo(new JsonObject().put("state", "FILLED"));
        assertProblem(
                Http.send("DELETE", node.data(path + "/abc?outcome=perhaps"), new byte[0]), CacheErrorCode.BAD_REQUEST);
    }

    @Test
    void shouldServeHttp2OnTheSamePort() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        byte[] record = Stripes.record(KEY, Stripes.WHOLE, 0, 3_000_000);
        HttpResponse<byte[]> upgrade =
                client.send(Http.request("GET", node.data("/v1/view"), new byte[0]), BodyHandlers.ofByteArray());
        assertThat(upgrade.version()).isEqualTo(HttpClient.Version.HTTP_2);
        HttpResponse<byte[]> put =
                client.send(Http.request("PUT", node.data(path(KEY)), record), BodyHandlers.ofByteArray());
        assertThat(put.statusCode()).isEqualTo(204);
        List<CompletableFuture<HttpResponse<byte[]>>> reads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            reads.add(client.sendAsync(
                    Http.request("GET", node.data(path(KEY)), new byte[0]), BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> read : reads) {
            assertThat(read.join().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(read.join().body()).isEqualTo(record);
        }
        ChunkKey other = Stripes.key(2);
        byte[] bad = Stripes.record(other);
        bad[5000] ^= 1;
        assertProblem(
                client.send(Http.request("PUT", node.data(path(other)), bad), BodyHandlers.ofByteArray()),
                CacheErrorCode.CHECKSUM_MISMATCH);
        assertProblem(
                client.send(Http.request("GET", node.data("/nothing"), new byte[0]), BodyHandlers.ofByteArray()),
                CacheErrorCode.NO_SUCH_RESOURCE);
        await().untilAsserted(() -> assertThat(node.node().bytesInFlight()).isZero());
    }

    @Test
    void shouldRunOnTheNativeTransport() {
        assertThat(node.node().isNativeTransport()).isTrue();
    }

    @Test
    void shouldKeepNoBytesOnceAnswersAreWritten() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        for (int i = 0; i < 50; i++) {
            Http.get(node.data(path(KEY)));
        }
        await().untilAsserted(() -> {
            assertThat(node.node().bytesInFlight()).isZero();
            assertThat(node.node().requestsInFlight()).isZero();
        });
    }

    private JsonObject stats() throws Exception {
        return new JsonObject(text(Http.get(node.admin("/v1/stats"))));
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
