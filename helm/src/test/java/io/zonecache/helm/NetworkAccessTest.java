package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reaches the nodes, and who is told that it does not. */
class NetworkAccessTest {

    private static final String PEER = "networkPolicy.monitoring[0].namespaceSelector.matchLabels.team";

    @ParameterizedTest
    @ValueSource(strings = {"serviceMonitor", "prometheusRule"})
    void shouldRefuseMonitoringThatReachesNoNode(String resource) {
        Map<String, String> values = new TreeMap<>(Map.of("monitoring." + resource + ".enabled", "true"));
        assertThatThrownBy(() -> Chart.template("minimal.yaml", values))
                .hasMessageContaining("networkPolicy.monitoring: empty, while monitoring." + resource
                        + " is enabled: no Prometheus could reach port 7401 (expected: the peers of yours, such as ");
        values.put(PEER, "metrics");
        assertThat(Chart.template("minimal.yaml", values)).contains("monitoring.coreos.com/v1");
        values.remove(PEER);
        values.put("networkPolicy.enabled", "false");
        assertThat(Chart.template("minimal.yaml", values)).contains("monitoring.coreos.com/v1");
    }

    @Test
    void shouldLetPrometheusReachTheAdminPort() {
        assertThat(peers(
                        Chart.render("everything-on.yaml")
                                .all(NetworkPolicy.class)
                                .get(0),
                        "admin"))
                .extracting(NetworkPolicyPeer::getNamespaceSelector)
                .anySatisfy(namespaces -> assertThat(namespaces.getMatchLabels())
                        .containsEntry("kubernetes.io/metadata.name", "monitoring"));
    }

    @Test
    void shouldTellThatWorkersInOtherNamespacesNeedAnEntry() {
        assertThat(Chart.notes("minimal.yaml", Map.of()))
                .contains("Every pod of namespace search may read and write chunks")
                .contains("Workers in other namespaces are cut off")
                .contains("- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}");
        assertThat(Chart.notes("additions.yaml", Map.of()))
                .contains("Only the peers in networkPolicy.workers may read and write chunks.")
                .contains("also those in namespace search");
        assertThat(Chart.notes("everything-off.yaml", Map.of()))
                .contains("Network policies are off")
                .doesNotContain("cut off");
    }

    @Test
    void shouldLetTheExampleWorkersReadWhereOnlyOthersAreNamed() {
        List<NetworkPolicy> policies = Chart.render("additions.yaml").all(NetworkPolicy.class);
        assertThat(policies)
                .hasSize(2)
                .allSatisfy(policy -> assertThat(peers(policy, "data"))
                        .filteredOn(peer -> peer.getPodSelector() != null)
                        .extracting(peer -> peer.getPodSelector().getMatchLabels())
                        .anySatisfy(labels -> assertThat(labels)
                                .containsEntry("app.kubernetes.io/component", "worker")
                                .containsEntry(
                                        "zonecache.io/zone",
                                        policy.getMetadata().getLabels().get("zonecache.io/zone"))));
        assertThat(peers(Chart.render("minimal.yaml").all(NetworkPolicy.class).get(0), "data"))
                .filteredOn(peer -> peer.getPodSelector().getMatchLabels() != null)
                .noneMatch(peer ->
                        "worker".equals(peer.getPodSelector().getMatchLabels().get("app.kubernetes.io/component")));
    }

    @Test
    void shouldAddFurtherRules() {
        assertThat(Chart.render("additions.yaml").all(NetworkPolicy.class))
                .hasSize(2)
                .allSatisfy(policy -> {
                    assertThat(policy.getSpec().getIngress())
                            .last()
                            .satisfies(rule -> assertThat(
                                            rule.getPorts().get(0).getPort().getIntVal())
                                    .isEqualTo(9100));
                    assertThat(policy.getSpec().getEgress())
                            .last()
                            .satisfies(rule -> assertThat(
                                            rule.getPorts().get(0).getPort().getIntVal())
                                    .isEqualTo(4317));
                });
    }

    private static List<NetworkPolicyPeer> peers(NetworkPolicy policy, String port) {
        return policy.getSpec().getIngress().stream()
                .filter(rule -> port.equals(rule.getPorts().get(0).getPort().getStrVal()))
                .map(NetworkPolicyIngressRule::getFrom)
                .flatMap(List::stream)
                .toList();
    }
}
