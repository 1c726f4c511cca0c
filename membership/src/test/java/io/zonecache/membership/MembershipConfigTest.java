package io.zonecache.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipConfigTest {

    private static final Path DIRECTORY = Path.of("membership");

    @Test
    void shouldTakeTheDefaults() {
        MembershipConfig config = MembershipConfig.of(
                Zones.settings(2), Zones.node("n1"), "10.0.0.7", 5701, List.of("10.0.0.8:5701"), DIRECTORY);

        assertThat(config.clusterAddress()).isEqualTo("10.0.0.7:5701");
        assertThat(config.timings().firstViewWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.timings().outAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.timings().viewInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.timings().suspectAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.replaceSettings()).isFalse();
        assertThat(config.secret().isEmpty()).isTrue();
    }

    @Test
    void shouldTakeNamesAndIpV6Addresses() {
        assertThatCode(() -> MembershipConfig.of(
                        Zones.settings(2),
                        Zones.node("n1"),
                        "localhost",
                        5701,
                        List.of("[fd00::1]:5701", "node-2.zone.svc:5701"),
                        DIRECTORY))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldWriteAnIpv6AddressInOneWayWithBrackets() {
        MembershipConfig config = MembershipConfig.of(
                Zones.settings(2), Zones.node("n1"), "[FD00:0::7]", 5701, List.of("[fd00::8]:5701"), DIRECTORY);

        assertThat(config.clusterHost()).isEqualTo("fd00::7");
        assertThat(config.clusterAddress()).isEqualTo("[fd00::7]:5701");
    }

    @Test
    void shouldRefuseAnAddressThatMeansNothingToOtherMachines() {
        assertThatThrownBy(() -> MembershipConfig.of(
                        Zones.settings(2),
                        Zones.node("n1"),
                        "fe80::7%eth0",
                        5701,
                        List.of("[fe80::8%eth0]:5701", "fe80::9:5701"),
                        DIRECTORY))
                .hasMessageContainingAll(
                        "clusterAddress: \"[fe80::7%eth0]:5701\" (expected: an address that needs no zone",
                        "peers: \"[fe80::8%eth0]:5701\" (expected: an address that needs no zone",
                        "peers: \"fe80::9:5701\" (expected: an IPv6 address in brackets");
    }

    @Test
    void shouldNameEveryWrongValueAtOnce() {
        ZoneNode self = new ZoneNode("n".repeat(300), "nowhere", " ", 1, NodeState.DOWN);
        MembershipTimings timings = new MembershipTimings(
                Duration.ofSeconds(-1),
                Duration.ofSeconds(-1),
                Duration.ofSeconds(-1),
                Duration.ofSeconds(-1),
                Duration.ofMillis(1500),
                Duration.ofSeconds(1),
                Duration.ZERO);

        assertThatThrownBy(() -> new MembershipConfig(
                        Zones.settings(2),
                        self,
                        " ",
                        70_000,
                        "host",
                        new Discovery.Hosts(List.of("a:1", "b", "c:0", "d:99999")),
                        DIRECTORY,
                        ZoneSecret.NONE,
                        false,
                        timings))
                .hasMessageContainingAll(
                        "BAD_REQUEST",
                        "firstViewWait: PT-1S",
                        "downDelay: PT-1S",
                        "outAfter: PT-1S",
                        "viewInterval: PT-1S",
                        "heartbeat: PT1.5S (expected: whole seconds",
                        "suspectAfter: PT1S (expected: at least twice the heartbeat",
                        "mergeInterval: PT0S",
                        "self: DOWN (expected: UP)",
                        "id: \"nnn",
                        "domain: \" \"",
                        "address: \"nowhere\" (expected: host:port)",
                        "clusterHost: \" \"",
                        "clusterPort: 70000 (expected: 1..65535)",
                        "clusterAddress: \"host\" (expected: host:port)",
                        "peers: \"b\"",
                        "peers: \"c:0\"",
                        "peers: \"d:99999\"");
    }

    @Test
    void shouldCheckTheNamesOfKubernetesServices() {
        MembershipConfig config =
                MembershipConfig.of(Zones.settings(2), Zones.node("n1"), "10.0.0.7", 5701, List.of(), DIRECTORY);

        assertThatThrownBy(() -> config.withDiscovery(new Discovery.KubernetesDns(" ")))
                .hasMessageContaining("serviceDns");
        assertThatThrownBy(() -> config.withDiscovery(new Discovery.KubernetesApi("", "")))
                .hasMessageContainingAll("namespace", "serviceName");
    }

    @Test
    void shouldNotPrintTheSecret() {
        MembershipConfig config = MembershipConfig.of(
                        Zones.settings(2), Zones.node("n1"), "10.0.0.7", 5701, List.of(), DIRECTORY)
                .withSecret(ZoneSecret.of("geheim".getBytes(StandardCharsets.UTF_8)));

        assertThat(config.toString()).doesNotContain("geheim").contains("***");
    }
}
