package io.zonecache.chaos.zone;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.VolumesFrom;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** One node, confined as the chart confines it: no root, no capability, a read-only root, memory for its budget and little more. */
public final class NodeContainer implements AutoCloseable {

    static final int DATA_PORT = 7400;
    static final int ADMIN_PORT = 7401;
    static final int CLUSTER_PORT = 5701;

    /** What the chart adds to a node's memory by default. */
    private static final long HEADROOM_BYTES = 64L << 20;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    private final String id;
    private final ZoneNetwork network;
    private final int memoryMib;
    private final Map<String, String> settings;
    private final Rig rig;
    private final HttpClient http;
    private final List<GenericContainer<?>> predecessors = new ArrayList<>();
    private GenericContainer<?> container;
    private @Nullable String address;

    /** @param memoryMib of the node's budget */
    NodeContainer(
            String id,
            String image,
            ZoneNetwork network,
            int memoryMib,
            Map<String, String> settings,
            Rig rig,
            HttpClient http) {
        this.id = id;
        this.rig = rig;
        this.http = http;
        this.network = network;
        this.memoryMib = memoryMib;
        this.settings = settings;
        this.container = build(image, null);
    }

    private GenericContainer<?> build(String image, @Nullable VolumesFrom volumes) {
        GenericContainer<?> built = new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network.network())
                .withNetworkAliases(id)
                .withLabel(ContainerZone.RUN_LABEL, ContainerZone.RUN)
                .withEnv(settings)
                .withEnv("ZONECACHE_ID", id)
                .withEnv("ZONECACHE_MEMORY", memoryMib + "MiB")
                .withCreateContainerCmdModifier(command -> {
                    HostConfig host = command.getHostConfig();
                    if (host != null) {
                        host.withReadonlyRootfs(true)
                                .withCapDrop(Capability.ALL)
                                .withMemory(memoryLimitBytes() + rig.memoryBytes());
                        rig.apply(host);
                        if (volumes != null) {
                            host.withVolumesFrom(volumes);
                        }
                    }
                });
        rig.apply(built, id);
        return built;
    }

    public String id() {
        return id;
    }

    void start() {
        container.start();
        aimWire();
    }

    /** Where workers reach it: behind its wire if it has one; null while it does not run. */
    @Nullable
    String dataAddress() {
        FaultProxy wire = rig.wire();
        if (wire != null) {
            return wire.address();
        }
        String host = host();
        return host == null ? null : host + ':' + DATA_PORT;
    }

    /** Between it and workers. @throws IllegalStateException in a zone that is not rigged */
    public FaultProxy wire() {
        FaultProxy wire = rig.wire();
        if (wire == null) {
            throw new IllegalStateException("node " + id + " has no wire (expected: a rigged zone)");
        }
        return wire;
    }

    /** Sets its clock, and that of no other. @throws IllegalStateException if its clock can't be set */
    public void setClock(Duration ahead) {
        if (!hasClock()) {
            throw new IllegalStateException("node " + id + " sees the machine's clock (expected: libfaketime's)");
        }
        run("/bin/bash", "-c", "echo '+" + ahead.toSeconds() + "' > " + Rig.CLOCK_FILE);
    }

    public boolean hasClock() {
        return rig.fakeTime() != null;
    }

    private void aimWire() {
        FaultProxy wire = rig.wire();
        String host = host();
        if (wire != null && host != null) {
            wire.setTarget(host, DATA_PORT);
        }
    }

    public void kill() {
        container
                .getDockerClient()
                .killContainerCmd(container.getContainerId())
                .withSignal("KILL")
                .exec();
    }

    /** Stops it in its tracks: its connections stay open and nothing answers. */
    public void freeze() {
        container.getDockerClient().pauseContainerCmd(containerId()).exec();
    }

    public void wake() {
        container.getDockerClient().unpauseContainerCmd(containerId()).exec();
    }

    /** Pulls its network cable: neither nodes nor workers reach it. */
    public void unplug() {
        String plugged = host();
        if (plugged == null) {
            throw new IllegalStateException("node " + id + " has no address (expected: one that runs)");
        }
        address = plugged;
        network.unplug(containerId());
    }

    /** It comes back under the address that it had. */
    public void plug() {
        network.plug(containerId(), id, Objects.requireNonNull(address));
        address = null;
    }

    /** It forgets every stripe. */
    public void empty() {
        run("/opt/zonecache/bin/admin.sh", "empty");
    }

    /**
     * Runs a command in its container, as its own user.
     *
     * @return what it printed
     * @throws IllegalStateException if it fails
     */
    public String run(String... command) {
        try {
            Container.ExecResult result = container.execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new IllegalStateException("in node " + id + ", " + String.join(" ", command) + ": "
                        + result.getExitCode() + ", " + result.getStdout() + result.getStderr());
            }
            return result.getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** What the chart runs before it stops a node: publishes it as down, and leaves workers so long to hear of it. */
    public void preStop(int seconds) {
        try {
            container.execInContainer("/opt/zonecache/bin/pre-stop.sh", Integer.toString(seconds));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * {@code docker stop}: SIGTERM, and SIGKILL after the grace.
     *
     * @return the exit code; 137 if it had to be killed
     */
    public long stop(int graceSeconds) {
        container
                .getDockerClient()
                .stopContainerCmd(container.getContainerId())
                .withTimeout(graceSeconds)
                .exec();
        return Objects.requireNonNull(inspect().getState().getExitCodeLong());
    }

    /** A new container of another image in its place, with the volume of the one before. Starts it. */
    public void startAgainAs(String image) {
        GenericContainer<?> before = container;
        container = build(image, new VolumesFrom(before.getContainerId()));
        start();
        predecessors.add(before);
    }

    /** The same container with the same volume; its address may be another. */
    public void startAgain() {
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
        aimWire();
    }

    /** Where workers on this machine reach it; null while it does not run. */
    public @Nullable String host() {
        return inspect().getNetworkSettings().getNetworks().values().stream()
                .map(network -> network.getIpAddress())
                .filter(address -> address != null && !address.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** On this machine; 0 while it does not run. */
    public long pid() {
        Long pid = inspect().getState().getPidLong();
        return pid == null ? 0 : pid;
    }

    public boolean wasOutOfMemory() {
        return Boolean.TRUE.equals(inspect().getState().getOOMKilled());
    }

    /** What its container may take. */
    public long memoryLimitBytes() {
        return ((long) memoryMib << 20) + HEADROOM_BYTES;
    }

    /** Empty while it does not answer. */
    public Optional<NodeMetrics> metrics() {
        return Optional.ofNullable(admin("/metrics")).map(NodeMetrics::new);
    }

    public String logs() {
        return container.getLogs();
    }

    /** Which of the chunk's stripes it gives with the right checksum; none while it does not answer. */
    Set<Integer> stripesOf(ChunkKey key) {
        byte[] body = get(DATA_PORT, Protocol.stripesPath(key), HttpResponse.BodyHandlers.ofByteArray());
        return body == null
                ? Set.of()
                : StripeRecord.split(ByteBuffer.wrap(body)).stream()
                        .filter(StripeRecord::checksumMatches)
                        .map(record -> record.header().index())
                        .collect(Collectors.toSet());
    }

    /** The body of a 200 from the data plane, else null. */
    @Nullable
    String data(String path) {
        return get(DATA_PORT, path);
    }

    /** The body of a 200 from the admin port, else null. */
    public @Nullable String admin(String path) {
        return get(ADMIN_PORT, path);
    }

    @Override
    public void close() {
        container.close();
        predecessors.forEach(GenericContainer::close);
        rig.close();
    }

    private @Nullable String get(int port, String path) {
        return get(port, path, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private <T> @Nullable T get(int port, String path, HttpResponse.BodyHandler<T> body) {
        String host = host();
        if (host == null) {
            return null;
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ':' + port + path))
                .timeout(REQUEST_TIMEOUT)
                .build();
        try {
            HttpResponse<T> response = http.send(request, body);
            return response.statusCode() == 200 ? response.body() : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String containerId() {
        return container.getContainerId();
    }

    private InspectContainerResponse inspect() {
        return container.getDockerClient().inspectContainerCmd(containerId()).exec();
    }
}
