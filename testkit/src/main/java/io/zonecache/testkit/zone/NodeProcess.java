package io.zonecache.testkit.zone;

import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
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
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One node: a {@code serve} process that can be frozen, killed and started again on its data directory. Used by one thread, but for
 * {@link #empty}.
 */
public final class NodeProcess {

    private static final String MAIN_CLASS = "io.zonecache.server.Main";
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(20);

    private final Workspace workspace;
    private final String id;
    private final Path dataDir;
    private final int dataPort;
    private final int adminPort;
    private final List<String> jvmOptions;
    private final List<String> settings;
    private @Nullable String advertised;
    private @Nullable ManagedProcess process;

    NodeProcess(
            Workspace workspace,
            String id,
            int dataPort,
            int adminPort,
            List<String> jvmOptions,
            List<String> settings) {
        this.workspace = workspace;
        this.id = id;
        this.dataDir = workspace.directory(id).resolve("data");
        this.dataPort = dataPort;
        this.adminPort = adminPort;
        this.jvmOptions = jvmOptions;
        this.settings = settings;
    }

    public String id() {
        return id;
    }

    public String address() {
        return "127.0.0.1:" + dataPort;
    }

    public int dataPort() {
        return dataPort;
    }

    public int adminPort() {
        return adminPort;
    }

    /** From its next start on, the node tells clients that this is its address: that of a proxy before it. */
    public void advertise(String proxyAddress) {
        advertised = proxyAddress;
    }

    /** Returns before it serves. */
    public ManagedProcess start() {
        return start(JavaCommand.of(MAIN_CLASS));
    }

    /** Another build of the node, on the same data and ports. Returns before it serves. */
    public ManagedProcess start(String classPath) {
        return start(JavaCommand.of(MAIN_CLASS).classPath(classPath));
    }

    private ManagedProcess start(JavaCommand command) {
        if (advertised != null) {
            command.arguments("--advertise=" + advertised);
        }
        ManagedProcess started = workspace.start(
                id,
                command.tethered()
                        .ignoringInterrupts()
                        .jvm(jvmOptions.toArray(String[]::new))
                        .arguments(settings.toArray(String[]::new))
                        .arguments("--id=" + id, "--data-dir=" + dataDir, "--port=" + dataPort)
                        .arguments("--admin-port=" + adminPort));
        process = started;
        return started;
    }

    /** As it was last started. */
    public ManagedProcess process() {
        ManagedProcess running = process;
        if (running == null) {
            throw new IllegalStateException("node " + id + " was never started");
        }
        return running;
    }

    public void freeze() {
        process().signal(ManagedProcess.Signal.STOP);
    }

    public void wake() {
        process().signal(ManagedProcess.Signal.CONT);
    }

    public void kill() {
        process().close();
    }

    /** Asks it to end as an operator would, and waits. */
    public void stop(Duration timeout) {
        process().signal(ManagedProcess.Signal.TERM);
        process().awaitExit(timeout);
    }

    /** The node forgets every stripe that it holds. Completes with an {@link IllegalStateException} if it doesn't. */
    public CompletableFuture<Void> empty(HttpClient http) {
        String token;
        try {
            token = Files.readString(dataDir.resolve("admin-token")).strip();
        } catch (IOException e) {
            throw new IllegalStateException("node " + id + " has no admin token: " + e, e);
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/v1/empty"))
                .timeout(ADMIN_TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenAccept(response -> {
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        "node " + id + " was not emptied: " + response.statusCode() + " " + response.body());
            }
        });
    }
}
