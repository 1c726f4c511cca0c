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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes, one of which takes no stripe while chunks are fetched: a while after its return, any node may be lost. */
@Tag("slow")
final class IncompleteChunksTest {

    private static final int CHUNK_BYTES = 20_000;
    private static final int CHUNKS = 60;
    private static final Duration MINUTE = Duration.ofSeconds(60);

    private final CountingOrigin origin = new CountingOrigin(0);

    private ZoneCache cache(ProxiedZone zone) {
        ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .readDeadline(Duration.ofSeconds(30))
                        .localCacheBytes(0)
                        .build())
                .origin(origin)
                .build();
        cache.whenReady().join();
        return cache;
    }

    private static void readAll(ZoneCache cache, List<ChunkKey> keys) {
        List<CompletableFuture<Chunk>> reads = keys.stream().map(cache::get).toList();
        reads.forEach(CompletableFuture::join);
    }

    private static long stripesHeld(ProxiedZone zone, ChunkKey key) {
        return zone.nodes.view().stream()
                .filter(node -> zone.nodes.node(node).store().holds(key))
                .count();
    }

    @Test
    void shouldLoseNothingToAKilledNodeAMinuteAfterAnotherOneTookNoStripes(@TempDir Path directory) {
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            keys.add(origin.add(TestZone.chunk(i, CHUNK_BYTES)));
        }
        try (ProxiedZone zone = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
                ZoneCache filling = cache(zone)) {
            zone.proxies.get(2).set(new ProxyFault.BlackHole());
            readAll(filling, keys);
            await("the write-backs have given it up").atMost(MINUTE).until(() -> {
                WriteStats writes = filling.stats().writes();
                return writes.bytesInFlight() == 0 && writes.incompleteChunks() > 0;
            });
            int fetched = origin.gets.get();
            // A chunk that was fetched out of the reserve, for want of a lease in time, is not in the zone at all.
            List<ChunkKey> written =
                    keys.stream().filter(key -> stripesHeld(zone, key) >= 4).toList();
            assertThat(written).hasSizeGreaterThan(CHUNKS / 2);
            assertThat(written).anyMatch(key -> stripesHeld(zone, key) == 4);
            zone.proxies.get(2).set(new ProxyFault.None());
            await("all stripes are stored")
                    .atMost(MINUTE)
                    .until(() -> filling.stats().writes().incompleteChunks() == 0);
            assertThat(filling.stats().writes().droppedChunks()).isZero();
            assertThat(written).allMatch(key -> stripesHeld(zone, key) == 5);
            for (int killed = 0; killed < 6; killed++) {
                zone.proxies.get(killed).set(new ProxyFault.BreakAfter(0));
                try (ZoneCache fresh = cache(zone)) {
                    readAll(fresh, written);
                }
                zone.proxies.get(killed).set(new ProxyFault.None());
            }
            assertThat(origin.gets.get() - fetched)
                    .as("origin GETs after the filling")
                    .isZero();
        }
    }
}
