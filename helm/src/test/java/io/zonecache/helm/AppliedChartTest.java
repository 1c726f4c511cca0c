package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A real Helm that installs a release of three zones over HTTP; what is there is read back. Helm keeps its own records in memory (HELM_DRIVER
 * in the pom), since it writes them in a form that the mock does not read; nor does the mock take the patches of an upgrade.
 */
class AppliedChartTest {

    private static final String VALUES = "three-zones.yaml";

    @Test
    void shouldInstallThreeZonesAsTheyAreRendered() {
        try (MockCluster cluster = new MockCluster()) {
            List<String> rendered = names(Chart.renderWithoutHooks(VALUES).objects());
            assertThat(install(cluster, VALUES).getStatus()).isEqualTo("deployed");
            assertThat(names(cluster.objects())).isEqualTo(rendered);
            System.out.println("applied: " + rendered.size() + " objects " + counts(cluster.objects()));
            assertThat(images(cluster)).hasSize(3).allMatch(image -> image.startsWith("zonecache:"));
        }
    }

    @Test
    void shouldLeaveUserIdsToAClusterWithTheApiOfOpenshift() {
        try (MockCluster cluster = MockCluster.openshift()) {
            install(cluster, "minimal.yaml");
            assertThat(cluster.client()
                            .apps()
                            .statefulSets()
                            .inNamespace(Chart.NAMESPACE)
                            .list()
                            .getItems())
                    .singleElement()
                    .extracting(set -> set.getSpec().getTemplate().getSpec().getSecurityContext())
                    .satisfies(context -> {
                        assertThat(context.getRunAsNonRoot()).isTrue();
                        assertThat(context.getRunAsUser()).isNull();
                        assertThat(context.getFsGroup()).isNull();
                    });
        }
    }

    private static Release install(MockCluster cluster, String valueSet) {
        return new Helm(Chart.DIRECTORY)
                .install()
                .withName(Chart.RELEASE)
                .withNamespace(Chart.NAMESPACE)
                .withValuesFile(Chart.values(valueSet))
                .withKubeConfigContents(cluster.kubeconfig())
                .disableOpenApiValidation()
                .call();
    }

    private static List<String> images(MockCluster cluster) {
        return cluster.client().apps().statefulSets().inNamespace(Chart.NAMESPACE).list().getItems().stream()
                .map(StatefulSet::getSpec)
                .map(spec -> spec.getTemplate().getSpec().getContainers().get(0).getImage())
                .toList();
    }

    private static List<String> names(List<HasMetadata> objects) {
        return objects.stream()
                .map(object -> object.getKind() + ' ' + object.getMetadata().getName())
                .sorted()
                .toList();
    }

    private static Map<String, Long> counts(List<HasMetadata> objects) {
        return objects.stream()
                .collect(Collectors.groupingBy(HasMetadata::getKind, TreeMap::new, Collectors.counting()));
    }
}
