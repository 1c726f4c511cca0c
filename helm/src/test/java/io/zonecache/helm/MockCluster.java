package io.zonecache.helm;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * fabric8's mock of a Kubernetes API on a free loopback port, which keeps what it is sent and hands it out again, with the discovery that
 * Helm asks for before it sends anything. It runs no controller: nothing becomes a pod, and no hook ends.
 */
final class MockCluster implements AutoCloseable {

    /** Plural and kind of what the chart may hold, by group and version. */
    private static final Map<String, Map<String, String>> KINDS = Map.of(
            "v1",
            Map.of(
                    "configmaps", "ConfigMap",
                    "pods", "Pod",
                    "secrets", "Secret",
                    "serviceaccounts", "ServiceAccount",
                    "services", "Service"),
            "apps/v1",
            Map.of("deployments", "Deployment", "statefulsets", "StatefulSet"),
            "batch/v1",
            Map.of("jobs", "Job"),
            "networking.k8s.io/v1",
            Map.of("networkpolicies", "NetworkPolicy"),
            "policy/v1",
            Map.of("poddisruptionbudgets", "PodDisruptionBudget"),
            "rbac.authorization.k8s.io/v1",
            Map.of("rolebindings", "RoleBinding", "roles", "Role"));

    private final KubernetesMockServer server;
    private final KubernetesClient client;

    /** What the chart asks after and holds none of. */
    private static final Map<String, Map<String, String>> OPENSHIFT =
            Map.of("security.openshift.io/v1", Map.of("securitycontextconstraints", "SecurityContextConstraints"));

    MockCluster() {
        this(Map.of());
    }

    /** One with OpenShift's API. */
    static MockCluster openshift() {
        return new MockCluster(OPENSHIFT);
    }

    private MockCluster(Map<String, Map<String, String>> further) {
        Map<String, Map<String, String>> known = new TreeMap<>(KINDS);
        known.putAll(further);
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        server = new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
        server.init();
        client = server.createClient();
        answer("/version", "{\"major\": \"1\", \"minor\": \"33\", \"gitVersion\": \"v1.33.0\"}");
        answer("/api", "{\"kind\": \"APIVersions\", \"versions\": [\"v1\"]}");
        answer(
                "/apis",
                "{\"kind\": \"APIGroupList\", \"apiVersion\": \"v1\", \"groups\": ["
                        + known.keySet().stream()
                                .filter(version -> version.contains("/"))
                                .map(MockCluster::group)
                                .collect(Collectors.joining(", "))
                        + "]}");
        known.forEach((version, kinds) -> answer(
                (version.contains("/") ? "/apis/" : "/api/") + version,
                "{\"kind\": \"APIResourceList\", \"apiVersion\": \"v1\", \"groupVersion\": \"" + version
                        + "\", \"resources\": ["
                        + kinds.entrySet().stream()
                                .map(kind -> resource(kind.getKey(), kind.getValue()))
                                .collect(Collectors.joining(", "))
                        + "]}"));
    }

    String kubeconfig() {
        return FakeCluster.kubeconfig(server.getPort());
    }

    /** What is there now, as the API tells it. */
    List<HasMetadata> objects() {
        List<HasMetadata> found = new ArrayList<>();
        KINDS.forEach((version, kinds) -> kinds.values()
                .forEach(kind -> found.addAll(client.genericKubernetesResources(version, kind)
                        .inNamespace(Chart.NAMESPACE)
                        .list()
                        .getItems())));
        return found;
    }

    KubernetesClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }

    private void answer(String path, String json) {
        server.expect().get().withPath(path).andReturn(200, json).always();
        server.expect()
                .get()
                .withPath(path + "?timeout=32s")
                .andReturn(200, json)
                .always();
    }

    private static String group(String version) {
        String name = version.substring(0, version.indexOf('/'));
        String entry = "{\"groupVersion\": \"" + version + "\", \"version\": \"v1\"}";
        return "{\"name\": \"" + name + "\", \"versions\": [" + entry + "], \"preferredVersion\": " + entry + "}";
    }

    private static String resource(String plural, String kind) {
        return "{\"name\": \"" + plural + "\", \"singularName\": \"\", \"namespaced\": true, \"kind\": \"" + kind
                + "\", \"verbs\": [\"create\", \"delete\", \"get\", \"list\", \"patch\", \"update\", \"watch\"]}";
    }
}
