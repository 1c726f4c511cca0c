package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.model.KeyScheme;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClientConfigTest {

    @Test
    void shouldHaveTheDefaultsOfTheDocumentation() {
        ClientConfig config =
                ClientConfig.builder().nodes(List.of("127.0.0.1:7400")).build();
        assertThat(config.zone()).isNull();
        assertThat(config.keyScheme()).as("not assumed").isNull();
        assertThat(config.originReserve()).as("not assumed").isNull();
        assertThat(config.expectedClients()).as("not assumed").isNull();
        assertThat(config.verification()).isEqualTo(Verification.FULL);
        assertThat(config.overRequest()).isEqualTo(OverRequestPolicy.ALL);
        assertThat(config.readDeadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.stripeAttempt()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.connectionsPerNode()).isEqualTo(8);
        assertThat(config.memoryBytes()).isEqualTo(256 << 20);
        assertThat(config.localCacheBytes()).isEqualTo(64 << 20);
        assertThat(config.eventLoops()).isBetween(1, 8);
        assertThat(config.maxReads()).isEqualTo(10_000);
        assertThat(config.maxZoneReads()).isEqualTo(64);
        assertThat(config.retryRatio()).isEqualTo(0.1);
        assertThat(config.fill()).isEqualTo(FillConfig.defaults());
    }

    @Test
    void shouldRunOneEventLoopForEveryTwoProcessors() {
        assertThat(List.of(1, 2, 3, 4, 16, 64))
                .extracting(ClientConfig.Builder::defaultEventLoops)
                .containsExactly(1, 1, 1, 2, 8, 8);
    }

    @Test
    void shouldTakeEverySetting() {
        ClientConfig config = ClientConfig.builder()
                .nodes(List.of("a:1", "[::1]:7400", "zonecache.prod.svc:65535"))
                .zone("use1-az1")
                .keyScheme(KeyScheme.OPAQUE)
                .originReserve(0)
                .expectedClients(7)
                .verification(Verification.CHECKSUM)
                .overRequest(OverRequestPolicy.HEDGED)
                .readDeadline(Duration.ofSeconds(30))
                .stripeAttempt(Duration.ofMillis(300))
                .connectTimeout(Duration.ofMillis(100))
                .connectionsPerNode(2)
                .memoryBytes(200L << 20)
                .localCacheBytes(0)
                .eventLoops(3)
                .maxReads(50)
                .maxZoneReads(7)
                .retryRatio(0.5)
                .fill(FillConfig.builder().originLimit(3).build())
                .build();
        assertThat(config)
                .isEqualTo(new ClientConfig(
                        List.of("a:1", "[::1]:7400", "zonecache.prod.svc:65535"),
                        "use1-az1",
                        KeyScheme.OPAQUE,
                        0,
                        7,
                        Verification.CHECKSUM,
                        OverRequestPolicy.HEDGED,
                        Duration.ofSeconds(30),
                        Duration.ofMillis(300),
                        Duration.ofMillis(100),
                        2,
                        200L << 20,
                        0,
                        3,
                        50,
                        7,
                        0.5,
                        FillConfig.builder().originLimit(3).build()));
    }

    @Test
    void shouldNameEverythingThatIsWrongAtOnce() {
        ClientConfig.Builder builder = ClientConfig.builder()
                .nodes(List.of("127.0.0.1", "host:0", "host:70000", "ho st:1"))
                .zone("")
                .originReserve(-1)
                .expectedClients(0)
                .readDeadline(Duration.ZERO)
                .stripeAttempt(Duration.ofHours(1))
                .connectTimeout(Duration.ofMillis(-1))
                .connectionsPerNode(0)
                .localCacheBytes(-1)
                .eventLoops(0)
                .maxReads(5)
                .maxZoneReads(6)
                .retryRatio(Double.NaN);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "nodes: \"127.0.0.1\" (expected: host:port)",
                        "nodes: \"host:0\"",
                        "nodes: \"host:70000\"",
                        "nodes: \"ho st:1\"",
                        "zone: empty",
                        "originReserve: -1 (expected: 0..1000000)",
                        "expectedClients: 0 (expected: 1..1000000)",
                        "readDeadline: 0 ms (expected: 1..600000 ms)",
                        "stripeAttempt: 3600000 ms",
                        "connectTimeout: -1 ms",
                        "connectionsPerNode: 0 (expected: 1..1024)",
                        "localCacheBytes: -1",
                        "eventLoops: 0",
                        "maxZoneReads: 6 (expected: 1..5)",
                        "retryRatio: NaN");
    }

    @Test
    void shouldNameANodeThatIsNullAmongAllThatIsWrong() {
        ClientConfig.Builder builder =
                ClientConfig.builder().nodes(Arrays.asList("host:1", null)).eventLoops(0);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nodes: null (expected: host:port); eventLoops: 0 (expected: 1..256)");
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without its checks may do
    void shouldNotExistWithAnythingWrongHoweverItIsMade() {
        assertThatThrownBy(() -> new ClientConfig(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        Duration.ofSeconds(Long.MAX_VALUE),
                        null,
                        Duration.ofMillis(1),
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nodes: null (expected: a value); verification: null (expected: a value);"
                        + " overRequest: null (expected: a value); fill: null (expected: a value);"
                        + " readDeadline: 9223372036854775807000 ms (expected: 1..600000 ms);"
                        + " stripeAttempt: null (expected: 1..60000 ms)");
    }

    @Test
    void shouldWantAtLeastOneNode() {
        assertThatThrownBy(() -> ClientConfig.builder().build())
                .hasMessage("nodes: none (expected: at least one host:port)");
    }

    @Test
    void shouldWantMemoryForAReadAndAFillOfTheLargestChunk() {
        long least = MemoryBudget.minBytes(1 << 20);
        assertThat(least).isBetween(7L << 20, (7L << 20) + 10_000);
        ClientConfig.Builder builder = ClientConfig.builder()
                .nodes(List.of("127.0.0.1:7400"))
                .fill(FillConfig.builder().maxChunkBytes(1 << 20).build())
                .localCacheBytes(1 << 20);
        assertThat(builder.memoryBytes(least).build().memoryBytes()).isEqualTo(least);
        assertThatThrownBy(() -> builder.memoryBytes(least - 1).build())
                .hasMessage("memoryBytes: " + (least - 1) + " (expected: " + least + ".." + (1L << 40)
                        + ", a read and a fill of one chunk of fill.maxChunkBytes)");
    }

    @Test
    void shouldWantTheLocalCacheWithinTheMemory() {
        ClientConfig.Builder builder =
                ClientConfig.builder().nodes(List.of("127.0.0.1:7400")).memoryBytes(200L << 20);
        assertThat(builder.localCacheBytes(200L << 20).build().localCacheBytes())
                .isEqualTo(200L << 20);
        assertThatThrownBy(() -> builder.localCacheBytes((200L << 20) + 1).build())
                .hasMessage("localCacheBytes: 209715201 (expected: 0..209715200)");
    }
}
