package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a node really takes under load on everything at once, against its budget. {@code -Dzonecache.test.memorySeconds=N} goes on
 * for so long with each budget.
 */
@Tag("slow")
class MemoryBoundTest {

    private static final long ALLOWANCE_BYTES = 256L << 20;
    private static final long LOAD_NANOS = Long.getLong("zonecache.test.memorySeconds", 3) * 1_000_000_000;
    private static final int RESTING = 500;
    private static final int SLOW_READERS = 64;
    private static final int WRITTEN_BEFORE_SLOW_READERS = 50;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 1024})
    void shouldStayWithinItsBudgetUnderAnyLoad(int mebibytes) throws Exception {
        long seed = Long.getLong("zonecache.test.seed", System.nanoTime());
        long peakBytes = 0;
        try (NodeProcess node = new NodeProcess(directory, mebibytes + "MiB").awaitReady();
                MixedLoad load = new MixedLoad(node.port(), seed)) {
            load.rest(RESTING);
            load.start(4, 2, 2, 6);
            boolean slowReaders = false;
            long endNanos = System.nanoTime() + LOAD_NANOS;
            while (System.nanoTime() - endNanos < 0) {
                if (!slowReaders && load.written() > WRITTEN_BEFORE_SLOW_READERS) {
                    slowReaders = true;
                    load.readNothing(SLOW_READERS);
                }
                peakBytes = Math.max(peakBytes, node.residentBytes());
                assertThat(node.process().isAlive()).as(node::log).isTrue();
            }
            load.stop();
            assertThat(load.putBytes()).isPositive();
            assertThat(peakBytes)
                    .as("%d MiB, %s, %s", mebibytes, load, memory(node))
                    .isBetween(1L, ((long) mebibytes << 20) + ALLOWANCE_BYTES);
            assertThat(memory(node))
                    .containsKeys("hot", "index", "history", "memtables", "tables", "network", "heap", "runtime")
                    .allSatisfy((part, bytes) ->
                            assertThat(bytes).as(part).isBetween(0.0, (double) ((long) mebibytes << 20)));
        }
    }

    /** What {@code /metrics} says of each part. */
    private static Map<String, Double> memory(NodeProcess node) throws Exception {
        Map<String, Double> parts = new TreeMap<>();
        new String(Http.get(node.admin("/metrics")).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("zonecache_memory_bytes{"))
                .forEach(line -> parts.put(
                        line.replaceAll(".*part=\"(\\w+)\".*", "$1"),
                        Double.parseDouble(line.substring(line.lastIndexOf(' ')))));
        return parts;
    }
}
