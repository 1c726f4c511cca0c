package io.zonecache.cli;

import io.zonecache.model.Protocol;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A node as a user would start it: {@code zonecache serve} in a process of its own, alone in its zone. */
final class CliNode {

    static final String ZONE = "cli-test";

    private static final Duration START = Duration.ofSeconds(90);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Integer> ports = Ports.free(2);
    private final Path dataDir;

    CliNode(Workspace workspace) {
        dataDir = workspace.directory("node").resolve("data");
        ManagedProcess process = workspace.start(
                "node",
                JavaCommand.of(Main.class)
                        .tethered()
                        .jvm("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                        .arguments("serve", "--zone=" + ZONE, "--id=n1", "--data-dir=" + dataDir)
                        .arguments("--port=" + ports.get(0), "--admin-port=" + ports.get(1)));
        Awaitility.await()
                .atMost(START)
                .ignoreExceptions()
                .failFast("the node has ended", () -> !process.isAlive())
                .until(() -> call("GET", ports.get(0), Protocol.VIEW_PATH) == 200);
    }

    String address() {
        return "127.0.0.1:" + ports.get(0);
    }

    /** Lets the node forget all that it holds. */
    void empty() throws Exception {
        int status = call("POST", ports.get(1), "/v1/empty");
        if (status / 100 != 2) {
            throw new IllegalStateException("not emptied: " + status);
        }
    }

    private int call(String method, int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .header(
                        "Authorization",
                        "Bearer "
                                + Files.readString(dataDir.resolve("admin-token"))
                                        .strip())
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
