package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.internal.Futures;
import io.zonecache.membership.Membership;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.CacheNode;
import io.zonecache.server.NodeParts;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import io.zonecache.testkit.process.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What an operator has purged at one node leaves the workers' own memory, though they ask the zone for nothing. How soon: PurgesInTimeTest. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PurgedChunksTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int NODES = 3;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<CacheNode> nodes = new ArrayList<>();
    private Path directory;

    /** Nodes that find each other, and tell each other of purges. */
    @BeforeAll
    void startZone(@TempDir Path temporary) {
        directory = temporary;
        List<Integer> clusterPorts = Ports.free(NODES);
        String peers = clusterPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (int i = 0; i < NODES; i++) {
            Map<String, String> settings = Map.of(
                    "zone",
                    "purged",
                    "id",
                    "n" + i,
                    "bind",
                    "127.0.0.1",
                    "port",
                    "0",
                    "admin-port",
                    "0",
                    "code",
                    "2-of-3",
                    "expected-nodes",
                    String.valueOf(NODES),
                    "cluster-port",
                    clusterPorts.get(i).toString(),
                    "peers",
                    peers,
                    "data-dir",
                    directory.resolve("n" + i).toString());
            nodes.add(CacheNode.start(NodeConfig.of(settings), new NodeParts() {
                @Override
                public StripeStore openStore(NodeConfig ignored, RebuildRules rules) {
                    return StripeStores.inMemory(1 << 20);
                }

                @Override
                public Membership join(NodeConfig config, String address, PurgeList purgeList) {
                    return REAL.join(config, address, purgeList);
                }
            }));
        }
        await().atMost(LONG).until(() -> nodes.stream().allMatch(CacheNode::isReady));
    }

    @AfterAll
    void stopZone() {
        nodes.forEach(CacheNode::close);
    }

    @Test
    void shouldDropAPurgedChunkFromTheLocalCacheOfAClientThatAsksForNothingElse() throws Exception {
        byte[] purged = TestZone.chunk(1, 10_000);
        byte[] kept = TestZone.chunk(2, 10_000);
        ClientConfig config = ClientConfig.builder()
                .nodes(nodes.stream().map(CacheNode::address).toList())
                .readDeadline(LONG)
                .build();
        try (ZoneCache cache = ZoneCache.builder().config(config).build()) {
            await().atMost(LONG)
                    .until(() -> cache.view().map(view -> view.nodes().size()).orElse(0) == NODES);
            ChunkKey key = ChunkKey.sha256Of(purged);
            assertThat(cache.prime(key, purged).join().isReadable()).isTrue();
            assertThat(cache.prime(ChunkKey.sha256Of(kept), kept).join().isReadable())
                    .isTrue();
            cache.read(key);
            cache.read(ChunkKey.sha256Of(kept));
            assertThat(cache.read(key).toBytes()).isEqualTo(purged);
            assertThat(cache.stats().reads().fromLocal()).isEqualTo(1);
            purge(nodes.get(1), key);
            await().atMost(LONG).until(() -> isPurged(cache, key));
            assertThat(cache.read(ChunkKey.sha256Of(kept)).toBytes()).isEqualTo(kept);
            assertThat(cache.stats().reads().fromZone())
                    .as("the other chunk stayed")
                    .isEqualTo(2);
        }
    }

    private static boolean isPurged(ZoneCache cache, ChunkKey key) {
        return cache.get(key)
                .handle((chunk, failure) ->
                        failure != null && Futures.asCacheException(failure).code() == CacheErrorCode.PURGED)
                .join();
    }

    private void purge(CacheNode node, ChunkKey key) throws Exception {
        String token = Files.readString(directory.resolve(node.config().id()).resolve("admin-token"))
                .trim();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.adminPort() + "/v1/purge/" + key.toHex()))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
    }
}
