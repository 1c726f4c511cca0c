package io.zonecache.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.ZoneSettings;
import io.zonecache.storage.StoreConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    @Test
    void shouldMakeASingleNodeOnLoopbackOfTheDefaults() {
        NodeConfig config = NodeConfig.of(Map.of());
        assertThat(config.isAlone()).isTrue();
        assertThat(config.settings())
                .isEqualTo(new ZoneSettings("local", 1, KeyScheme.SHA256, CodeSpec.parse("1-of-1"), 1, 64, 4, 100));
        assertThat(config.id()).isEqualTo("n1");
        assertThat(config.domain()).isEqualTo("n1");
        assertThat(config.weight()).isEqualTo(1);
        assertThat(config.dataDir()).isEqualTo(Path.of("zonecache-data"));
        assertThat(config.bind()).isEqualTo("127.0.0.1");
        assertThat(config.advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(List.of(config.port(), config.adminPort(), config.clusterPort(), config.advertisedPort()))
                .containsExactly(7400, 7401, 5701, 7400);
        assertThat(config.peers()).isEmpty();
        assertThat(config.kubernetesService()).isNull();
        assertThat(config.kubernetesApi()).isNull();
        assertThat(config.settleWithinMillis()).isEqualTo(600_000);
        assertThat(config.secret()).isNull();
        assertThat(config.adminTokenFile()).isNull();
        assertThat(config.replaceSettings()).isFalse();
        assertThat(config.accessLog()).isNull();
        assertThat(NodeConfig.of(Map.of("access-log", "log")).accessLog())
                .isEqualTo(new AccessLogConfig(Path.of("log"), 1, 256 * MIB));
        assertThat(config.capacityBytes()).isEqualTo(1024 * MIB);
        assertThat(config.memory()).isEqualTo(new MemorySplit(256 * MIB));
        assertThat(config.eviction())
                .isEqualTo(EvictionConfig.DEFAULT)
                .isEqualTo(new EvictionConfig(2, 10_000, 100, Long.MAX_VALUE));
        assertThat(config.outAfterMillis()).isEqualTo(300_000);
        assertThat(config.limits())
                .isEqualTo(new Limits(
                        config.descriptors().defaultConnections(config.memory()),
                        1024,
                        32 * MIB,
                        100,
                        60_000,
                        5_000,
                        20_000));
    }

    @Test
    void shouldTakeOverEverySetting() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef\n");
        Map<String, String> all = new LinkedHashMap<>();
        all.put("zone", "use1-az1");
        all.put("id", "zonecache-3");
        all.put("data-dir", "/data");
        all.put("port", "8400");
        all.put("admin-port", "8401");
        all.put("cluster-port", "8402");
        all.put("peers", "10.0.0.7:8402, 10.0.0.8:8402");
        all.put("expected-nodes", "6");
        all.put("capacity", "2GiB");
        all.put("memory", "1GiB");
        all.put("lru-k", "3");
        all.put("lru-correlated", "250ms");
        all.put("lru-history", "50");
        all.put("lru-history-age", "24h");
        all.put("bind", "0.0.0.0");
        all.put("advertise", "10.0.0.7:9400");
        all.put("cluster-advertise", "10.1.0.7:9402");
        all.put("domain", "host-a");
        all.put("weight", "16");
        all.put("code", "reed_solomon:4-of-6");
        all.put("origin-budget", "32");
        all.put("origin-reserve", "2");
        all.put("expected-clients", "50");
        all.put("key-scheme", "opaque");
        all.put("secret-file", secret.toString());
        all.put("admin-token-file", "/etc/token");
        all.put("replace-settings", "true");
        all.put("max-connections", "10");
        all.put("max-requests", "20");
        all.put("max-bytes-in-flight", "4MiB");
        all.put("queue-age", "50ms");
        all.put("idle-timeout", "2m");
        all.put("body-stall", "3s");
        all.put("out-after", "1h");
        all.put("drain-grace", "1s");
        all.put("settle-within", "2m");
        all.put("access-log", "/var/log/accesses");
        all.put("access-log-sample", "1/8");
        all.put("access-log-size", "2MiB");
        NodeConfig config = NodeConfig.of(all);
        assertThat(config)
                .isEqualTo(new NodeConfig(
                        "zonecache-3",
                        Path.of("/data"),
                        new ZoneSettings(
                                "use1-az1", 1, KeyScheme.OPAQUE, CodeSpec.parse("reed_solomon:4-of-6"), 6, 32, 2, 50),
                        true,
                        "0.0.0.0",
                        8400,
                        8401,
                        8402,
                        "10.0.0.7",
                        9400,
                        "10.1.0.7:9402",
                        List.of("10.0.0.7:8402", "10.0.0.8:8402"),
                        null,
                        null,
                        "host-a",
                        16,
                        2048 * MIB,
                        new MemorySplit(1024 * MIB),
                        new EvictionConfig(3, 250, 50, 86_400_000),
                        3_600_000,
                        120_000,
                        "0123456789abcdef",
                        Path.of("/etc/token"),
                        new Limits(10, 20, 4 * MIB, 50, 120_000, 3_000, 1_000),
                        new DescriptorBudget(DescriptorBudget.ofProcess(), 6),
                        new AccessLogConfig(Path.of("/var/log/accesses"), 0.125, 2 * MIB)));
        StoreConfig store = config.storeConfig();
        assertThat(List.of(store.k(), store.correlatedMillis(), store.historyPercent(), store.historyMillis()))
                .isEqualTo(List.of(3, 250L, 50, 86_400_000L));
        assertThat(List.of(store.directory(), store.capacityBytes(), store.indexBytes()))
                .isEqualTo(List.of(
                        Path.of("/data/store"), 2048 * MIB, config.memory().maxIndexBytes()));
        all.put("advertise-host", "10.0.0.9");
        assertThat(NodeConfig.of(all)).as("advertise wins").isEqualTo(config);
        all.put("kubernetes-service", "nodes");
        all.put("kubernetes-api", "search/nodes");
        assertThat(all).as("a setting that this test forgets").hasSize(Setting.values().length);
    }

    @ParameterizedTest
    @CsvSource({
        "'', fd00::7, '', '', fd00::7, 8400, '[fd00::7]:8402'",
        "'', '[FD00:0::7]', '', '', fd00::7, 8400, '[fd00::7]:8402'",
        "'', fd00::7, '[fd00::8]', '', fd00::8, 8400, '[fd00::8]:8402'",
        "'', fd00::7, '[fd00::8]:9400', '[fd00::9]', fd00::8, 9400, '[fd00::9]:8402'",
        "'[::]', 10.0.0.7, '', '[fd00::9]:9402', 10.0.0.7, 8400, '[fd00::9]:9402'",
        "'::1', '', '', '', ::1, 8400, '[::1]:8402'",
        "'[fd00::7]', '', '', '', fd00::7, 8400, '[fd00::7]:8402'"
    })
    void shouldPutIpv6AddressesInBracketsItself(
            String bind,
            String advertiseHost,
            String advertise,
            String clusterAdvertise,
            String host,
            int port,
            String clusterAddress) {
        Map<String, String> settings = new LinkedHashMap<>(Map.of("port", "8400", "cluster-port", "8402"));
        settings.put("bind", bind.isEmpty() ? "::" : bind);
        settings.put("advertise-host", advertiseHost);
        settings.put("advertise", advertise);
        settings.put("cluster-advertise", clusterAdvertise);
        settings.values().removeIf(String::isEmpty);

        NodeConfig config = NodeConfig.of(settings);

        assertThat(config.bind()).doesNotContain("[");
        assertThat(config.advertisedHost()).isEqualTo(host);
        assertThat(config.advertisedPort()).isEqualTo(port);
        assertThat(config.clusterAddress()).isEqualTo(clusterAddress);
    }

    @ParameterizedTest
    @CsvSource({
        "zone, '', a name",
        "zone, a b, a name",
        "id, ../x, a name",
        "data-dir, '', a path",
        "port, 65536, 0..65535",
        "port, -1, 0..65535",
        "port, http, 0..65535",
        "admin-port, 99999, 0..65535",
        "admin-port, 7400, another port than port",
        "cluster-port, x, 0..65535",
        "cluster-port, 7401, another port than admin-port",
        "peers, nohost, host:port",
        "peers, 'a:1,,b:2', host:port",
        "peers, a:99999, host:port",
        "expected-nodes, 0, 1..10000",
        "capacity, 255MiB, at least 256MiB",
        "capacity, 1XB, at least 256MiB",
        "capacity, 99999999999TiB, at least 256MiB",
        "memory, 127MiB, at least 128MiB",
        "memory, lots, at least 128MiB",
        "lru-k, 0, 1..4",
        "lru-k, 5, 1..4",
        "lru-correlated, -1s, a time of at least 0ms",
        "lru-history, 10001, 0..10000",
        "lru-history-age, 0s, a time of at least 1ms",
        "bind, 'not a host', a host name or address",
        "bind, 0.0.0.0, the address that workers reach",
        "bind, '::1:', a host name or address",
        "bind, '[::1]:7400', a host name or address",
        "bind, '::', the address that workers reach",
        "bind, '[::]', the address that workers reach",
        "peers, 'fd00::7:5701', an IPv6 address in brackets",
        "advertise, '::::x y', a host",
        "advertise, 'fd00::7', an IPv6 address in brackets",
        "advertise, 'fd00::7:7400', an IPv6 address in brackets",
        "bind, 'fe80::7%eth0', without a zone",
        "peers, '[fe80::7%eth0]:5701', without a zone",
        "advertise, '[fe80::7%eth0]', without a zone",
        "advertise-host, 'fe80::7%eth0', without a zone",
        "advertise-host, '', a host name or address",
        "advertise-host, '[fd00::7]:7400', a host name or address",
        "cluster-advertise, 'a:b', a host",
        "domain, 'a b', a name",
        "weight, 0, 1..16",
        "weight, 17, 1..16",
        "code, 5-of-4, k-of-n such as 4-of-5",
        "code, 9-of-3, where k is 1..32 and n is k..k+16",
        "code, xor:4-of-6, k-of-n",
        "code, fast, k-of-n",
        "origin-budget, 0, 1..1000000",
        "origin-budget, 4, at least 5",
        "origin-reserve, -1, 0..1000000",
        "origin-reserve, 64, at least 65",
        "expected-clients, 0, 1..1000000",
        "key-scheme, md5, sha256 or opaque",
        "secret-file, /nonexistent, a file of UTF-8 text that can be read",
        "replace-settings, maybe, true or false",
        "kubernetes-service, nodes, the number of nodes",
        "kubernetes-api, search/nodes, the number of nodes",
        "kubernetes-api, nodes, namespace/service",
        "kubernetes-api, a/b/c, namespace/service",
        "settle-within, soon, at least 0ms",
        "max-connections, 0, 1..1000000",
        "max-requests, 0, 1..1000000",
        "max-bytes-in-flight, 1KiB, at least 1MiB",
        "queue-age, 100, 'at least 1ms (ms, s, m, h)'",
        "idle-timeout, 1ms, at least 100ms",
        "body-stall, soon, at least 100ms",
        "out-after, 10ms, at least 1000ms",
        "drain-grace, -1s, at least 0ms",
        "access-log, '', a path",
        "access-log-sample, 0, above 0 and up to 1",
        "access-log-sample, 1/0, above 0 and up to 1",
        "access-log-sample, 1.5, above 0 and up to 1",
        "access-log-sample, some, above 0 and up to 1",
        "access-log-size, 1KiB, at least 1MiB",
        "colour, blue, one of the settings",
    })
    void shouldRefuseEachWrongValueByNameAndExpectation(String key, String value, String expected) {
        assertThatThrownBy(() -> NodeConfig.of(Map.of(key, value)))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.errors()).anySatisfy(error -> {
                            assertThat(error.toString()).contains("(expected: ");
                            assertThat(error.expected()).contains(expected);
                        }));
    }

    @Test
    void shouldNameAllErrorsAtOnce() {
        assertThatThrownBy(() -> NodeConfig.of(Map.of("port", "x", "capacity", "1B", "weight", "0", "colour", "blue")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.errors())
                                .extracting(ConfigError::key)
                                .containsExactlyInAnyOrder("port", "capacity", "weight", "colour"));
    }

    @Test
    void shouldRefuseABudgetThatLeavesANodeWithoutAShare() {
        assertThatThrownBy(() -> NodeConfig.of(Map.of("expected-nodes", "6", "origin-budget", "9")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("origin-budget: 9 (expected: at least 10");
        assertThat(NodeConfig.of(Map.of("expected-nodes", "6", "origin-budget", "10"))
                        .settings()
                        .sharePerNode(6))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "2, 1, 1", "3, 2, 1", "4, 3, 1", "5, 4, 1", "6, 4, 1", "50, 4, 1"})
    void shouldChooseTheCodeByTheNumberOfNodes(String nodes, int data, int parity) {
        CodeSpec code =
                NodeConfig.of(Map.of("expected-nodes", nodes)).settings().code();
        assertThat(code.data()).isEqualTo(data);
        assertThat(code.parity()).isEqualTo(parity);
    }

    @Test
    void shouldExpectAsManyNodesAsPeers() {
        assertThat(NodeConfig.of(Map.of("peers", "a:1,b:2,c:3")).settings().expectedNodes())
                .isEqualTo(3);
    }

    @Test
    void shouldAskTheKubernetesApiForTheNodesWhereToldSo() {
        NodeConfig config = NodeConfig.of(Map.of("kubernetes-api", "search/cache-nodes", "expected-nodes", "6"));
        assertThat(config.kubernetesApi()).isEqualTo(new NodeConfig.KubernetesService("search", "cache-nodes"));
        assertThat(config.isAlone()).isFalse();
    }

    @Test
    void shouldTakeOneKindOfDiscoveryOnly() {
        assertThatThrownBy(() ->
                        NodeConfig.of(Map.of("kubernetes-api", "a/b", "kubernetes-service", "b", "peers", "a:1,b:2")))
                .hasMessageContaining("kubernetes-service: b (expected: not together with peers)")
                .hasMessageContaining("kubernetes-api: a/b (expected: not together with kubernetes-service)");
    }

    @Test
    void shouldRefuseASecretThatIsTooShort() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "short");
        assertThatThrownBy(() -> NodeConfig.of(Map.of("secret-file", secret.toString())))
                .hasMessageContaining("5 characters (expected: a secret of at least 16)");
    }

    @Test
    void shouldKeepTheSecretOutOfText() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef");
        assertThat(NodeConfig.of(Map.of("secret-file", secret.toString())).toString())
                .doesNotContain("0123456789abcdef");
    }

    @Test
    void shouldLetFlagsWinOverTheEnvironmentAndThatOverTheFile() throws Exception {
        Path file = Files.writeString(
                directory.resolve("node.yaml"), "zone: from-file\nid: from-file\nport: 1\npeers:\n  - a:1\n  - b:2\n");
        NodeConfig config = new NodeConfigReader()
                .withFile(file)
                .withEnvironment(Map.of("ZONECACHE_ID", "from-env", "ZONECACHE_PORT", "2", "PATH", "/bin"))
                .withFlag(Setting.PORT, "3")
                .read();
        assertThat(config.zone()).isEqualTo("from-file");
        assertThat(config.id()).isEqualTo("from-env");
        assertThat(config.port()).isEqualTo(3);
        assertThat(config.peers()).containsExactly("a:1", "b:2");
    }

    @Test
    void shouldIgnoreTheVariablesThatKubernetesSetsForAServiceOfThisName() {
        NodeConfig config = new NodeConfigReader()
                .withEnvironment(Map.of("ZONECACHE_PORT", "tcp://10.0.0.1:7400"))
                .read();
        assertThat(config.port()).isEqualTo(7400);
    }

    @ParameterizedTest
    @CsvSource({
        "'zone: [', YAML",
        "'- a', a YAML map",
        "'zone: a\nzone: b', YAML",
        "'zone: {a: b}', 'one value, or a list'",
        "'colour: blue', one of the settings",
    })
    void shouldRefuseAFileThatItCannotRead(String text, String expected) throws Exception {
        Path file = Files.writeString(directory.resolve("node.yaml"), text);
        assertThatThrownBy(() -> new NodeConfigReader().withFile(file).read())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("(expected: " + expected);
    }

    @Test
    void shouldRefuseAFileThatIsNotThere() {
        assertThatThrownBy(() -> new NodeConfigReader()
                        .withFile(directory.resolve("none"))
                        .read())
                .hasMessageContaining("none: not found (expected: a readable YAML file)");
    }

    @Test
    void shouldTakeAnEmptyFileForTheDefaults() throws Exception {
        Path file = Files.writeString(directory.resolve("node.yaml"), "# nothing\n");
        assertThat(new NodeConfigReader().withFile(file).read().port()).isEqualTo(7400);
    }

    @ParameterizedTest
    @CsvSource({"128", "200", "256", "512", "1024", "8192", "1048576"})
    void shouldSplitTheMemoryWithoutARest(long mebibytes) {
        MemorySplit split = new MemorySplit(mebibytes * MIB);
        assertThat(split.stripesBytes()).isGreaterThanOrEqualTo(16 * MIB);
        assertThat(split.maxIndexBytes()).isBetween(StoreConfig.MIN_INDEX_BYTES, split.stripesBytes());
        assertThat(split.heapBytes()
                        + split.runtimeBytes()
                        + split.networkBytes()
                        + split.rocksDbBytes()
                        + split.stripesBytes())
                .isEqualTo(split.totalBytes());
    }
}
