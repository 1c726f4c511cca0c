package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What reads cost and take, one after the other, under each policy, with all nodes well and with one 20 ms late: figures for
 * docs/decisions/0008 and 0014. Latencies are ratios within one run; processor time is that of the client's own threads.
 */
@EnabledIfSystemProperty(named = ClientCostTest.READS, matches = "\\d+")
final class ClientCostTest {

    static final String READS = "zonecache.test.cost-reads";

    static final String EVENT_LOOPS = "zonecache.test.event-loops";

    private static final int CHUNK = 512 * 1024;
    private static final int CHUNKS = 60;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final int reads = Integer.getInteger(READS, 1_000);

    @Test
    void shouldTellWhatReadsCost(@TempDir Path directory) {
        try (ProxiedZone proxied = ProxiedZone.start(directory, 6, "4-of-5", Map.of())) {
            TestZone zone = proxied.nodes;
            FaultProxy first = proxied.proxies.get(0);
            List<ChunkKey> keys = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                byte[] chunk = TestZone.chunk(i, CHUNK);
                keys.add(ChunkKey.sha256Of(chunk));
                zone.fill(chunk);
            }
            for (int round = 0; round < 2; round++) {
                for (OverRequestPolicy policy : OverRequestPolicy.values()) {
                    for (Verification verification : Verification.values()) {
                        first.set(new ProxyFault.None());
                        measure(zone, keys, policy, verification, "all well");
                    }
                    first.set(new ProxyFault.Delay(20));
                    measure(zone, keys, policy, Verification.CHECKSUM, "one 20 ms late");
                }
            }
        }
    }

    private void measure(
            TestZone zone, List<ChunkKey> keys, OverRequestPolicy policy, Verification verification, String nodes) {
        Set<Long> before = LongStream.of(threads.getAllThreadIds()).boxed().collect(Collectors.toSet());
        try (ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .localCacheBytes(0)
                        .overRequest(policy)
                        .verification(verification)
                        .eventLoops(Integer.getInteger(EVENT_LOOPS, 2))
                        .readDeadline(LONG)
                        .build())
                .build()) {
            keys.forEach(key -> cache.get(key).join());
            long cpuNanos = cpuNanos(before);
            long stripes = cache.stats().zone().stripeRequests();
            long[] nanos = new long[reads];
            for (int i = 0; i < reads; i++) {
                long start = System.nanoTime();
                assertThat(cache.get(keys.get(i % keys.size())).join().length()).isEqualTo(CHUNK);
                nanos[i] = System.nanoTime() - start;
            }
            cpuNanos = cpuNanos(before) - cpuNanos;
            Arrays.sort(nanos);
            ZoneCacheStats stats = cache.stats();
            System.out.printf(
                    Locale.ROOT,
                    "%-6s %-8s %-14s p50 %6d us, p99 %6d us, p99.9 %6d us, %.2f CPU s/GB, %.2f GETs a read,"
                            + " %d hedged, %d reconstructed, %d skipped%n",
                    policy,
                    verification,
                    nodes,
                    nanos[reads / 2] / 1_000,
                    nanos[(int) (reads * 0.99)] / 1_000,
                    nanos[(int) (reads * 0.999)] / 1_000,
                    cpuNanos / ((double) reads * CHUNK),
                    (double) (stats.zone().stripeRequests() - stripes) / reads,
                    stats.zone().hedges(),
                    stats.zone().reconstructed(),
                    stats.nodesSkipped());
        }
    }

    /** Of all threads that were not there before. */
    private long cpuNanos(Set<Long> before) {
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            sum += before.contains(id) || id == Thread.currentThread().getId()
                    ? 0
                    : Math.max(0, threads.getThreadCpuTime(id));
        }
        return sum;
    }
}
