package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StatRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the example worker is told of S3, understood by zonecache's own origin. */
class ExampleWorkerTest {

    /** What the SDK reads in place of its variables, which a test can't set in its own process. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "AWS_REGION", "aws.region",
            "AWS_ENDPOINT_URL_S3", "aws.endpointUrlS3",
            "AWS_ACCESS_KEY_ID", "aws.accessKeyId",
            "AWS_SECRET_ACCESS_KEY", "aws.secretAccessKey");

    @AfterEach
    void forget() {
        PROPERTIES.values().forEach(System::clearProperty);
    }

    @Test
    void shouldReachABucketInThePathOfAnotherStoresEndpoint() throws Exception {
        Queue<String> paths = new ConcurrentLinkedQueue<>();
        HttpServer store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        store.start();
        try {
            String endpoint = "http://localhost:" + store.getAddress().getPort();
            Map<String, String> environment = environment(endpoint);
            assertThat(environment).containsKeys(PROPERTIES.keySet().toArray(String[]::new));
            PROPERTIES.forEach((variable, property) -> System.setProperty(property, environment.get(variable)));
            try (Origin origin = Origins.parse(environment.getOrDefault("ZONECACHE_ORIGIN", "none"))) {
                assertThat(origin.stat(StatRequest.of("s3://models/a/object", 10_000)))
                        .failsWithin(Duration.ofSeconds(20));
            }
            assertThat(paths).isNotEmpty().allMatch(path -> path.equals("/models/a/object"));
        } finally {
            store.stop(0);
        }
    }

    private static Map<String, String> environment(String endpoint) {
        Deployment worker = Chart.render("s3-from-secret.yaml", Map.of("exampleWorker.s3.endpoint", endpoint))
                .all(Deployment.class)
                .get(0);
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable :
                worker.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv()) {
            environment.put(
                    variable.getName(),
                    variable.getValueFrom() == null
                            ? variable.getValue()
                            : variable.getValueFrom().getSecretKeyRef().getKey());
        }
        return environment;
    }
}
