package io.zonecache.membership.hazelcast;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A Kubernetes API with a certificate of its own that knows one service and one account, and lets that account do what the chart's Role
 * says and no more: list EndpointSlices.
 */
final class ApiServer implements AutoCloseable {

    static final String TOKEN = "a-service-account";
    static final String NAMESPACE = "search";
    static final String SERVICE = "cache-nodes";

    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/" + NAMESPACE + "/endpointslices";
    private static final String PASSWORD = "changeit";
    private static final long KEYTOOL_SECONDS = 60;

    private final HttpsServer server;
    private final Certificate certificate;
    private final List<Integer> ports;
    private final Set<String> granted = ConcurrentHashMap.newKeySet();
    private final Set<String> denied = ConcurrentHashMap.newKeySet();

    /** @param ports of the service's pods, all on loopback; as they start, the last is not ready */
    ApiServer(Path directory, List<Integer> ports) throws Exception {
        this.ports = ports;
        KeyStore keys = keys(directory.resolve("keys.p12"));
        this.certificate = keys.getCertificate("server");
        this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /** As a pod finds it in {@code ca.crt}. */
    String certificatePem() throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    /** Requests that were answered, without their queries. */
    Set<String> granted() {
        return granted;
    }

    Set<String> denied() {
        return denied;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String request = exchange.getRequestMethod() + ' ' + path;
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        boolean known = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        boolean allowed = known && request.equals("GET " + SLICES);
        (allowed ? granted : denied).add(request);
        if (!allowed) {
            send(exchange, known ? 403 : 401, status(known ? "Forbidden" : "Unauthorized"));
        } else if (query.contains("kubernetes.io/service-name=" + SERVICE)) {
            send(exchange, 200, slices());
        } else {
            send(exchange, 200, list(""));
        }
    }

    private String slices() {
        return list(IntStream.range(0, ports.size())
                .mapToObj(pod -> String.format(
                        Locale.ROOT, """
                        {"metadata": {"name": "%s-%d"}, "addressType": "IPv4", "endpoints": [
                          {"addresses": ["127.0.0.1"], "conditions": {"ready": %b},
                           "targetRef": {"kind": "Pod", "namespace": "%s", "name": "cache-%d"}}],
                         "ports": [{"name": "cluster", "port": %d, "protocol": "TCP"}]}
                        """, SERVICE, pod, pod < ports.size() - 1, NAMESPACE, pod, ports.get(pod)))
                .collect(Collectors.joining(", ")));
    }

    private static String list(String items) {
        return "{\"kind\": \"EndpointSliceList\", \"apiVersion\": \"discovery.k8s.io/v1\", \"items\": [" + items + "]}";
    }

    private static String status(String reason) {
        return "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"reason\": \"" + reason
                + "\"}";
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static KeyStore keys(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=kubernetes",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        if (!keytool.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            keytool.destroyForcibly();
            throw new IllegalStateException("keytool made no key");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }
}
