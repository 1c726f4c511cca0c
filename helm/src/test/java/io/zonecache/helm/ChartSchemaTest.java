package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void shouldRefuseASettingThatTheChartSetsItself() {
        assertThatThrownBy(() -> Chart.template("minimal.yaml", Map.of("settings.zone", "other")))
                .hasMessageContaining("settings.zone");
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
