package io.zonecache.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorBudgetTest {

    private static final long MIB = 1L << 20;

    @ParameterizedTest
    @CsvSource({
        "1024, 256, 36",
        "4096, 1024, 2340",
        "20000, 4096, 15172",
        "1048576, 4096, 1043748",
        "-1, 4096, 2147483647"
    })
    void shouldLeaveToConnectionsWhatStoreClusterAdminPortAndRuntimeDoNotNeed(
            long descriptors, int storeTables, int connections) {
        DescriptorBudget budget = new DescriptorBudget(descriptors, 6);
        assertThat(budget.storeTables()).isEqualTo(storeTables);
        assertThat(budget.maxConnections()).isEqualTo(connections);
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 256, 2340",
        "20000, 128, 2048",
        "20000, 256, 4096",
        "20000, 1024, 11264",
        "20000, 8192, 15172",
        "1048576, 8192, 68608",
        "-1, 256, 4096"
    })
    void shouldTakeAsManyConnectionsByDefaultAsDescriptorsAndMemoryAllow(
            long descriptors, long memoryMebibytes, int connections) {
        NodeConfig config = new NodeConfigReader()
                .withDescriptorLimit(descriptors)
                .withFileValues(Map.of("expected-nodes", "6", "memory", memoryMebibytes + "MiB"))
                .read();
        assertThat(config.limits().maxConnections()).isEqualTo(connections);
        assertThat(config.storeConfig().maxOpenFiles())
                .isEqualTo(config.descriptors().storeTables());
    }

    @Test
    void shouldRefuseMoreConnectionsThanDescriptorsAllow() {
        NodeConfigReader most = new NodeConfigReader()
                .withDescriptorLimit(20_000)
                .withFileValues(Map.of("expected-nodes", "6", "max-connections", "15172"));
        assertThat(most.read().limits().maxConnections()).isEqualTo(15_172);
        NodeConfigReader oneMore = new NodeConfigReader()
                .withDescriptorLimit(20_000)
                .withFileValues(Map.of("expected-nodes", "6", "max-connections", "15173"));
        assertThatThrownBy(oneMore::read)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("max-connections: 15173 (expected: at most 15172")
                .hasMessageContaining("20000 descriptors (ulimit -n)");
    }

    @Test
    void shouldRefuseToStartWithHardlyAnyDescriptors() {
        assertThatThrownBy(() -> new NodeConfigReader().withDescriptorLimit(512).read())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("max-connections: none")
                .hasMessageContaining("512 descriptors");
    }

    @Test
    void shouldSayWhyItTakesSoManyConnections() {
        MemorySplit memory = new MemorySplit(256 * MIB);
        assertThat(new DescriptorBudget(20_000, 6).describe(4_096, memory))
                .isEqualTo(
                        "4096 connections at most: the descriptor limit of 20000 allows 15172 beside 4096 for the store's"
                                + " tables and 732 for the rest, memory 4096");
        assertThat(new DescriptorBudget(DescriptorBudget.UNKNOWN, 6).describe(4_096, memory))
                .contains("unknown");
    }

    @Test
    void shouldKnowTheLimitOfThisProcess() throws Exception {
        try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"))) {
            String line = limits.filter(limit -> limit.startsWith("Max open files"))
                    .findFirst()
                    .orElseThrow();
            assertThat(line.split(" +", -1)[3]).isEqualTo(Long.toString(DescriptorBudget.ofProcess()));
        }
    }
}
