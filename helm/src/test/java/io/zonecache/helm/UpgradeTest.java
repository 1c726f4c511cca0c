package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upgrade restarts, and what it does before. */
class UpgradeTest {

    private static final String HOOK = Chart.HOOK + "hook";
    private static final String ALWAYS = "pre-upgrade,pre-rollback";
    private static final String SECRET = "zonecache-auth";

    @ParameterizedTest
    @ValueSource(strings = {"9.9.9", "9.9.9-rc.1+build.7"})
    void shouldRestartNoPodForAnotherVersionOfTheChart(String version) {
        Chart.Rendered now = Chart.render("everything-on.yaml");
        Chart.Rendered then =
                Chart.renderWith("Chart.yaml", "\nversion: 0.1.0", "\nversion: " + version, "everything-on.yaml");
        assertThat(specs(then)).hasSize(2).isEqualTo(specs(now));
        assertThat(then.objects())
                .extracting(object -> object.getMetadata().getLabels().get("helm.sh/chart"))
                .containsOnly("zonecache-" + version.replace('+', '_'));
    }

    @Test
    void shouldRestartNodesForAnotherVersionOfTheNode() {
        Chart.Rendered then =
                Chart.renderWith("Chart.yaml", "appVersion: 0.1.0-SNAPSHOT", "appVersion: 9.9.9", "minimal.yaml");
        assertThat(Chart.Rendered.node(then.all(StatefulSet.class).get(0)).getImage())
                .isEqualTo("zonecache:9.9.9");
    }

    @Test
    void shouldDrainBeforeAnUpgradeOnlyInTheZoneThatShrinks() {
        try (FakeCluster cluster = new FakeCluster()) {
            Chart.render("three-zones.yaml").all(StatefulSet.class).forEach(cluster::store);
            assertThat(hooks(Chart.render("three-zones.yaml", cluster)))
                    .hasSize(3)
                    .allSatisfy((name, hook) -> assertThat(hook).isEqualTo("pre-rollback"));
            assertThat(hooks(Chart.render("three-zones.yaml", Map.of("zones[1].nodes", 8), cluster)))
                    .containsEntry("cache-zonecache-use1-az1-scale-in", "pre-rollback")
                    .containsEntry("cache-zonecache-use1-az2-scale-in", ALWAYS)
                    .containsEntry("cache-zonecache-use1-az4-scale-in", "pre-rollback");
            assertThat(hooks(Chart.render("three-zones.yaml", Map.of("zones[1].nodes", 10), cluster)))
                    .as("a zone that grows")
                    .allSatisfy((name, hook) -> assertThat(hook).isEqualTo("pre-rollback"));
        }
    }

    /** Helm runs the hooks of the revision that it goes back to, as they were rendered when that was installed. */
    @Test
    void shouldDrainBeforeARollbackToASmallerZoneThatWasOnlyEverInstalled() {
        try (FakeCluster empty = new FakeCluster()) {
            assertThat(hooks(Chart.render("minimal.yaml", empty)))
                    .containsExactly(Map.entry("cache-zonecache-main-scale-in", "pre-rollback"));
        }
    }

    @Test
    void shouldDrainBeforeEachUpgradeWhereNoClusterCanBeAsked() {
        assertThat(hooks(Chart.renderWithoutCluster("scale-in.yaml", "minimal.yaml")))
                .containsExactly(Map.entry("cache-zonecache-main-scale-in", ALWAYS));
    }

    @Test
    void shouldRestartTheNodesThatReadARotatedAdminTokenAndNoOther() {
        try (FakeCluster cluster = new FakeCluster()) {
            cluster.store(secret(SECRET, "c2VjcmV0", "b2xk"));
            cluster.store(secret("zone-b-auth", "c2VjcmV0", "b2xk"));
            Map<String, Object> before = specs(Chart.render("own-secrets.yaml", cluster));
            assertThat(specs(Chart.render("own-secrets.yaml", cluster))).isEqualTo(before);
            cluster.store(secret(SECRET, "c2VjcmV0", "bmV3"));
            Map<String, Object> after = specs(Chart.render("own-secrets.yaml", cluster));
            assertThat(after.get("cache-zonecache-a")).isNotEqualTo(before.get("cache-zonecache-a"));
            assertThat(after.get("cache-zonecache-b")).isEqualTo(before.get("cache-zonecache-b"));
            assertThat(after.toString()).as("the token itself").doesNotContain("bmV3");
        }
    }

    @Test
    void shouldNotRestartNodesOneAtATimeForAnotherZoneSecretSinceNodesOfTwoSecretsFormNoZone() {
        try (FakeCluster cluster = new FakeCluster()) {
            cluster.store(secret(SECRET, "c2VjcmV0", "b2xk"));
            Map<String, Object> before = specs(Chart.render("own-secrets.yaml", cluster));
            cluster.store(secret(SECRET, "YW5vdGhlcg==", "b2xk"));
            assertThat(specs(Chart.render("own-secrets.yaml", cluster))).isEqualTo(before);
        }
    }

    @Test
    void shouldRestartNodesForAnotherRotationWhereNoClusterCanBeAsked() {
        assertThat(specs(Chart.render("own-secrets.yaml", Map.of("auth.rotation", "may"))))
                .isNotEqualTo(specs(Chart.render("own-secrets.yaml", Map.of("auth.rotation", "june"))));
    }

    private static Secret secret(String name, String zoneSecret, String adminToken) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withData(Map.of("zone-secret", zoneSecret, "admin-token", adminToken))
                .build();
    }

    private static Map<String, String> hooks(Chart.Rendered rendered) {
        return rendered.all(Job.class).stream()
                .collect(Collectors.toMap(
                        job -> job.getMetadata().getName(),
                        job -> job.getMetadata().getAnnotations().get(HOOK)));
    }

    /** What a controller compares: pods are restarted if and only if it changes. */
    private static Map<String, Object> specs(Chart.Rendered rendered) {
        Map<String, Object> specs = new TreeMap<>();
        for (HasMetadata object : rendered.objects()) {
            if (object instanceof StatefulSet set) {
                specs.put(set.getMetadata().getName(), List.of(set.getSpec()));
            } else if (object instanceof Deployment worker) {
                specs.put(worker.getMetadata().getName(), List.of(worker.getSpec()));
            }
        }
        return specs;
    }
}
