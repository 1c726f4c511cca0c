package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users add to pods and objects of the chart (additions.yaml), beside what the chart itself wants. */
class PodOptionsTest {

    private static final String ADDITIONS = "additions.yaml";
    private static final String DIGEST =
            "mirror.example.org/docker/cache/zonecache@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @Test
    void shouldTakeTheImageFromTheRegistryAndByTheDigestThatAreNamed() {
        Chart.Rendered rendered = Chart.render(ADDITIONS);
        assertThat(Stream.of(
                                rendered.all(StatefulSet.class).stream().map(Chart.Rendered::node),
                                rendered.all(Job.class).stream()
                                        .map(job -> job.getSpec().getTemplate().getSpec())
                                        .map(PodOptionsTest::first),
                                rendered.all(Pod.class).stream()
                                        .map(Pod::getSpec)
                                        .map(PodOptionsTest::first))
                        .flatMap(containers -> containers))
                .hasSize(6)
                .extracting(Container::getImage)
                .containsOnly(DIGEST);
        assertThat(image(Map.of("image.registry", "registry.example.org/")))
                .startsWith("registry.example.org/zonecache:");
        assertThat(image(Map.of("image.tag", "v3"))).isEqualTo("zonecache:v3");
    }

    @Test
    void shouldNameEachPullSecretOnce() {
        assertThat(pod(ADDITIONS).getImagePullSecrets())
                .extracting(LocalObjectReference::getName)
                .containsExactly("shared", "registry");
    }

    @Test
    void shouldPutCommonLabelsOnObjectsAndPodsAndAnnotationsOnObjects() {
        Chart.Rendered rendered = Chart.render(ADDITIONS);
        assertThat(rendered.objects()).extracting(HasMetadata::getMetadata).allSatisfy(metadata -> {
            assertThat(metadata.getLabels()).containsEntry("cost-center", "search");
            assertThat(metadata.getAnnotations()).containsEntry("contact", "search-team");
        });
        Stream<ObjectMeta> pods = Stream.concat(
                rendered.all(StatefulSet.class).stream()
                        .map(set -> set.getSpec().getTemplate().getMetadata()),
                rendered.all(Deployment.class).stream()
                        .map(worker -> worker.getSpec().getTemplate().getMetadata()));
        assertThat(pods)
                .hasSize(4)
                .allSatisfy(metadata -> assertThat(metadata.getLabels()).containsEntry("cost-center", "search"));
        assertThat(rendered.all(StatefulSet.class))
                .extracting(set -> set.getSpec().getSelector().getMatchLabels())
                .as("selectors can't be changed later")
                .allSatisfy(selector -> assertThat(selector).doesNotContainKey("cost-center"));
        assertThat(rendered.named(ServiceAccount.class, "cache-zonecache")
                        .getMetadata()
                        .getLabels())
                .containsEntry("team", "search");
    }

    @Test
    void shouldAnnotateTheServicesOfWorkersAndNodesApart() {
        assertThat(Chart.render(ADDITIONS).all(Service.class))
                .hasSize(4)
                .allSatisfy(service -> assertThat(service.getMetadata().getAnnotations())
                        .containsEntry("of", service.getMetadata().getName().endsWith("-nodes") ? "nodes" : "workers"));
    }

    @Test
    void shouldKeepToTheZoneInEachAlternativeThatUsersGive() {
        Affinity affinity = pod(ADDITIONS).getAffinity();
        assertThat(affinity.getNodeAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getNodeSelectorTerms())
                .satisfiesExactly(
                        term -> assertThat(term.getMatchExpressions())
                                .extracting(NodeSelectorRequirement::getKey)
                                .containsExactly("disk", "topology.kubernetes.io/zone"),
                        term -> {
                            assertThat(term.getMatchFields()).hasSize(1);
                            assertThat(term.getMatchExpressions())
                                    .extracting(NodeSelectorRequirement::getKey)
                                    .containsExactly("topology.kubernetes.io/zone");
                        });
        assertThat(affinity.getNodeAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
                .hasSize(1);
        assertThat(affinity.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
                .extracting(term -> term.getTopologyKey())
                .containsExactly("rack", "kubernetes.io/hostname");
    }

    @Test
    void shouldGiveEachZoneTheAffinityOfItsOwn() {
        assertThat(Chart.render(ADDITIONS)
                        .named(StatefulSet.class, "cache-zonecache-use1-az2")
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getAffinity()
                        .getNodeAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getNodeSelectorTerms())
                .as("a zone without hosts of its own, after one with them")
                .flatExtracting(term -> term.getMatchExpressions())
                .extracting(NodeSelectorRequirement::getKey)
                .containsExactly("disk");
    }

    @Test
    void shouldLeaveAntiAffinityToUsersWhoWantThat() {
        assertThat(first("minimal.yaml", Map.of("antiAffinity", "none")).getAffinity())
                .isNull();
    }

    @Test
    void shouldSpreadTheNodesOfEachZone() {
        assertThat(Chart.render(ADDITIONS).all(StatefulSet.class))
                .hasSize(2)
                .allSatisfy(set -> assertThat(
                                set.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                        .extracting(TopologySpreadConstraint::getLabelSelector)
                        .satisfiesExactly(
                                nodes -> assertThat(nodes)
                                        .isEqualTo(set.getSpec().getSelector()),
                                given -> assertThat(given.getMatchLabels()).containsExactly(Map.entry("app", "all"))));
    }

    @Test
    void shouldTuneProbesWithoutLosingWhatIsNotNamed() {
        Container node = Chart.Rendered.node(
                Chart.render(ADDITIONS).all(StatefulSet.class).get(0));
        assertThat(node.getStartupProbe())
                .extracting(Probe::getInitialDelaySeconds, Probe::getPeriodSeconds, Probe::getFailureThreshold)
                .containsExactly(5, 2, 900);
        assertThat(node.getLivenessProbe())
                .extracting(Probe::getPeriodSeconds, Probe::getTimeoutSeconds, Probe::getFailureThreshold)
                .containsExactly(30, 5, 6);
        assertThat(node.getReadinessProbe())
                .extracting(Probe::getSuccessThreshold, Probe::getPeriodSeconds)
                .containsExactly(2, 2);
        assertThat(Chart.Rendered.node(Chart.render("minimal.yaml", Map.of("livenessProbe.enabled", "false"))
                                .all(StatefulSet.class)
                                .get(0))
                        .getLivenessProbe())
                .isNull();
    }

    @Test
    void shouldChangeSecurityContextsWithoutLosingWhatIsNotNamed() {
        PodSpec pod = pod(ADDITIONS);
        assertThat(pod.getSecurityContext())
                .extracting(PodSecurityContext::getRunAsUser, PodSecurityContext::getFsGroup)
                .containsExactly(2000L, 10001L);
        assertThat(pod.getSecurityContext().getSupplementalGroups()).containsExactly(3000L);
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(first(pod).getSecurityContext().getSeLinuxOptions().getLevel())
                .isEqualTo("s0:c1,c2");
        assertThat(first(pod).getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    }

    @Test
    void shouldTakeAKeyOutOfASecurityContext() {
        PodSpec pod = first("minimal.yaml", Map.of("podSecurityContext.runAsGroup", "null"));
        assertThat(pod.getSecurityContext().getRunAsGroup()).isNull();
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(10001L);
    }

    @ParameterizedTest
    @CsvSource({"always, false", "auto, true", "never, true"})
    void shouldLeaveUserIdsToAClusterThatAssignsThem(String mode, boolean named) {
        Chart.Rendered rendered = Chart.render("minimal.yaml", Map.of("openshift.assignedUids", mode));
        Stream<PodSpec> pods = Stream.of(
                        rendered.all(StatefulSet.class).stream()
                                .map(set -> set.getSpec().getTemplate().getSpec()),
                        rendered.all(Job.class).stream()
                                .map(job -> job.getSpec().getTemplate().getSpec()),
                        rendered.all(Pod.class).stream().map(Pod::getSpec))
                .flatMap(specs -> specs);
        assertThat(pods).hasSize(3).extracting(PodSpec::getSecurityContext).allSatisfy(context -> {
            assertThat(context.getRunAsUser()).isEqualTo(named ? 10001L : null);
            assertThat(context.getRunAsGroup()).isEqualTo(named ? 10001L : null);
            assertThat(context.getFsGroup()).isEqualTo(named ? 10001L : null);
            assertThat(context.getRunAsNonRoot()).isTrue();
            assertThat(context.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        });
    }

    @Test
    void shouldAddVolumesContainersAndVariables() {
        PodSpec pod = pod(ADDITIONS);
        assertThat(pod.getVolumes())
                .extracting(Volume::getName)
                .containsExactly("config", "auth", "extra-certificates");
        assertThat(pod.getContainers()).extracting(Container::getName).containsExactly("node", "extra-shipper");
        assertThat(pod.getInitContainers()).extracting(Container::getName).containsExactly("extra-warm-up");
        Container node = first(pod);
        assertThat(node.getVolumeMounts()).extracting(VolumeMount::getMountPath).contains("/data", "/certificates");
        assertThat(node.getEnvFrom())
                .singleElement()
                .satisfies(
                        source -> assertThat(source.getConfigMapRef().getName()).isEqualTo("proxies"));
        assertThat(node.getEnv())
                .last()
                .satisfies(variable -> assertThat(variable.getName()).isEqualTo("TZ"));
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
    }

    @Test
    void shouldRequestTheDiskThatAnEmptyDirMayTake() {
        PodSpec pod = pod("everything-off.yaml");
        Quantity size = Quantity.parse(256 + 256 / 8 + 1024 + "Mi");
        assertThat(first(pod).getResources().getRequests()).containsEntry("ephemeral-storage", size);
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getName().equals("data"))
                .extracting(volume -> volume.getEmptyDir().getSizeLimit())
                .containsExactly(size);
        assertThat(first(pod("minimal.yaml")).getResources().getRequests()).doesNotContainKey("ephemeral-storage");
    }

    @Test
    void shouldTakeKubernetesUnitsForSizes() {
        Container node = Chart.Rendered.node(
                Chart.render(ADDITIONS).all(StatefulSet.class).get(0));
        assertThat(node.getResources().getLimits()).containsEntry("memory", Quantity.parse("576Mi"));
        assertThat(Chart.render(ADDITIONS)
                        .all(StatefulSet.class)
                        .get(0)
                        .getSpec()
                        .getVolumeClaimTemplates()
                        .get(0)
                        .getSpec()
                        .getResources()
                        .getRequests())
                .containsEntry("storage", Quantity.parse(2 * 1024 * 1024 / 8 * 9 + 1024 + "Mi"));
    }

    private static String image(Map<String, String> values) {
        return first(first("minimal.yaml", values)).getImage();
    }

    private static PodSpec pod(String valueSet) {
        return first(valueSet, Map.of());
    }

    private static PodSpec first(String valueSet, Map<String, String> values) {
        return Chart.render(valueSet, values)
                .all(StatefulSet.class)
                .get(0)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static Container first(PodSpec pod) {
        List<Container> containers = pod.getContainers();
        return containers.get(0);
    }
}
