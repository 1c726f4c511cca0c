package io.zonecache.client.origin.http;

import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.ClientConfig;
import io.zonecache.client.TestZone;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.file.ChunkFile;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginProvider;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.testkit.origin.ObjectStoreContract;
import io.zonecache.testkit.origin.StoreFault;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The seam of origins holds for a store that nothing else in the tree knows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HttpOriginTest extends ObjectStoreContract {

    private final List<Origin> opened = new ArrayList<>();
    private final WebServer server = new WebServer();
    private final Origin origin = open("/chunks/", Map.of());

    HttpOriginTest() throws Exception {}

    private Origin open(String prefix, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("token", WebServer.TOKEN);
        Origin added = Origins.parse(server.at(prefix).toString(), all);
        opened.add(added);
        return added;
    }

    @AfterAll
    void stop() {
        opened.forEach(Origin::close);
        server.close();
    }

    @Override
    protected Origin origin() {
        return origin;
    }

    @Override
    protected Origin originOf(int maxChunkBytes) {
        return open("/chunks/", Map.of("maxChunkBytes", String.valueOf(maxChunkBytes)));
    }

    @Override
    protected Origin missingPlace() {
        return open("/closed/", Map.of());
    }

    @Override
    protected void plant(ChunkKey key, byte[] bytes) {
        server.put("/chunks/" + key.toHex().substring(0, 2) + "/" + key.toHex(), bytes);
    }

    @Override
    protected String put(String name, byte[] bytes) {
        String path = "/objects/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        server.put(path, bytes);
        return server.at(path).toString();
    }

    @Override
    protected int requestsInFlight() {
        return server.hanging();
    }

    @Override
    protected void setFault(StoreFault fault) {
        server.setFault(fault);
    }

    @Test
    void shouldBeFoundBesideTheOthers() {
        assertThat(Origins.providers()).extracting(OriginProvider::scheme).containsExactly("file", "http", "s3");
    }

    @Test
    void shouldFillAZoneWithChunksAndWithRanges(@TempDir Path directory) throws Exception {
        byte[] chunk = chunk(40, 5_000);
        ChunkKey key = store(origin, chunk);
        byte[] object = chunk(41, 300_000);
        String uri = put("weights.bin", object);
        try (TestZone zone = TestZone.start(directory, 5, "4-of-5", KeyScheme.OPAQUE)) {
            int before = server.gets();
            for (int i = 0; i < 2; i++) {
                try (ZoneCache cache = client(zone)) {
                    assertThat(cache.read(key, Duration.ofSeconds(30)).toBytes())
                            .isEqualTo(chunk);
                    ChunkFile file = ChunkFile.ofObject(cache, cache.stat(uri).get(), 100_000);
                    try (InputStream in = file.stream()) {
                        assertThat(in.readAllBytes()).isEqualTo(object);
                    }
                    cache.whenIdle().get();
                }
            }
            assertThat(server.gets() - before)
                    .as("GETs of one chunk and three ranges")
                    .isEqualTo(4);
        }
    }

    private ZoneCache client(TestZone zone) {
        ClientConfig config = ClientConfig.builder()
                .nodes(zone.addresses())
                .localCacheBytes(0)
                .build();
        return ZoneCache.builder()
                .config(config)
                .origin(open("/chunks/", Map.of()))
                .build();
    }
}
