package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The tests of the chart are worth what this finds. */
class StrictKubernetesTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: a
              labels:
                zone: %s
            spec:
              %s: None
            ---
            """;

    @Test
    void shouldReadWhatTheModelKnows() {
        assertThat(StrictKubernetes.parse(String.format(Locale.ROOT, SERVICE, "b", "clusterIP")))
                .hasSize(1);
    }

    @Test
    void shouldRefuseAnUnknownFieldBelowTheTop() {
        assertThatThrownBy(() -> StrictKubernetes.parse(String.format(Locale.ROOT, SERVICE, "b", "clusterIp")))
                .hasMessageContaining("clusterIp");
    }

    @Test
    void shouldRefuseANumberWhereTextBelongs() {
        assertThatThrownBy(() -> StrictKubernetes.parse(String.format(Locale.ROOT, SERVICE, "7", "clusterIP")))
                .hasMessageContaining("labels");
    }

    @Test
    void shouldRefuseAKindThatTheChartHasNoUseFor() {
        assertThatThrownBy(() -> StrictKubernetes.parse("apiVersion: v1\nkind: Node\n"))
                .hasMessageContaining("v1/Node");
    }
}
