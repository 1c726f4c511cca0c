package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.testkit.proxy.FaultProxy;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parts of a zone of real nodes fail, and every promise holds: what fails, and what the origin is asked, is counted. */
@Tag("slow")
final class PartialFailureTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CHUNK_BYTES = 20_000;

    private final CountingOrigin origin = new CountingOrigin(40);

    private static ClientConfig.Builder config(List<String> nodes) {
        return ClientConfig.builder()
                .nodes(nodes)
                .readDeadline(Duration.ofSeconds(30))
                .localCacheBytes(0);
    }

    private ZoneCache cache(ClientConfig config) {
        ZoneCache cache = ZoneCache.builder().config(config).origin(origin).build();
        cache.whenReady().join();
        return cache;
    }

    private static List<CompletableFuture<Chunk>> readAll(ZoneCache cache, List<ChunkKey> keys) {
        return keys.stream().map(cache::get).toList();
    }

    private static void awaitAll(List<CompletableFuture<Chunk>> reads) {
        await().atMost(LONG).until(() -> reads.stream().allMatch(CompletableFuture::isDone));
        assertThat(reads).allSatisfy(read -> assertThat(read).isCompleted());
    }

    private List<ChunkKey> cold(int count) {
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(origin.add(TestZone.chunk(1_000_000L + i, CHUNK_BYTES)));
        }
        return keys;
    }

    private List<ChunkKey> filled(TestZone zone, int count) {
        return filled(zone, count, CHUNK_BYTES);
    }

    private List<ChunkKey> filled(TestZone zone, int count, int chunkBytes) {
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] chunk = TestZone.chunk(i, chunkBytes);
            zone.fill(chunk);
            keys.add(origin.add(chunk));
        }
        return keys;
    }

    /** Until the nodes' first lease lifetimes are over: before that, all questions wait at nodes that are well. */
    private void awaitLeases(ProxiedZone zone) {
        try (ZoneCache other = cache(config(zone.addresses()).build())) {
            awaitAll(readAll(other, cold(300).subList(200, 300)));
            other.whenIdle().join();
        }
        origin.gets.set(0);
    }

    @Test
    void shouldReadFromTheOriginWithinItsReserveWhileTheWholeZoneIsSilent(@TempDir Path directory) {
        try (ProxiedZone zone = ProxiedZone.start(
                        directory, 6, "4-of-5", Map.of("expected-clients", "1", "origin-reserve", "4"));
                ZoneCache cache = cache(config(zone.addresses()).build())) {
            List<ChunkKey> keys = filled(zone.nodes, 20);
            awaitAll(readAll(cache, keys));
            assertThat(origin.gets).hasValue(0);
            zone.setAll(new ProxyFault.BlackHole());
            awaitAll(readAll(cache, keys));
            assertThat(origin.gets).hasValue(20);
            assertThat(cache.stats().origin().uncoordinated()).isEqualTo(20);
            zone.setAll(new ProxyFault.None());
            await().atMost(LONG).until(() -> {
                int before = origin.gets.get();
                awaitAll(readAll(cache, keys));
                return origin.gets.get() == before;
            });
        }
    }

    private static List<ProxyFault> outages() {
        return List.of(new ProxyFault.BlackHole(), new ProxyFault.BreakAfter(1));
    }

    /** The reserve serves 4 of 80 reads at a time, 2 s each. */
    @ParameterizedTest
    @MethodSource("outages")
    void shouldServeReadsThatWaitForTheReserveFromTheZoneOnceItIsBack(ProxyFault outage, @TempDir Path directory) {
        try (ProxiedZone zone = ProxiedZone.start(
                        directory, 6, "4-of-5", Map.of("expected-clients", "1", "origin-reserve", "4"));
                ZoneCache cache =
                        cache(config(zone.addresses()).readDeadline(LONG).build())) {
            List<ChunkKey> keys = filled(zone.nodes, 80);
            awaitAll(readAll(cache, keys));
            origin.latencyMillis = 2_000;
            zone.setAll(outage);
            long fromZone = cache.stats().reads().fromZone();
            List<CompletableFuture<Chunk>> reads = readAll(cache, keys);
            await().atMost(LONG).until(() -> cache.stats().origin().uncoordinated() >= 8);
            zone.setAll(new ProxyFault.None());
            long before = cache.stats().origin().uncoordinated();
            awaitAll(reads);
            assertThat(cache.stats().origin().uncoordinated() - before)
                    .as("turns that came before a node was heard")
                    .isLessThanOrEqualTo(12);
            assertThat(cache.stats().reads().fromZone() - fromZone)
                    .as("reads that the zone has served")
                    .isGreaterThanOrEqualTo(keys.size() - before - 12);
        }
    }

    @Test
    void shouldFailNoColdReadForASilentNode(@TempDir Path directory) {
        List<ChunkKey> keys = cold(200);
        try (ProxiedZone zone = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
                ZoneCache cache = cache(config(zone.addresses()).build())) {
            awaitLeases(zone);
            zone.proxies.get(2).set(new ProxyFault.BlackHole());
            awaitAll(readAll(cache, keys));
            assertThat(cache.stats().origin().refused()).isZero();
            assertThat(origin.gets).hasValue(200);
            zone.proxies.get(2).set(new ProxyFault.None());
            cache.whenIdle().join();
            assertThat(cache.stats().origin().permitsInUse()).isZero();
        }
    }

    @Test
    void shouldAskTheOriginForNothingBecauseConnectionsAreReset(@TempDir Path directory) {
        try (ProxiedZone zone = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
                ZoneCache cache = cache(config(zone.addresses()).build())) {
            List<ChunkKey> keys = filled(zone.nodes, 40);
            awaitAll(readAll(cache, keys));
            for (int i = 0; i < 10; i++) {
                List<CompletableFuture<Chunk>> reads = readAll(cache, keys);
                zone.proxies.forEach(FaultProxy::breakAll);
                awaitAll(reads);
            }
            assertThat(origin.gets).hasValue(0);
        }
    }

    /** A connection for each client and a tenth more: less than each client would like to have. */
    @Test
    void shouldFailNoReadOfClientsThatTogetherHaveNearlyAllOfTheZonesConnections(@TempDir Path directory) {
        int clients = 20;
        Map<String, String> settings = Map.of("max-connections", String.valueOf(clients * 11 / 10));
        List<ZoneCache> caches = new ArrayList<>();
        try (TestZone zone = TestZone.start(directory, 3, "2-of-3", KeyScheme.SHA256, settings)) {
            List<ChunkKey> keys = filled(zone, 30);
            for (int i = 0; i < clients; i++) {
                caches.add(cache(config(zone.addresses()).eventLoops(8).build()));
            }
            for (int round = 0; round < 5; round++) {
                List<CompletableFuture<Chunk>> reads = new ArrayList<>();
                caches.forEach(cache -> reads.addAll(readAll(cache, keys)));
                awaitAll(reads);
            }
            assertThat(origin.gets).hasValue(0);
        } finally {
            caches.forEach(ZoneCache::close);
        }
    }

    /** Reads of chunks that can't be decided hold nothing that other reads need. */
    @Test
    void shouldReadHealthyChunksWhileOthersAreOnTwoSilentNodes(@TempDir Path directory) {
        try (ProxiedZone zone = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
                ZoneCache cache = cache(config(zone.addresses()).maxZoneReads(8).build())) {
            List<ChunkKey> keys = filled(zone.nodes, 200);
            awaitAll(readAll(cache, keys));
            zone.proxies.get(1).set(new ProxyFault.BlackHole());
            zone.proxies.get(4).set(new ProxyFault.BlackHole());
            List<CompletableFuture<Chunk>> reads = readAll(cache, keys);
            awaitAll(reads);
            cache.whenIdle().join();
            assertThat(cache.stats().memory().inFlightBytes()).isZero();
        }
    }

    /** Each answer takes seconds, but no node is silent for long: every place counts, and nothing is fetched again. */
    @Test
    void shouldLoseNoPlaceOfManyLargeReadsThatShareANarrowLink(@TempDir Path directory) {
        try (ProxiedZone zone = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
                ZoneCache cache = cache(config(zone.addresses()).build())) {
            List<ChunkKey> keys = filled(zone.nodes, 32, 2 << 20);
            awaitAll(readAll(cache, keys.subList(0, 1)));
            zone.setAll(new ProxyFault.Bandwidth(20 << 20));
            for (int round = 0; round < 2; round++) {
                awaitAll(readAll(cache, keys));
            }
            assertThat(origin.gets).hasValue(0);
        }
    }
}
