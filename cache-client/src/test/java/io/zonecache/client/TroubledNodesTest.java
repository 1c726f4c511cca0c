package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real nodes, each behind a proxy that makes its network misbehave: no read fails, and the client finds out by itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TroubledNodesTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int CHUNKS = 40;
    private static final int CONNECTIONS = 8;

    private final List<byte[]> chunks = new ArrayList<>();
    private ProxiedZone proxied;
    private TestZone zone;
    private List<FaultProxy> proxies;

    @BeforeAll
    void startZone(@TempDir Path directory) {
        proxied = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
        zone = proxied.nodes;
        proxies = proxied.proxies;
        for (int i = 0; i < CHUNKS; i++) {
            chunks.add(TestZone.chunk(i, 20_000));
            zone.fill(chunks.get(i));
        }
    }

    @AfterEach
    void heal() {
        proxied.setAll(new ProxyFault.None());
        chunks.forEach(zone::fill);
    }

    @AfterAll
    void stop() {
        proxied.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadAroundANodeThatIsSlowOrFrozenAndTakeItBack(OverRequestPolicy policy) {
        try (ZoneCache cache = cache(policy)) {
            readAll(cache);
            for (ProxyFault fault : List.of(new ProxyFault.Delay(200), new ProxyFault.BlackHole())) {
                proxies.get(2).set(fault);
                await().alias(fault.toString()).atMost(LONG).until(() -> skippedAfterReading(cache) == 1);
                proxies.get(2).set(new ProxyFault.None());
                await().alias("after " + fault).atMost(LONG).until(() -> skippedAfterReading(cache) == 0);
            }
            assertThat(cache.stats().reads().failed()).isZero();
        }
    }

    @Test
    void shouldSkipANodeWhoseBytesChangeOnTheWay() {
        try (ZoneCache cache = cache(OverRequestPolicy.ALL)) {
            readAll(cache);
            proxies.get(3).set(new ProxyFault.FlipBits(1_000));
            await().atMost(LONG).until(() -> skippedAfterReading(cache) == 1);
            proxies.get(3).set(new ProxyFault.None());
            await().atMost(LONG).until(() -> skippedAfterReading(cache) == 0);
            assertThat(cache.stats().reads().failed()).isZero();
        }
    }

    @Test
    void shouldSkipANodeThatSendsCorruptStripes() {
        ZoneNode corrupting = zone.view().get(4);
        for (byte[] chunk : chunks) {
            ChunkKey key = ChunkKey.sha256Of(chunk);
            List<ZoneNode> placement = zone.placement(key);
            List<StripeRecord> corrupt = StripeEncoder.encode(
                    ChunkCodec.DEFAULT,
                    CodeSpec.parse("4-of-5"),
                    key,
                    key.w0(),
                    ByteBuffer.wrap(TestZone.chunk(-1, chunk.length)));
            for (int i = 0; i < placement.size(); i++) {
                if (placement.get(i).id().equals(corrupting.id())) {
                    zone.put(corrupting, key, corrupt.get(i));
                }
            }
        }
        // Of those who come last, nobody uses the stripes.
        proxies.stream().filter(proxy -> proxy != proxies.get(4)).forEach(proxy -> proxy.set(new ProxyFault.Delay(2)));
        try (ZoneCache cache = cache(OverRequestPolicy.ALL)) {
            await().atMost(LONG).until(() -> skippedAfterReading(cache) >= 1);
            assertThat(cache.stats().reads().failed()).isZero();
        }
    }

    @Test
    void shouldKeepItsConnectionsAlthoughEveryReadHasALoser() {
        // An attempt that is given up costs its connection, too.
        ClientConfig patient = config(OverRequestPolicy.ALL)
                .stripeAttempt(Duration.ofSeconds(20))
                .build();
        try (ZoneCache cache = ZoneCache.builder().config(patient).build()) {
            readAll(cache);
            List<Integer> before = proxies.stream().map(FaultProxy::accepted).toList();
            for (int i = 0; i < 10; i++) {
                readAll(cache);
            }
            for (int i = 0; i < before.size(); i++) {
                assertThat(proxies.get(i).accepted() - before.get(i))
                        .as("connections made by 400 reads, losers among them")
                        .isLessThanOrEqualTo(CONNECTIONS);
            }
        }
    }

    private int skippedAfterReading(ZoneCache cache) {
        readAll(cache);
        return cache.stats().nodesSkipped();
    }

    private void readAll(ZoneCache cache) {
        for (int i = 0; i < CHUNKS; i += 4) {
            List<CompletableFuture<Chunk>> reads = new ArrayList<>();
            for (int j = i; j < i + 4; j++) {
                reads.add(cache.get(ChunkKey.sha256Of(chunks.get(j)), LONG));
            }
            for (int j = 0; j < reads.size(); j++) {
                assertThat(reads.get(j).join().toBytes()).isEqualTo(chunks.get(i + j));
            }
        }
    }

    private ZoneCache cache(OverRequestPolicy policy) {
        return ZoneCache.builder().config(config(policy).build()).build();
    }

    private ClientConfig.Builder config(OverRequestPolicy policy) {
        return ClientConfig.builder()
                .nodes(zone.addresses())
                .connectionsPerNode(CONNECTIONS)
                .overRequest(policy)
                .localCacheBytes(0)
                .readDeadline(LONG)
                // A corrupt stripe that is repaired is none any more.
                .fill(FillConfig.builder().repairRatio(0).build());
    }
}
