package io.zonecache.membership.hazelcast;

import static io.zonecache.membership.hazelcast.TestZone.awaitView;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.hazelcast.config.Config;
import io.zonecache.membership.Discovery;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.Zones;
import io.zonecache.testkit.process.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Hazelcast members in this JVM that reach each other over IPv6 alone. */
@Tag("slow")
class HazelcastIpv6Test {

    @TempDir
    Path directory;

    @BeforeEach
    void needsIpv6() {
        assumeTrue(Ports.hasIpv6Loopback(), "this machine has no ::1");
    }

    @Test
    void shouldFormAZoneOnTheIpv6Loopback() {
        try (TestZone zone = zone("::1", 2)) {
            List<HazelcastMembership> members = zone.startAll();

            members.forEach(member -> awaitView(member, "n1:up n2:up"));
            members.forEach(member -> {
                assertThat(member.status().rejectedMessages()).isZero();
                assertThat(member.network().members())
                        .extracting(peer -> peer.address())
                        .containsExactlyInAnyOrder("[::1]:" + zone.port(1), "[::1]:" + zone.port(2));
            });
            // A member that takes its own address for another's would go on looking for that one.
            members.get(1).close();
            awaitView(members.get(0), "n1:up n2:down");
            awaitView(zone.start(2), "n1:up n2:up");
        }
    }

    @Test
    void shouldKnowAnAddressInEverySpelling() {
        try (TestZone zone = zone("0:0:0:0:0:0:0:1", 2)) {
            List<String> peers = List.of("[0::1]:" + zone.port(1), "[::0:1]:" + zone.port(2));
            HazelcastMembership first = zone.start(
                    1, config -> clusterAddress(config, "[0:0::1]:" + zone.port(1), new Discovery.Hosts(peers)));
            HazelcastMembership second = zone.start(
                    2, config -> clusterAddress(config, "[::0001]:" + zone.port(2), new Discovery.Hosts(peers)));

            awaitView(first, "n1:up n2:up");
            awaitView(second, "n1:up n2:up");
        }
    }

    @Test
    void shouldTakePartThroughAListenerOnAllAddresses() {
        try (TestZone zone = zone("::", 2)) {
            List<String> peers = List.of("[::1]:" + zone.port(1), "127.0.0.1:" + zone.port(2));
            HazelcastMembership first = zone.start(
                    1, config -> clusterAddress(config, "[::1]:" + zone.port(1), new Discovery.Hosts(peers)));
            // Dual stack: some nodes may be known by one family and some by the other.
            HazelcastMembership second = zone.start(
                    2, config -> clusterAddress(config, "127.0.0.1:" + zone.port(2), new Discovery.Hosts(peers)));

            awaitView(first, "n1:up n2:up");
            awaitView(second, "n1:up n2:up");
        }
    }

    @Test
    void shouldFindOthersThroughAHeadlessServiceWithIpv6Addresses() {
        List<Integer> ports = Ports.free(2);
        try (TestZone zone = new TestZone(directory, "::1", ports, Zones.settings(2))) {
            HazelcastMembership first = zone.start(1);
            HazelcastNetwork second = new HazelcastNetwork(message -> {}, () -> {}, () -> {});
            // The address resolves to itself. In one machine the nodes' ports differ; in a cluster their addresses do.
            Config config =
                    HazelcastSettings.config(zone.config(2).withDiscovery(new Discovery.KubernetesDns("::1")), "card");
            config.getAdvancedNetworkConfig()
                    .getJoin()
                    .getKubernetesConfig()
                    .setProperty("service-port", Integer.toString(zone.port(1)));
            try {
                second.start(config);

                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(first.network().members())
                                .extracting(peer -> peer.address())
                                .containsExactly("[::1]:" + zone.port(1), "[::1]:" + zone.port(2)));
            } finally {
                second.stop();
            }
        }
    }

    private TestZone zone(String host, int nodes) {
        return new TestZone(directory, host, Ports.free(nodes), Zones.settings(nodes));
    }

    private static MembershipConfig clusterAddress(MembershipConfig config, String address, Discovery discovery) {
        return new MembershipConfig(
                config.settings(),
                config.self(),
                config.clusterHost(),
                config.clusterPort(),
                address,
                discovery,
                config.directory(),
                config.secret(),
                config.replaceSettings(),
                config.timings());
    }
}
