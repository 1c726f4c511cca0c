package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Every rendering of every test, most of them for the oldest version, is held against both schemas. Here are those for the newest, and the schemas themselves. */
class KubernetesSchemaTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: a
            spec:
              containers:
                - name: b
            """;

    static List<KubernetesSchema> versions() {
        return KubernetesSchema.all();
    }

    static List<String> valueSets() {
        return Chart.valueSets();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void shouldRenderForTheNewestVersionWhatBothVersionsTake(String valueSet) {
        assertThat(Chart.render(valueSet, KubernetesSchema.NEWEST).objects())
                .hasSameSizeAs(Chart.render(valueSet).objects());
    }

    @Test
    void shouldHoldTheOldestVersionThatTheChartInstallsOn() {
        String lowest = "kubeVersion: \">=" + KubernetesSchema.OLDEST.version() + "-0\"";
        assertThat(Chart.file("Chart.yaml")).contains(lowest);
    }

    @Test
    void shouldNameBothVersionsInTheGuide() throws Exception {
        assertThat(ChartDocumentsTest.guide())
                .contains("Kubernetes " + minor(KubernetesSchema.OLDEST) + " to " + minor(KubernetesSchema.NEWEST));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldTakeWhatIsRight(KubernetesSchema kubernetes) {
        assertThat(faults(kubernetes, "resources: {limits: {memory: 1.5Gi, cpu: 2}}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    image: 7                             | Pod.spec.containers[0].image: 7 (expected: String)
                    imagepullpolicy: Always              | Pod.spec.containers[0].imagepullpolicy: unknown to Kubernetes
                    args: --all                          | Pod.spec.containers[0].args: "--all" (expected: a list)
                    resources: {limits: {memory: 1GiB}}  | Pod.spec.containers[0].resources.limits.memory: "1GiB" (expected: Quantity)
                    securityContext: {runAsUser: root}   | Pod.spec.containers[0].securityContext.runAsUser: "root" (expected: Long)
                    tty: yes please                      | Pod.spec.containers[0].tty: "yes please" (expected: Boolean)
                    volumeMounts: [{name: c}]            | Pod.spec.containers[0].volumeMounts[0].mountPath: missing in Kubernetes
                    startupProbe: {httpGet: {path: /}}   | Pod.spec.containers[0].startupProbe.httpGet.port: missing in Kubernetes
                    """)
    void shouldTellWhatIsWrongAndWhere(String field, String fault) {
        for (KubernetesSchema kubernetes : KubernetesSchema.all()) {
            assertThat(faults(kubernetes, field)).singleElement().asString().startsWith(fault);
        }
    }

    @Test
    void shouldTellVersionsApart() {
        String addedIn128 = "restartPolicy: Always";
        assertThat(faults(KubernetesSchema.NEWEST, addedIn128)).isEmpty();
        assertThat(faults(KubernetesSchema.OLDEST, addedIn128))
                .containsExactly("Pod.spec.containers[0].restartPolicy: unknown to Kubernetes 1.27.0");
    }

    private static List<String> faults(KubernetesSchema kubernetes, String field) {
        return kubernetes.faults(new YAMLMapper().readTree(POD + "      " + field + "\n"));
    }

    private static String minor(KubernetesSchema kubernetes) {
        return kubernetes.version().replaceFirst("\\.[0-9]+$", "");
    }
}
