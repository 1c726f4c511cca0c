package io.zonecache.membership.hazelcast;

import static io.zonecache.membership.hazelcast.TestZone.awaitView;
import static io.zonecache.membership.hazelcast.TestZone.epoch;
import static io.zonecache.membership.hazelcast.TestZone.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import io.zonecache.membership.Discovery;
import io.zonecache.membership.Membership;
import io.zonecache.membership.ZoneSecret;
import io.zonecache.membership.Zones;
import io.zonecache.membership.internal.Network;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ZoneSettings;
import io.zonecache.testkit.process.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Real Hazelcast members in this JVM. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class HazelcastZoneTest {

    @TempDir
    Path directory;

    @Test
    void shouldKeepItsPlaceWhenANodeDiesAndComesBack() {
        try (TestZone zone = new TestZone(directory, 3)) {
            List<HazelcastMembership> members = zone.startAll();
            members.forEach(member -> awaitView(member, "n1:up n2:up n3:up"));
            long epoch = epoch(members.get(0));

            members.get(1).close();
            awaitView(members.get(0), "n1:up n2:down n3:up");
            awaitView(members.get(2), "n1:up n2:down n3:up");
            HazelcastMembership back = zone.start(2);

            awaitView(back, "n1:up n2:up n3:up");
            awaitView(members.get(0), "n1:up n2:up n3:up");
            assertThat(epoch(members.get(0))).isGreaterThan(epoch);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(back.unconfirmedMillis()).isLessThan(5_000));
        }
    }

    @Test
    void shouldKnowTheZoneAgainWhenAllNodesRestartAndOneIsMissing() {
        try (TestZone zone = new TestZone(directory, 3)) {
            List<HazelcastMembership> members = zone.startAll();
            members.forEach(member -> awaitView(member, "n1:up n2:up n3:up"));
            long epoch = epoch(members.get(0));
            // So that it remembers all of them up, whichever of the others goes first.
            members.get(0).close();
            members.subList(1, 3).parallelStream().forEach(Membership::close);

            HazelcastMembership first = zone.start(1);
            assertThat(text(first)).isEqualTo("n1:up n2:up n3:up");
            assertThat(epoch(first)).isEqualTo(epoch);
            HazelcastMembership second = zone.start(2);

            awaitView(second, "n1:up n2:up n3:down");
            assertThat(epoch(second)).isGreaterThan(epoch);
        }
    }

    @Test
    void shouldServeTheLastViewWhenAllOthersAreLost() {
        try (TestZone zone = new TestZone(directory, 3)) {
            List<HazelcastMembership> members = zone.startAll();
            members.forEach(member -> awaitView(member, "n1:up n2:up n3:up"));

            members.get(0).close();
            // Both at once, and either may be seen to go first.
            awaitView(members.get(2), "n1:down n2:up n3:up");
            members.get(1).close();

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(members.get(2).status().waitingFor())
                            .isEqualTo("a majority of the last view's nodes: 1 of 3"));
            assertThat(text(members.get(2))).isEqualTo("n1:down n2:up n3:up");
            members.get(2).forceView();
            awaitView(members.get(2), "n3:up");
        }
    }

    @Test
    void shouldRefuseTheLaterOfTwoMembersWithOneIdAndTellIt() {
        try (TestZone zone = new TestZone(directory, 3)) {
            HazelcastMembership first = zone.start(1);
            HazelcastMembership second = zone.start(2);
            HazelcastMembership twin = zone.start(zone.config(3, "n2"));
            awaitView(first, "n1:up n2:up");
            awaitView(twin, "n1:up n2:up");

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(twin.status().refusal())
                            .contains("id: n2 is used by the member at 127.0.0.1:" + zone.port(2)));
            assertThat(first.status().refusal()).isNull();
            assertThat(second.status().refusal()).isNull();
        }
    }

    @Test
    void shouldLetAStrangerIntoNoViewAndCountWhatItSays() {
        try (TestZone zone = new TestZone(directory, Ports.free(3), Zones.settings(2))) {
            ZoneSecret secret = ZoneSecret.of("right".getBytes(StandardCharsets.UTF_8));
            HazelcastMembership stranger =
                    zone.start(3, config -> config.withSecret(ZoneSecret.of("wrong".getBytes(StandardCharsets.UTF_8))));
            HazelcastMembership first = zone.start(1, config -> config.withSecret(secret));
            HazelcastMembership second = zone.start(2, config -> config.withSecret(secret));

            awaitView(first, "n1:up n2:up");
            stranger.forceView();
            stranger.network().broadcast("garbage".getBytes(StandardCharsets.UTF_8));
            stranger.network().broadcastObject(new HashMap<>());
            stranger.network().broadcastObject("text");
            awaitView(stranger, "n3:up");

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThat(second.status().rejectedMessages()).isGreaterThan(3));
            assertThat(text(first)).isEqualTo("n1:up n2:up");
            assertThat(text(second)).isEqualTo("n1:up n2:up");
            assertThat(first.status().membersPresent()).isEqualTo(2);
        }
    }

    @Test
    void shouldKeepZonesApartThatKnowEachOthersPorts() {
        List<Integer> ports = Ports.free(2);
        ZoneSettings other = Zones.settings("use1-az2", 1, 64);
        try (TestZone zone = new TestZone(directory.resolve("a"), ports, Zones.settings(1));
                TestZone otherZone = new TestZone(directory.resolve("b"), ports, other)) {
            HazelcastMembership first = zone.start(1);
            HazelcastMembership second = otherZone.start(2);

            awaitView(first, "n1:up");
            awaitView(second, "n2:up");
            assertThat(first.status().membersPresent()).isEqualTo(1);
        }
    }

    @Test
    void shouldStartWithoutTheOthersAndServeAloneAfterAWhile() {
        try (TestZone zone = new TestZone(directory, 6)) {
            HazelcastMembership alone = zone.start(1);
            assertThat(alone.view()).isNull();
            assertThat(alone.unconfirmedMillis()).isEqualTo(Long.MAX_VALUE);

            awaitView(alone, "n1:up");

            assertThat(epoch(alone)).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseOtherSettingsUnlessToldToReplaceThem() {
        List<Integer> ports = Ports.free(3);
        try (TestZone zone = new TestZone(directory, ports, Zones.settings(2));
                TestZone changed = new TestZone(directory, ports, Zones.settings(Zones.ZONE, 2, 100))) {
            HazelcastMembership first = zone.start(1);
            HazelcastMembership second = zone.start(2);
            awaitView(first, "n1:up n2:up");
            HazelcastMembership third = changed.start(3);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(third.status().refusal())
                            .contains("originBudget 100 (expected: 64, as in the zone's view)"));
            third.close();

            changed.start(3, config -> config.withReplaceSettings(true));

            awaitView(second, "n1:up n2:up n3:up");
            assertThat(second.view())
                    .satisfies(view ->
                            assertThat(view.view().settings().originBudget()).isEqualTo(100));
        }
    }

    @Test
    void shouldNameThePortThatIsInUse() throws Exception {
        try (TestZone zone = new TestZone(directory, 1);
                ServerSocket taken = new ServerSocket(zone.port(1), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> zone.start(1))
                    .isInstanceOfSatisfying(
                            CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheErrorCode.BAD_REQUEST))
                    .hasMessageContaining("clusterPort: " + taken.getLocalPort() + " on 127.0.0.1 (expected: ");
        }
    }

    @Test
    void shouldFindOthersThroughTheNameOfAHeadlessService() {
        try (TestZone zone = new TestZone(directory, 2)) {
            HazelcastMembership first =
                    zone.start(1, config -> config.withDiscovery(new Discovery.KubernetesDns("localhost")));
            Config config = HazelcastSettings.config(
                    zone.config(2).withDiscovery(new Discovery.KubernetesDns("localhost")), "card");
            // In one machine the nodes' ports differ; in a cluster their addresses do.
            config.getAdvancedNetworkConfig()
                    .getJoin()
                    .getKubernetesConfig()
                    .setProperty("service-port", Integer.toString(zone.port(1)));
            HazelcastNetwork second = new HazelcastNetwork(message -> {}, () -> {}, () -> {});
            try {
                second.start(config);

                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(second.members())
                                .extracting(Network.Peer::address)
                                .containsExactly("127.0.0.1:" + zone.port(1), "127.0.0.1:" + zone.port(2)));
                assertThat(first.status().refusal()).isNull();
            } finally {
                second.stop();
            }
        }
    }

    @Test
    void shouldStartAndPublishAlthoughAPeerTakesConnectionsAndSaysNothing() throws Exception {
        List<Integer> ports = Ports.free(2);
        try (ServerSocket silent = new ServerSocket(ports.get(1), 50, InetAddress.getLoopbackAddress());
                TestZone zone = new TestZone(directory, ports, Zones.settings(1))) {
            assertThat(silent.isBound()).isTrue();
            HazelcastMembership member = zone.start(1);

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(text(member)).isEqualTo("n1:up"));
        }
    }
}
