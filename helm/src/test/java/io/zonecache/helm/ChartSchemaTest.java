package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CodeSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartSchemaTest {

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "nodes, 0, /nodes",
        "nodes, six, /nodes",
        "memory, 1G, /memory",
        "memory, 0MiB, /memory",
        "capacity, 64, /capacity",
        "code, 4+1, /code",
        "keyScheme, md5, /keyScheme",
        "antiAffinity, maybe, /antiAffinity",
        "origin.budget, 0, /origin/budget",
        "origin.reserve, -1, /origin/reserve",
        "zones[0].name, Zone_A, /zones/0/name",
        "zones[0].memory, lots, /zones/0/memory",
        "zones[0].origin.budget, many, /zones/0/origin/budget",
        "zones, none, /zones",
        "ports.data, 80, /ports/data",
        "ports.cluster, 70000, /ports/cluster",
        "image.pullPolicy, Sometimes, /image/pullPolicy",
        "persistence.size, big, /persistence/size",
        "persistence.enabled, perhaps, /persistence/enabled",
        "podDisruptionBudget.maxUnavailable, few, /podDisruptionBudget/maxUnavailable",
        "lifecycle.drainSeconds, soon, /lifecycle/drainSeconds",
        "lifecycle.settleWithin, 10, /lifecycle/settleWithin",
        "discovery, multicast, /discovery",
        "persistence.whenScaled, Forget, /persistence/whenScaled",
        "scaleIn.drain, maybe, /scaleIn/drain",
        "scaleIn.timeoutSeconds, 0, /scaleIn/timeoutSeconds",
        "monitoring.serviceMonitor.interval, often, /monitoring/serviceMonitor/interval",
        "monitoring.prometheusRule.runbookUrl, here, /monitoring/prometheusRule/runbookUrl",
        "monitoring.dashboard.enabled, 1, /monitoring/dashboard/enabled",
        "test.timeoutSeconds, none, /test/timeoutSeconds",
        "exampleWorker.origin, models, /exampleWorker/origin",
        "exampleWorker.s3.endpoint, minio, /exampleWorker/s3/endpoint",
        "zones[0].topologyZone, a b, /zones/0/topologyZone",
        "resources.cpuRequest, fast, /resources/cpuRequest",
        "memory, 256MB, /memory",
        "capacity, 64G, /capacity",
        "commonLabels.team, a b, /commonLabels/team",
        "commonLabels.app\\.kubernetes\\.io/name, other, app.kubernetes.io/name",
        "podLabels.zonecache\\.io/zone, other, zonecache.io/zone",
        "image.digest, latest, /image/digest",
        "startupProbe.failureThreshold, 0, /startupProbe/failureThreshold",
        "livenessProbe.path, /, path",
        "readinessProbe.enabled, false, enabled",
        "affinity.hosts, any, hosts",
        "topologySpreadConstraints[0].maxSkew, 1, /topologySpreadConstraints/0",
        "openshift.assignedUids, true, /openshift/assignedUids",
        "serviceAccount.automountToken, perhaps, /serviceAccount/automountToken",
        "extraVolumeMounts[0].name, a, /extraVolumeMounts/0",
        "extraContainers[0].name, a, /extraContainers/0",
        "initContainers[0].image, a, /initContainers/0",
        "extraEnvFrom[0].prefix, A_, /extraEnvFrom/0",
        "service.type, LoadBalancer, type",
        "settings.Queue_Age, 50ms, Queue_Age",
        "replicas, 3, replicas",
        "zones[0].replicas, 3, replicas",
        "networkPolicy.enable, false, enable",
    })
    void shouldRefuseAWrongValueAndNameItsKey(String key, String value, String named) {
        String zone = key.startsWith("zones[0]") ? "a" : null;
        Map<String, String> values = zone == null || key.equals("zones[0].name")
                ? Map.of(key, value)
                : new TreeMap<>(Map.of("zones[0].name", zone, key, value));
        assertThatThrownBy(() -> Chart.template("minimal.yaml", values)).hasMessageContaining(named);
    }

    @Test
    void shouldRefuseABudgetThatLeavesANodeWithoutALease() {
        assertThatThrownBy(() -> Chart.template("three-zones.yaml", Map.of("origin.budget", "12")))
                .hasMessageContaining("origin.budget: zone use1-az1 gets 4 with a reserve of 2")
                .hasMessageContaining("expected: at least 8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zone", "memory", "id", "code"})
    void shouldRefuseASettingThatTheChartSetsItself(String setting) {
        assertThatThrownBy(() -> Chart.template("minimal.yaml", Map.of("settings." + setting, "other")))
                .hasMessageContaining("settings." + setting + ": the chart sets it");
    }

    @ParameterizedTest
    @CsvSource({
        "extraEnv[0].name, ZONECACHE_MEMORY, 'extraEnv: the chart sets ZONECACHE_MEMORY'",
        "extraEnv[0].name, ZONECACHE_CLUSTER_PORT, 'extraEnv: the chart sets ZONECACHE_CLUSTER_PORT'",
        "extraEnv[0].name, POD_IP, 'extraEnv: the chart sets POD_IP'",
        "extraVolumes[0].name, data, 'extraVolumes: data is a volume of the chart (expected: another name)'",
    })
    void shouldRefuseAnAdditionThatTheChartHasItself(String key, String value, String message) {
        assertThatThrownBy(() -> Chart.template("minimal.yaml", Map.of(key, value)))
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseContainersAndMountsThatTheChartHasItself() {
        assertThatThrownBy(() -> Chart.template(
                        "minimal.yaml",
                        Map.of("extraVolumeMounts[0].name", "a", "extraVolumeMounts[0].mountPath", "/data/")))
                .hasMessageContaining("extraVolumeMounts: /data/ is mounted by the chart");
        for (String list : List.of("extraContainers", "initContainers")) {
            assertThatThrownBy(() ->
                            Chart.template("minimal.yaml", Map.of(list + "[0].name", "node", list + "[0].image", "a")))
                    .hasMessageContaining("node is the chart's (expected: another name)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "6, '', 2, 'maxUnavailable: 2 is 2 of the 6 nodes of zone main (expected: at most 1, or chunks are out of reach; its code has a parity of 1)'",
        "12, 4-of-6, 3, 'maxUnavailable: 3 is 3 of the 12 nodes of zone main (expected: at most 2'",
        "12, 4-of-6, 17%, 'maxUnavailable: 17% is 3 of the 12 nodes of zone main (expected: at most 2'",
        "1, '', 2, 'maxUnavailable: 2 is 2 of the 1 nodes of zone main (expected: at most 1'",
        "6, 4-of-4, 2, 'a parity of 0'",
    })
    void shouldRefuseToTakeMoreNodesThanTheCodeCanDoWithout(
            int nodes, String code, String unavailable, String message) {
        assertThatThrownBy(() -> Chart.template("minimal.yaml", disruptions(nodes, code, unavailable)))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "6, '', 1",
        "6, '', 16%",
        "12, 4-of-6, 2",
        "12, reed_solomon:4-of-6, 16%",
        "1, '', 1",
        "6, 4-of-4, 1",
        "6, '', 0"
    })
    void shouldTakeAsManyNodesAsTheCodeCanDoWithout(int nodes, String code, String unavailable) {
        assertThat(Chart.template("minimal.yaml", disruptions(nodes, code, unavailable)))
                .contains("maxUnavailable: " + unavailable);
    }

    @Test
    void shouldRefuseABudgetOfDisruptionsForTheOneZoneThatCannotBearIt() {
        assertThatThrownBy(() -> Chart.template("three-zones.yaml", disruptions(12, "4-of-6", "2")))
                .hasMessageContaining("of zone use1-az4 (expected: at most 1");
    }

    /** The chart's default code is the node's own. */
    @Test
    void shouldKnowTheParityThatANodeTakesByDefault() {
        for (int nodes : List.of(1, 2, 9)) {
            int most = Math.max(1, CodeSpec.defaultFor(nodes).parity());
            assertThat(Chart.template("minimal.yaml", disruptions(nodes, "", String.valueOf(most))))
                    .isNotEmpty();
            assertThatThrownBy(() -> Chart.template("minimal.yaml", disruptions(nodes, "", String.valueOf(most + 1))))
                    .hasMessageContaining("(expected: at most " + most);
        }
    }

    private static Map<String, String> disruptions(int nodes, String code, String unavailable) {
        return Map.of("nodes", String.valueOf(nodes), "code", code, "podDisruptionBudget.maxUnavailable", unavailable);
    }

    @Test
    void shouldRefuseTwoZonesOfOneName() {
        assertThatThrownBy(() -> Chart.template(
                        "minimal.yaml",
                        Map.of("zones[0].name", "a", "zones[1].name", "a", "zones[1].topologyZone", "us-east-1b")))
                .hasMessageContaining("zones: 2 are named a");
    }

    @ParameterizedTest
    @CsvSource({
        "memory, 64MiB, 'memory: zone main has 64MiB (expected: at least 128MiB)'",
        "capacity, 128MiB, 'capacity: zone main has 128MiB (expected: at least 256MiB)'",
        "exampleWorker.enabled, true, 'exampleWorker.image: none (expected: the image of your workers)'",
    })
    void shouldRefuseWhatANodeWouldRefuse(String key, String value, String message) {
        assertThatThrownBy(() -> Chart.template("minimal.yaml", Map.of(key, value)))
                .hasMessageContaining(message);
    }
}
