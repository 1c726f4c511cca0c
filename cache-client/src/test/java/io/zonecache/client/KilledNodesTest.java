package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes that hold every stripe, one of which is killed just when another one has not been heard for a moment; again and again. */
@Tag("slow")
final class KilledNodesTest {

    private static final int NODES = 6;
    private static final int CHUNKS = 60;
    private static final int KILLS = Integer.getInteger("zonecache.test.kills", 10);
    private static final long SEED = Long.getLong("zonecache.test.kill-seed", 1);
    private static final Duration MINUTE = Duration.ofSeconds(60);

    /** It has nothing: no read needs it. */
    private final CountingOrigin origin = new CountingOrigin(0);

    @Test
    void shouldAskTheOriginForNothingWhicheverNodeIsKilledAndWhicheverStalls(@TempDir Path directory) {
        Random random = new Random(SEED);
        try (ProxiedZone zone = ProxiedZone.start(directory, NODES, "4-of-5", Map.of());
                ZoneCache cache = ZoneCache.builder()
                        .config(ClientConfig.builder()
                                .nodes(zone.addresses())
                                .readDeadline(Duration.ofSeconds(30))
                                .localCacheBytes(0)
                                .build())
                        .origin(origin)
                        .build()) {
            cache.whenReady().join();
            List<ChunkKey> keys = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                byte[] chunk = TestZone.chunk(i, 20_000);
                zone.nodes.fill(chunk);
                keys.add(ChunkKey.sha256Of(chunk));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                int stalled = random.nextInt(NODES);
                int killed = (stalled + 1 + random.nextInt(NODES - 1)) % NODES;
                zone.proxies.get(stalled).set(new ProxyFault.BlackHole());
                await("the silent node is skipped").atMost(MINUTE).until(() -> {
                    readAll(cache, keys);
                    return cache.stats().nodesSkipped() > 0;
                });
                zone.proxies.get(stalled).set(new ProxyFault.None());
                zone.proxies.get(killed).set(new ProxyFault.BreakAfter(0));
                zone.proxies.get(killed).breakAll();
                readAll(cache, keys);
                zone.proxies.get(killed).set(new ProxyFault.None());
                await("all nodes are asked again").atMost(MINUTE).until(() -> {
                    readAll(cache, keys);
                    return cache.stats().nodesSkipped() == 0;
                });
                assertThat(origin.gets)
                        .as("origin GETs after kill %d of %s, with %s stalled, seed %d", kill, killed, stalled, SEED)
                        .hasValue(0);
            }
        }
    }

    private static void readAll(ZoneCache cache, List<ChunkKey> keys) {
        List<CompletableFuture<Chunk>> reads = keys.stream().map(cache::get).toList();
        reads.forEach(CompletableFuture::join);
    }
}
