package io.zonecache.helm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** As much of a Kubernetes API as Helm's {@code lookup} of Secrets and StatefulSets needs, on a free loopback port. */
final class FakeCluster implements AutoCloseable {

    /** What may be asked for, by the path that describes it: version, plural and kind. */
    private static final Map<String, Resource> RESOURCES = Map.of(
            "/api/v1", new Resource("v1", "secrets", "Secret"),
            "/apis/apps/v1", new Resource("apps/v1", "statefulsets", "StatefulSet"));

    private static final String NOT_FOUND = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            """;

    private final HttpServer server;

    /** By kind and name. */
    private final Map<String, String> objects = new ConcurrentHashMap<>();

    FakeCluster() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    void store(HasMetadata object) {
        objects.put(
                object.getKind() + '/' + object.getMetadata().getName(), new ObjectMapper().writeValueAsString(object));
    }

    /** Writes the kubeconfig that Helm reads (its path is set for the test JVM in the pom), so that Helm asks this cluster. */
    void announce() {
        String config = kubeconfig(server.getAddress().getPort());
        try {
            Files.writeString(Path.of(Objects.requireNonNull(System.getenv("KUBECONFIG"))), config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What makes Helm ask a cluster at that port of this machine. */
    static String kubeconfig(int port) {
        return String.format(Locale.ROOT, """
                {"apiVersion": "v1", "kind": "Config", "current-context": "test",
                 "clusters": [{"name": "test", "cluster": {"server": "http://127.0.0.1:%d"}}],
                 "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                 "users": [{"name": "test", "user": {}}]}
                """, port);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = body(exchange.getRequestURI().getPath());
        byte[] bytes = (body == null ? NOT_FOUND : body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private @Nullable String body(String path) {
        for (Map.Entry<String, Resource> entry : RESOURCES.entrySet()) {
            Resource resource = entry.getValue();
            String list = entry.getKey() + "/namespaces/" + Chart.NAMESPACE + '/' + resource.plural();
            if (path.equals(entry.getKey())) {
                return resource.description();
            }
            if (path.equals(list)) {
                return resource.list(new TreeMap<>(objects));
            }
            if (path.startsWith(list + '/')) {
                return objects.get(resource.kind() + path.substring(list.length()));
            }
        }
        return null;
    }

    private record Resource(String version, String plural, String kind) {

        String description() {
            return """
                    {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "%s", "resources": [
                      {"name": "%s", "singularName": "", "namespaced": true, "kind": "%s", "verbs": ["get", "list"]}]}
                    """.formatted(version, plural, kind);
        }

        String list(Map<String, String> objects) {
            return """
                    {"kind": "%sList", "apiVersion": "%s", "metadata": {}, "items": [%s]}
                    """.formatted(
                            kind,
                            version,
                            objects.entrySet().stream()
                                    .filter(object -> object.getKey().startsWith(kind + '/'))
                                    .map(Map.Entry::getValue)
                                    .collect(Collectors.joining(", ")));
        }
    }
}
