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
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A purge in a zone of two real nodes, one of which is away for a while. */
@Tag("slow")
class ZonePurgeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
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
        await().atMost(PATIENCE).untilAsserted(() -> assertPurged("n2", FIRST));
        await().atMost(PATIENCE).until(() -> !node("n2").store().holds(FIRST));
        assertPurged("n1", FIRST);
        await().atMost(PATIENCE)
                .until(() -> purge("n1", FIRST).getJsonArray("lacking").isEmpty());

        node("n2").close();
        assertThat(purge("n1", SECOND).getJsonArray("lacking")).isEqualTo(JsonArray.of("n2"));
        start("n2");
        assertPurged("n2", FIRST);
        await().atMost(PATIENCE).untilAsserted(() -> assertPurged("n2", SECOND));
        await().atMost(PATIENCE).until(() -> !node("n2").store().holds(SECOND));
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
        await().atMost(PATIENCE)
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
