package io.zonecache.membership.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import io.zonecache.membership.Discovery;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.Zones;
import io.zonecache.membership.internal.Network;
import io.zonecache.testkit.process.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that know nothing but a service's name, as pods with {@code discovery: api} do. */
@Tag("slow")
class KubernetesApiTest {

    private static final int MEMBERS = 3;

    @TempDir
    Path directory;

    private final List<Integer> ports = Ports.free(MEMBERS);

    @Test
    void shouldFindEachOtherThroughTheKubernetesApiWithTheRightToListEndpointSlicesAlone() throws Exception {
        List<HazelcastNetwork> members = new ArrayList<>();
        try (ApiServer api = new ApiServer(directory, ports)) {
            for (int port : ports) {
                HazelcastNetwork member = new HazelcastNetwork(message -> {}, () -> {}, () -> {});
                members.add(member);
                member.start(config(api, port));
            }
            for (HazelcastNetwork member : members) {
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(member.members())
                                .extracting(Network.Peer::address)
                                .containsExactlyInAnyOrderElementsOf(ports.stream()
                                        .map(port -> "127.0.0.1:" + port)
                                        .toList()));
            }
            assertThat(api.granted()).containsExactly("GET /apis/discovery.k8s.io/v1/namespaces/search/endpointslices");
            // Its own pod, for a host name that nothing here uses; it goes on without.
            assertThat(api.denied()).allMatch(request -> request.startsWith("GET /api/v1/namespaces/search/pods/"));
        } finally {
            members.forEach(HazelcastNetwork::stop);
        }
    }

    /**
     * As the node has it, but that a pod gets the API's address, certificate and token from Kubernetes. Pods have addresses of their own and one
     * port; here it is the other way round.
     */
    private Config config(ApiServer api, int port) throws Exception {
        MembershipConfig membership = MembershipConfig.of(
                        Zones.settings(MEMBERS), Zones.node("n" + port), "127.0.0.1", port, List.of(), directory)
                .withDiscovery(new Discovery.KubernetesApi(ApiServer.NAMESPACE, ApiServer.SERVICE));
        Config config = HazelcastSettings.config(membership, "card of " + port);
        config.getAdvancedNetworkConfig()
                .getJoin()
                .getKubernetesConfig()
                .setProperty("service-port", "0")
                .setProperty("kubernetes-master", api.url())
                .setProperty("api-token", ApiServer.TOKEN)
                .setProperty("ca-certificate", api.certificatePem());
        return config;
    }
}
