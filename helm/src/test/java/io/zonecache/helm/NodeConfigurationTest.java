package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.config.NodeConfigReader;
import io.zonecache.server.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart tells a node, read by the node's own code. */
class NodeConfigurationTest {

    private static final String AUTH_PATH = "/etc/zonecache/auth";
    private static final String CONFIG_PATH = "/etc/zonecache/config";

    private static final String POD_IP = "10.1.2.3";

    @TempDir
    private Path directory;

    static List<String> valueSets() {
        return Chart.valueSets();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldTellEveryNodeWhatItUnderstands(String valueSet) throws IOException {
        Chart.Rendered rendered = Chart.render(valueSet);
        assertThat(rendered.all(StatefulSet.class)).isNotEmpty();
        for (StatefulSet set : rendered.all(StatefulSet.class)) {
            NodeConfig config = read(rendered, set, POD_IP);
            assertThat(config.zone()).isEqualTo(set.getMetadata().getLabels().get("zonecache.io/zone"));
            assertThat(config.id()).isEqualTo("pod-0");
            assertThat(config.domain()).isEqualTo("host-a");
            assertThat(config.advertisedHost()).isEqualTo(POD_IP);
            assertThat(config.settings().expectedNodes())
                    .isEqualTo(set.getSpec().getReplicas());
            assertThat(config.replaceSettings())
                    .as("a changed zone takes the new settings over")
                    .isTrue();
            assertDiscovery(config, set.getSpec().getServiceName());
            assertThat(List.of(config.advertisedPort(), config.adminPort(), config.clusterPort()))
                    .isEqualTo(Chart.Rendered.node(set).getPorts().stream()
                            .map(port -> port.getContainerPort())
                            .toList());
        }
    }

    /** The kubelet gives a pod's IPv6 address without brackets. */
    @ParameterizedTest
    @CsvSource({"fd00:10:244::7, '[fd00:10:244::7]:5701'", "10.1.2.3, 10.1.2.3:5701"})
    void shouldAdvertiseAPodsAddressOfEitherFamily(String podIp, String clusterAddress) throws IOException {
        Chart.Rendered rendered = Chart.render("minimal.yaml");
        NodeConfig config = read(rendered, rendered.all(StatefulSet.class).get(0), podIp);
        assertThat(config.advertisedHost()).isEqualTo(podIp);
        assertThat(config.advertisedPort()).isEqualTo(config.port());
        assertThat(config.clusterAddress()).isEqualTo(clusterAddress);
    }

    @Test
    void shouldDivideTheOriginBudgetAmongZones() throws IOException {
        Chart.Rendered rendered = Chart.render("three-zones.yaml");
        assertThat(read(rendered, rendered.named(StatefulSet.class, "cache-zonecache-use1-az1"), POD_IP)
                        .settings())
                .satisfies(settings -> {
                    assertThat(settings.originBudget()).isEqualTo(32);
                    assertThat(settings.originReserve()).isEqualTo(2);
                    assertThat(settings.expectedClients()).isEqualTo(300);
                });
        assertThat(read(rendered, rendered.named(StatefulSet.class, "cache-zonecache-use1-az4"), POD_IP)
                        .settings())
                .satisfies(settings -> {
                    assertThat(settings.originBudget()).isEqualTo(40);
                    assertThat(settings.code()).hasToString("XOR 3-of-4");
                });
    }

    @Test
    void shouldPassFurtherSettingsOn() throws IOException {
        Chart.Rendered rendered = Chart.render("everything-on.yaml");
        NodeConfig config = read(rendered, rendered.all(StatefulSet.class).get(0), POD_IP);
        assertThat(config.limits().queueAgeMillis()).isEqualTo(50);
        assertThat(config.limits().maxRequests()).isEqualTo(2048);
        assertThat(config.weight()).isEqualTo(2);
    }

    private static void assertDiscovery(NodeConfig config, String service) {
        NodeConfig.KubernetesService api = config.kubernetesApi();
        if (api != null) {
            assertThat(api).isEqualTo(new NodeConfig.KubernetesService(Chart.NAMESPACE, service));
        } else {
            assertThat(config.kubernetesService()).isEqualTo(service + "." + Chart.NAMESPACE + ".svc");
        }
    }

    /** As the entrypoint and the kubelet would have it: the file from the ConfigMap, variables over it. */
    private NodeConfig read(Chart.Rendered rendered, StatefulSet set, String podIp) throws IOException {
        Container node = Chart.Rendered.node(set);
        assertThat(node.getArgs()).containsExactly("--config", CONFIG_PATH + "/node.yaml");
        assertThat(node.getVolumeMounts())
                .filteredOn(mount -> !mount.getName().startsWith("extra-"))
                .extracting(VolumeMount::getMountPath)
                .containsExactlyInAnyOrder("/data", CONFIG_PATH, AUTH_PATH);
        Files.writeString(directory.resolve("zone-secret"), "0123456789abcdef");
        String yaml =
                String.valueOf(rendered.named(ConfigMap.class, set.getMetadata().getName())
                        .getData()
                        .get("node.yaml"));
        assertThat(yaml).contains(AUTH_PATH);
        Path file = directory.resolve("node.yaml");
        Files.writeString(file, yaml.replace(AUTH_PATH, directory.toString()));
        return new NodeConfigReader()
                .withFile(file)
                .withEnvironment(environment(node, podIp))
                .read();
    }

    private static Map<String, String> environment(Container node, String podIp) {
        Map<String, String> fields = Map.of(
                "status.podIP", podIp,
                "metadata.name", "pod-0",
                "spec.nodeName", "host-a");
        List<String> known =
                Arrays.stream(Setting.values()).map(Setting::variable).toList();
        Map<String, String> environment = new HashMap<>(Map.of("ZONECACHE_BIND", "::"));
        for (EnvVar variable : node.getEnv()) {
            if (variable.getName().equals(Setting.ADMIN_TOKEN_FILE.variable())) {
                assertThat(variable.getValue()).isEqualTo(AUTH_PATH + "/admin-token");
                continue;
            }
            if (variable.getName().startsWith("ZONECACHE_")) {
                assertThat(known).contains(variable.getName());
            }
            String value = variable.getValue() != null
                    ? variable.getValue()
                    : fields.get(variable.getValueFrom().getFieldRef().getFieldPath());
            environment.put(variable.getName(), String.valueOf(value).replace("$(POD_IP)", podIp));
        }
        return environment;
    }
}
