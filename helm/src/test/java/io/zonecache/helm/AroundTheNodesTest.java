package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects that are no nodes: what drains them, tests them, names them and reads from them. */
class AroundTheNodesTest {

    private static final String IMAGE_SCRIPTS = "/opt/zonecache/bin/";
    private static final Path SCRIPTS = Path.of("../cache-server/src/main/sh");

    static List<String> valueSets() {
        return Chart.valueSets();
    }

    @Test
    void shouldDrainTheNodesThatAnUpgradeTakesAwayBeforeTheirPodsGo() {
        Chart.Rendered rendered;
        try (FakeCluster cluster = new FakeCluster()) {
            Chart.render("three-zones.yaml", Map.of("zones[1].nodes", 10))
                    .all(StatefulSet.class)
                    .forEach(cluster::store);
            rendered = Chart.render("three-zones.yaml", cluster);
        }
        Job job = rendered.named(Job.class, "cache-zonecache-use1-az2-scale-in");
        assertThat(job.getMetadata().getAnnotations())
                .containsEntry(Chart.HOOK + "hook", "pre-upgrade,pre-rollback")
                .containsEntry(Chart.HOOK + "hook-delete-policy", "before-hook-creation,hook-succeeded");
        PodSpec pod = job.getSpec().getTemplate().getSpec();
        assertThat(pod.getContainers().get(0).getCommand())
                .containsExactly(
                        "/opt/zonecache/bin/scale-in.sh",
                        "cache-zonecache-use1-az2",
                        "cache-zonecache-use1-az2-nodes.search.svc",
                        "9",
                        "1800");
        assertThat(rendered.named(Service.class, "cache-zonecache-use1-az2-nodes")
                        .getSpec()
                        .getPublishNotReadyAddresses())
                .isTrue();
        assertThat(pod.getVolumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.getSecret().getOptional())
                        .as("a zone that the upgrade adds has no secret before it")
                        .isTrue());
        assertThat(Chart.render("everything-off.yaml").all(Job.class)).isEmpty();
    }

    @Test
    void shouldLeaveHooksToHelm() {
        Chart.Rendered rendered = Chart.renderWithoutHooks("three-zones.yaml");
        assertThat(rendered.all(Job.class)).isEmpty();
        assertThat(rendered.all(Pod.class)).isEmpty();
        assertThat(rendered.all(StatefulSet.class)).hasSize(3);
    }

    @Test
    void shouldTestEachZoneThroughItsService() {
        Chart.Rendered rendered = Chart.render("three-zones.yaml");
        Pod pod = rendered.named(Pod.class, "cache-zonecache-use1-az2-test");
        assertThat(pod.getMetadata().getAnnotations()).containsEntry(Chart.HOOK + "hook", "test");
        assertThat(pod.getSpec().getContainers().get(0).getCommand())
                .containsExactly(
                        "/opt/zonecache/bin/zone-check.sh", "cache-zonecache-use1-az2.search.svc", "7400", "9", "120");
        assertThat(rendered.all(Service.class))
                .extracting(service -> service.getMetadata().getName())
                .contains("cache-zonecache-use1-az2");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldRunOnlyScriptsThatTheImageHas(String valueSet) {
        Chart.Rendered rendered = Chart.render(valueSet);
        Stream<String> commands = Stream.concat(
                pods(rendered)
                        .flatMap(pod -> pod.getContainers().stream())
                        .flatMap(container -> container.getCommand().stream()),
                rendered.all(StatefulSet.class).stream()
                        .map(set -> set.getSpec()
                                .getTemplate()
                                .getSpec()
                                .getContainers()
                                .get(0))
                        .flatMap(node -> node.getLifecycle().getPreStop().getExec().getCommand().stream()));
        assertThat(commands.filter(word -> word.startsWith("/")))
                .isNotEmpty()
                .allSatisfy(script -> assertThat(script).startsWith(IMAGE_SCRIPTS))
                .allSatisfy(script -> assertThat(
                                Files.isExecutable(SCRIPTS.resolve(script.substring(IMAGE_SCRIPTS.length()))))
                        .as(script)
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldKeepOtherPodsOutOfServicesAndBudgetsAndSmall(String valueSet) {
        Chart.Rendered rendered = Chart.render(valueSet);
        Stream<Map<String, String>> others = Stream.of(
                        rendered.all(Pod.class).stream()
                                .map(pod -> pod.getMetadata().getLabels()),
                        rendered.all(Job.class).stream()
                                .map(job -> job.getSpec()
                                        .getTemplate()
                                        .getMetadata()
                                        .getLabels()),
                        rendered.all(Deployment.class).stream()
                                .map(worker -> worker.getSpec()
                                        .getTemplate()
                                        .getMetadata()
                                        .getLabels()))
                .flatMap(stream -> stream);
        List<Map<String, String>> selectors = rendered.all(Service.class).stream()
                .map(service -> service.getSpec().getSelector())
                .toList();
        assertThat(others)
                .isNotEmpty()
                .allSatisfy(labels -> assertThat(selectors)
                        .noneMatch(selector -> labels.entrySet().containsAll(selector.entrySet())));
        assertThat(pods(rendered)).allSatisfy(pod -> {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            Container container = pod.getContainers().get(0);
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
        });
    }

    @Test
    void shouldAskForNoRightWhereDnsNamesTheNodes() {
        Chart.Rendered rendered = Chart.render("three-zones.yaml");
        assertThat(rendered.all(Role.class)).isEmpty();
        assertThat(rendered.all(RoleBinding.class)).isEmpty();
    }

    @Test
    void shouldAskForTheListOfEndpointSlicesAndNothingElseWhereTheApiNamesThem() {
        Chart.Rendered rendered = Chart.render("everything-on.yaml");
        assertThat(rendered.all(Role.class))
                .singleElement()
                .satisfies(role -> assertThat(role.getRules()).singleElement().satisfies(rule -> {
                    assertThat(rule.getApiGroups()).containsExactly("discovery.k8s.io");
                    assertThat(rule.getResources()).containsExactly("endpointslices");
                    assertThat(rule.getVerbs()).containsExactly("list");
                }));
        assertThat(rendered.all(RoleBinding.class)).singleElement().satisfies(binding -> {
            assertThat(binding.getRoleRef().getName()).isEqualTo("chunk-cache");
            assertThat(binding.getSubjects())
                    .singleElement()
                    .satisfies(subject -> assertThat(subject.getName()).isEqualTo("cache-node"));
        });
        NetworkPolicy policy = rendered.all(NetworkPolicy.class).get(0);
        assertThat(policy.getSpec().getEgress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .contains(443, 6443);
    }

    @Test
    void shouldGiveWorkersTheKeysOfASecret() {
        Deployment worker =
                Chart.render("s3-from-secret.yaml").all(Deployment.class).get(0);
        assertThat(variable(worker, "ZONECACHE_NODES").getValue()).isEqualTo("cache-zonecache-main.search.svc:7400");
        assertThat(variable(worker, "ZONECACHE_ORIGIN").getValue()).isEqualTo("s3://models/chunks");
        assertThat(variable(worker, "AWS_ENDPOINT_URL_S3").getValue()).isEqualTo("http://minio.storage.svc:9000");
        for (String name : List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")) {
            assertThat(variable(worker, name).getValue()).isNull();
            assertThat(variable(worker, name).getValueFrom().getSecretKeyRef().getName())
                    .isEqualTo("s3-credentials");
        }
    }

    @Test
    void shouldGiveWorkersTheRightsOfAServiceAccountInTheirZone() {
        Deployment worker = Chart.render("s3-from-service-account.yaml")
                .all(Deployment.class)
                .get(0);
        PodSpec pod = worker.getSpec().getTemplate().getSpec();
        assertThat(pod.getServiceAccountName()).isEqualTo("models-reader");
        assertThat(environment(worker))
                .extracting(EnvVar::getName)
                .doesNotContain("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        assertThat(pod.getAffinity()
                        .getNodeAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getNodeSelectorTerms()
                        .get(0)
                        .getMatchExpressions()
                        .get(0)
                        .getValues())
                .containsExactly("us-east-1a");
    }

    private static Stream<PodSpec> pods(Chart.Rendered rendered) {
        return Stream.of(
                        rendered.all(Pod.class).stream().map(Pod::getSpec),
                        rendered.all(Job.class).stream()
                                .map(job -> job.getSpec().getTemplate().getSpec()),
                        rendered.all(Deployment.class).stream()
                                .map(worker -> worker.getSpec().getTemplate().getSpec()))
                .flatMap(stream -> stream);
    }

    private static List<EnvVar> environment(Deployment worker) {
        return worker.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv();
    }

    private static EnvVar variable(Deployment worker, String name) {
        return environment(worker).stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not set"));
    }
}
