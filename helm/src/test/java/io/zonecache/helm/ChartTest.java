package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChartTest {

    static List<String> valueSets() {
        return Chart.valueSets();
    }

    @Test
    void shouldPassAStrictLint() {
        LintResult lint = Chart.lint();
        assertThat(lint.isFailed()).as(String.join("\n", lint.getMessages())).isFalse();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldRenderOnlyObjectsThatKubernetesTakes(String valueSet) {
        List<HasMetadata> objects = Chart.render(valueSet).objects();
        Set<String> names = new TreeSet<>();
        for (HasMetadata object : objects) {
            String name = object.getMetadata().getName();
            assertThat(name).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
            assertThat(names.add(object.getKind() + "/" + name))
                    .as("%s is unique", name)
                    .isTrue();
            assertThat(object.getMetadata().getLabels()).containsEntry("app.kubernetes.io/instance", Chart.RELEASE);
            if (object instanceof StatefulSet) {
                // A hash of ten characters is added to it in a label.
                assertThat(name).hasSizeLessThanOrEqualTo(52);
            }
        }
        assertThat(objects).hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldSelectThePodsOfOneZoneOnly(String valueSet) {
        Chart.Rendered rendered = Chart.render(valueSet);
        for (StatefulSet set : rendered.all(StatefulSet.class)) {
            Map<String, String> labels =
                    set.getSpec().getTemplate().getMetadata().getLabels();
            Map<String, String> selector = set.getSpec().getSelector().getMatchLabels();
            assertThat(labels).containsAllEntriesOf(selector);
            String zone = String.valueOf(selector.get("zonecache.io/zone"));
            assertThat(rendered.all(Service.class))
                    .filteredOn(service -> service.getSpec().getSelector().equals(selector))
                    .as("services of zone %s", zone)
                    .hasSize(2)
                    .allMatch(service -> service.getSpec().getPublishNotReadyAddresses())
                    .anyMatch(service ->
                            service.getMetadata().getName().equals(set.getSpec().getServiceName()));
            assertThat(rendered.all(PodDisruptionBudget.class))
                    .filteredOn(budget -> isOf(zone, budget))
                    .allMatch(budget ->
                            budget.getSpec().getSelector().getMatchLabels().equals(selector));
            assertThat(rendered.all(NetworkPolicy.class))
                    .filteredOn(policy -> isOf(zone, policy))
                    .allMatch(policy ->
                            policy.getSpec().getPodSelector().getMatchLabels().equals(selector));
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldRunANodeWithNothingItDoesNotNeed(String valueSet) {
        for (StatefulSet set : Chart.render(valueSet).all(StatefulSet.class)) {
            PodSpec pod = set.getSpec().getTemplate().getSpec();
            assertThat(pod.getAutomountServiceAccountToken())
                    .isEqualTo(Set.of("everything-on.yaml", "additions.yaml").contains(valueSet));
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            SecurityContext container = Chart.Rendered.node(set).getSecurityContext();
            assertThat(container.getReadOnlyRootFilesystem()).isTrue();
            assertThat(container.getAllowPrivilegeEscalation()).isFalse();
            assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldNameEveryPortThatServicesAndProbesUse(String valueSet) {
        Chart.Rendered rendered = Chart.render(valueSet);
        for (StatefulSet set : rendered.all(StatefulSet.class)) {
            Container node = Chart.Rendered.node(set);
            Set<String> ports =
                    node.getPorts().stream().map(ContainerPort::getName).collect(Collectors.toSet());
            assertThat(ports).containsExactlyInAnyOrder("data", "admin", "cluster");
            assertThat(node.getLivenessProbe().getHttpGet().getPort().getStrVal())
                    .isEqualTo("admin");
            assertThat(node.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/settled");
            assertThat(node.getStartupProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        }
        for (Service service : rendered.all(Service.class)) {
            assertThat(service.getSpec().getPorts())
                    .extracting(ServicePort::getName)
                    .as("ports of %s", service.getMetadata().getName())
                    .contains("data");
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldGiveTheProcessTimeToFinish(String valueSet) {
        for (StatefulSet set : Chart.render(valueSet).all(StatefulSet.class)) {
            PodSpec pod = set.getSpec().getTemplate().getSpec();
            List<String> preStop = Chart.Rendered.node(set)
                    .getLifecycle()
                    .getPreStop()
                    .getExec()
                    .getCommand();
            assertThat(preStop).hasSize(2).first().isEqualTo("/opt/zonecache/bin/pre-stop.sh");
            assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThan(Long.parseLong(preStop.get(1)));
        }
    }

    @Test
    void shouldHideTheAdminPortFromWorkersByDefault() {
        Chart.Rendered rendered = Chart.render("minimal.yaml");
        assertThat(rendered.named(Service.class, "cache-zonecache-main")
                        .getSpec()
                        .getPorts())
                .extracting(ServicePort::getName)
                .containsExactly("data");
        NetworkPolicy policy = rendered.named(NetworkPolicy.class, "cache-zonecache-main");
        assertThat(policy.getSpec().getIngress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getStrVal())
                .containsExactly("data", "cluster", "admin");
        assertThat(policy.getSpec().getIngress().get(2).getFrom())
                .extracting(peer -> peer.getPodSelector().getMatchLabels())
                .singleElement()
                .satisfies(labels -> assertThat(labels).containsEntry("app.kubernetes.io/component", "scale-in"));
    }

    @Test
    void shouldNameNodesBeforeTheyAreReady() {
        Service nodes = Chart.render("minimal.yaml").named(Service.class, "cache-zonecache-main-nodes");
        assertThat(nodes.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(nodes.getSpec().getPublishNotReadyAddresses()).isTrue();
    }

    @Test
    void shouldPinEachZoneToItsHosts() {
        List<StatefulSet> sets = Chart.render("three-zones.yaml").all(StatefulSet.class);
        assertThat(sets)
                .extracting(set -> set.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getAffinity()
                        .getNodeAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getNodeSelectorTerms()
                        .get(0)
                        .getMatchExpressions()
                        .get(0)
                        .getValues()
                        .get(0))
                .containsExactly("us-east-1a", "us-east-1b", "us-east-1d");
        assertThat(sets).extracting(set -> set.getSpec().getReplicas()).containsExactly(6, 9, 6);
    }

    @Test
    void shouldKeepTwoNodesOffOneHostUnlessToldThatItMay() {
        var hard = pod("minimal.yaml").getAffinity().getPodAntiAffinity();
        assertThat(hard.getRequiredDuringSchedulingIgnoredDuringExecution()).hasSize(1);
        var soft = pod("everything-off.yaml").getAffinity().getPodAntiAffinity();
        assertThat(soft.getRequiredDuringSchedulingIgnoredDuringExecution()).isEmpty();
        assertThat(soft.getPreferredDuringSchedulingIgnoredDuringExecution()).hasSize(1);
    }

    @Test
    void shouldRequestTheMemoryThatTheNodeIsAllowed() {
        StatefulSet set = Chart.render("three-zones.yaml").named(StatefulSet.class, "cache-zonecache-use1-az2");
        assertThat(Chart.Rendered.node(set).getEnv())
                .filteredOn(env -> env.getName().equals("ZONECACHE_MEMORY"))
                .extracting(env -> env.getValue())
                .containsExactly("2GiB");
        assertThat(Chart.Rendered.node(set).getResources().getRequests().get("memory"))
                .hasToString("2112Mi");
        assertThat(Chart.Rendered.node(set).getResources().getLimits().get("memory"))
                .hasToString("2112Mi");
    }

    @Test
    void shouldAskForMoreDiskThanTheCapacity() {
        StatefulSet set = Chart.render("three-zones.yaml").named(StatefulSet.class, "cache-zonecache-use1-az2");
        assertThat(set.getSpec().getVolumeClaimTemplates())
                .extracting(
                        claim -> claim.getSpec().getResources().getRequests().get("storage"))
                .containsExactly(Quantity.parse((1024 * 1024 / 8 * 9 + 1024) + "Mi"));
    }

    @Test
    void shouldMakeNoSecretWhereOneIsNamed() {
        Chart.Rendered rendered = Chart.render("own-secrets.yaml");
        assertThat(rendered.all(Secret.class)).isEmpty();
        assertThat(rendered.all(StatefulSet.class))
                .extracting(ChartTest::secretName)
                .containsExactly("zonecache-auth", "zone-b-auth");
    }

    @Test
    void shouldMakeAStrongSecretForEachZone() {
        Chart.Rendered rendered = Chart.render("three-zones.yaml");
        assertThat(rendered.all(Secret.class)).hasSize(3).allSatisfy(secret -> {
            assertThat(secret.getData()).containsOnlyKeys("zone-secret", "admin-token");
            assertThat(secret.getData().values()).doesNotHaveDuplicates().allMatch(value -> value.length() >= 43);
            assertThat(secret.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
        });
        assertThat(rendered.all(StatefulSet.class))
                .extracting(ChartTest::secretName)
                .containsExactlyElementsOf(rendered.all(Secret.class).stream()
                        .map(secret -> secret.getMetadata().getName())
                        .toList());
    }

    @Test
    void shouldRunTheImageOfThisVersion() throws IOException {
        String pom = Files.readString(Path.of("../pom.xml"));
        String version = pom.substring(pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));
        StatefulSet set = Chart.render("minimal.yaml").all(StatefulSet.class).get(0);
        assertThat(Chart.Rendered.node(set).getImage()).isEqualTo("zonecache:" + version);
    }

    @Test
    void shouldKeepASecretOverUpgrades() {
        try (FakeCluster cluster = new FakeCluster()) {
            Secret first =
                    Chart.render("minimal.yaml", cluster).all(Secret.class).get(0);
            cluster.store(first);
            Secret second =
                    Chart.render("minimal.yaml", cluster).all(Secret.class).get(0);
            assertThat(second.getData()).isEqualTo(first.getData());
        }
    }

    private static PodSpec pod(String valueSet) {
        return Chart.render(valueSet)
                .all(StatefulSet.class)
                .get(0)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static boolean isOf(String zone, HasMetadata object) {
        return zone.equals(object.getMetadata().getLabels().get("zonecache.io/zone"));
    }

    private static String secretName(StatefulSet set) {
        return set.getSpec().getTemplate().getSpec().getVolumes().stream()
                .filter(volume -> volume.getSecret() != null)
                .map(volume -> volume.getSecret().getSecretName())
                .collect(Collectors.joining());
    }
}
