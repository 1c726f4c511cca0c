package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.testkit.process.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A purge in a zone of two real nodes, one of which is away for a while. */
@Tag("slow")
class ZonePurgeTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final ChunkKey FIRST = Stripes.key(1);
    private static final ChunkKey SECOND = Stripes.key(2);

    @TempDir
    Path directory;

    private final Map<String, CacheNode> nodes = new HashMap<>();
    private final Map<String, Integer> clusterPorts = new HashMap<>();

    @AfterEach
    void stop() {
        nodes.values().forEach(CacheNode::close);
    }

    @Test
    void shouldHoldOnEveryNodeAlsoAfterARestartAndOnOneThatWasAway() throws Exception {
        List<Integer> ports = Ports.free(2);
        clusterPorts.putAll(Map.of("n1", ports.get(0), "n2", ports.get(1)));
        List.of("n1", "n2").parallelStream().forEach(this::start);
        awaitZone();
        put("n2", FIRST);
        put("n2", SECOND);

        JsonObject answer = purge("n1", FIRST);

        assertThat(answer.getBoolean("new")).isTrue();
        await().atMost(LIMIT).untilAsserted(() -> assertPurged("n2", FIRST));
        await().atMost(LIMIT).until(() -> !node("n2").store().holds(FIRST));
        assertPurged("n1", FIRST);
        await().atMost(LIMIT)
                .until(() -> purge("n1", FIRST).getJsonArray("lacking").isEmpty());

        node("n2").close();
        assertThat(purge("n1", SECOND).getJsonArray("lacking")).isEqualTo(JsonArray.of("n2"));
        start("n2");
        assertPurged("n2", FIRST);
        await().atMost(LIMIT).untilAsserted(() -> assertPurged("n2", SECOND));
        await().atMost(LIMIT).until(() -> !node("n2").store().holds(SECOND));
    }

    @Test
    void shouldEndRequestsHeldByOneNodeWhenAChunkIsPurgedOnAnother() throws Exception {
        List<Integer> ports = Ports.free(2);
        clusterPorts.putAll(Map.of("n1", ports.get(0), "n2", ports.get(1)));
        List.of("n1", "n2").parallelStream().forEach(this::start);
        awaitZone();
        purge("n1", FIRST);
        await().atMost(LIMIT).until(() -> token("n2").equals(token("n1")));
        String before = token("n2");

        HttpResponse<byte[]> answer = hold("n2", before);
        while (answer.statusCode() == 200) {
            answer = hold("n2", before); // the view may still change in a zone that is this young
        }

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(Http.header(answer, "Zonecache-Purges")).isEqualTo(token("n2"));
        for (String id : List.of("n2", "n1")) {
            assertThat(new JsonObject(text(Http.get(data(id, "/v1/purges?since=" + before)))))
                    .as("both nodes know the token, and what was purged since")
                    .isEqualTo(new JsonObject()
                            .put("token", token("n1"))
                            .put("complete", true)
                            .put("more", false)
                            .put("keys", JsonArray.of(SECOND.toHex())));
        }
    }

    /** Has the node hold a request for the view, and purges a chunk on the other one once it does. */
    private HttpResponse<byte[]> hold(String id, String token) throws Exception {
        String etag = Http.header(Http.get(data(id, "/v1/view")), "ETag");
        CompletableFuture<HttpResponse<byte[]>> held = HttpClient.newHttpClient()
                .sendAsync(
                        Http.request(
                                "GET",
                                data(id, "/v1/view"),
                                new byte[0],
                                "If-None-Match",
                                etag,
                                "Prefer",
                                "wait=30",
                                "Zonecache-Purges",
                                token),
                        BodyHandlers.ofByteArray());
        await().atMost(LIMIT).until(() -> held.isDone() || viewWaits(id) == 1);
        purge("n1", SECOND);
        return held.join();
    }

    private int viewWaits(String id) throws Exception {
        URI stats = URI.create("http://127.0.0.1:" + node(id).adminPort() + "/v1/stats");
        return new JsonObject(text(Http.get(stats))).getJsonObject("load").getInteger("viewWaits");
    }

    private String token(String id) throws Exception {
        return Http.header(Http.get(data(id, path(FIRST))), "Zonecache-Purges");
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private void start(String id) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "zone", "test", "id", id, "port", "0", "admin-port", "0", "memory", "128MiB", "capacity", "256MiB"));
        settings.put("data-dir", directory.resolve(id).toString());
        settings.put("cluster-port", String.valueOf(clusterPorts.get(id)));
        settings.put("expected-nodes", "2");
        settings.put("peers", "127.0.0.1:" + clusterPorts.get("n1") + ",127.0.0.1:" + clusterPorts.get("n2"));
        CacheNode started = CacheNode.start(NodeConfig.of(settings));
        synchronized (nodes) {
            nodes.put(id, started);
        }
    }

    private CacheNode node(String id) {
        return Objects.requireNonNull(nodes.get(id), id);
    }

    private void awaitZone() {
        await().atMost(LIMIT)
                .until(() -> nodes.values().stream()
                        .allMatch(node ->
                                node.isReady() && node.membership().status().membersPresent() == 2));
    }

    private void put(String id, ChunkKey key) throws Exception {
        assertThat(Http.send("PUT", data(id, path(key)), Stripes.record(key)).statusCode())
                .isEqualTo(204);
    }

    private JsonObject purge(String id, ChunkKey key) throws Exception {
        String token =
                Files.readString(directory.resolve(id).resolve("admin-token")).trim();
        URI uri = URI.create("http://127.0.0.1:" + node(id).adminPort() + "/v1/purge/" + key);
        HttpResponse<byte[]> answer = Http.send("POST", uri, new byte[0], "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).isEqualTo(200);
        return new JsonObject(new String(answer.body(), StandardCharsets.UTF_8));
    }

    private void assertPurged(String id, ChunkKey key) throws Exception {
        assertProblem(Http.get(data(id, path(key))), CacheErrorCode.PURGED);
        assertProblem(Http.send("PUT", data(id, path(key)), Stripes.record(key)), CacheErrorCode.PURGED);
        assertProblem(Http.send("POST", data(id, "/v1/chunks/" + key + "/lease"), new byte[0]), CacheErrorCode.PURGED);
    }

    private URI data(String id, String path) {
        return URI.create("http://127.0.0.1:" + node(id).port() + path);
    }
}
