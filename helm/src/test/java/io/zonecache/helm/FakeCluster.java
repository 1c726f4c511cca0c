package io.zonecache.helm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Secret;
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
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.ObjectMapper;

/** As much of a Kubernetes API as Helm's {@code lookup} of a Secret needs, on a free loopback port. */
final class FakeCluster implements AutoCloseable {

    private static final String SECRETS_PATH = "/api/v1/namespaces/" + Chart.NAMESPACE + "/secrets/";
    private static final String RESOURCES = """
            {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources": [
              {"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret", "verbs": ["get"]}]}
            """;
    private static final String NOT_FOUND = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            """;

    private final HttpServer server;
    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    FakeCluster() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    void store(Secret secret) {
        secrets.put(secret.getMetadata().getName(), new ObjectMapper().writeValueAsString(secret));
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
        String path = exchange.getRequestURI().getPath();
        String body = path.equals("/api/v1") ? RESOURCES : null;
        if (path.startsWith(SECRETS_PATH)) {
            body = secrets.get(path.substring(SECRETS_PATH.length()));
        }
        byte[] bytes = (body == null ? NOT_FOUND : body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
