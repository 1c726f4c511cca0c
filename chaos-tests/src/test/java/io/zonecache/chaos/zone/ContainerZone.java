package io.zonecache.chaos.zone;

import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes {@code n1}, {@code n2}, ... of one zone. On Linux their addresses on the bridge can be reached from this machine, so a client in
 * this JVM talks to the addresses that the view tells, as a worker would.
 */
public final class ContainerZone implements AutoCloseable {

    public static final String NAME = "chaos";

    /** Marks what belongs to one run, so that whoever started it finds what a killed JVM left. */
    static final String RUN_LABEL = "io.zonecache.chaos.run";

    static final String RUN = System.getProperty("zonecache.chaos.run", "tests");

    private final ZoneSpec spec;
    private final ZoneNetwork network = ZoneNetwork.create();
    private final List<NodeContainer> nodes;

    private ContainerZone(ZoneSpec spec) {
        this.spec = spec;
        String image = Objects.requireNonNull(System.getProperty("zonecache.image"), "system property zonecache.image");
        Map<String, String> settings = settings(spec);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(1))
                .build();
        nodes = IntStream.rangeClosed(1, spec.nodes())
                .mapToObj(number -> new NodeContainer(
                        "n" + number, image, network, spec.memoryMib(), settings, Rig.of(spec, number), http))
                .toList();
    }

    private static Map<String, String> settings(ZoneSpec spec) {
        String peers = IntStream.rangeClosed(1, spec.nodes())
                .mapToObj(number -> "n" + number + ':' + NodeContainer.CLUSTER_PORT)
                .collect(Collectors.joining(","));
        return Map.of(
                "ZONECACHE_ZONE",
                NAME,
                "ZONECACHE_PEERS",
                peers,
                "ZONECACHE_EXPECTED_NODES",
                String.valueOf(spec.nodes()),
                "ZONECACHE_CAPACITY",
                spec.capacityMib() + "MiB",
                "ZONECACHE_ORIGIN_BUDGET",
                String.valueOf(spec.originBudget()),
                "ZONECACHE_EXPECTED_CLIENTS",
                String.valueOf(spec.clients()));
    }

    /** Starts all containers at once and returns when every node sees every node up. */
    public static ContainerZone start(ZoneSpec spec, Duration within) {
        ContainerZone zone = new ContainerZone(spec);
        try {
            zone.nodes.parallelStream().forEach(NodeContainer::start);
            zone.awaitAllUp(within);
            return zone;
        } catch (RuntimeException | Error e) {
            var unused = zone.collect("start", e.toString());
            zone.close();
            throw e;
        }
    }

    public ZoneSpec spec() {
        return spec;
    }

    /** Waits until every node sees every node up. */
    public void awaitAllUp(Duration within) {
        awaitView(
                "all nodes up",
                within,
                view -> view.nodes().size() == spec.nodes()
                        && view.nodes().stream().allMatch(node -> node.state() == NodeState.UP));
    }

    public NodeContainer node(int index) {
        return nodes.get(index);
    }

    public List<NodeContainer> nodes() {
        return nodes;
    }

    /** {@code host:port} of the data planes that run. */
    public List<String> addresses() {
        List<String> addresses = new ArrayList<>();
        for (NodeContainer node : nodes) {
            String address = node.dataAddress();
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /** Waits until every node that runs holds such a view. */
    public void awaitView(String what, Duration within, Predicate<ZoneView> expected) {
        await(what)
                .atMost(within)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> nodes.stream().filter(node -> node.host() != null).allMatch(node -> {
                    ZoneView view = view(node);
                    return view != null && expected.test(view);
                }));
    }

    /** Waits until every node that runs sees the node in that state. */
    public void awaitState(NodeContainer node, NodeState state, Duration within) {
        awaitView(
                node.id() + " is " + state.wireName(),
                within,
                view -> view.node(node.id())
                        .filter(seen -> seen.state() == state)
                        .isPresent());
    }

    /** As {@link #awaitState}, of a node that is cut off and hears of nothing. */
    public void awaitStateAtOthers(NodeContainer node, NodeState state, Duration within) {
        await(node.id() + " is " + state.wireName() + " at the others")
                .atMost(within)
                .until(() -> nodes.stream()
                        .filter(other -> other != node && other.host() != null)
                        .allMatch(other -> {
                            ZoneView view = view(other);
                            return view != null
                                    && view.node(node.id())
                                            .filter(seen -> seen.state() == state)
                                            .isPresent();
                        }));
    }

    /** The newest view that a node holds. */
    public ZoneView view() {
        return nodes.stream()
                .map(ContainerZone::view)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(ZoneView::epoch))
                .orElseThrow(() -> new IllegalStateException("no node answers (expected: one with a view)"));
    }

    /** How many distinct stripes of the chunk the nodes hold: two nodes with the same one are no help to each other. */
    public int stripesHeld(ChunkKey key) {
        Set<Integer> indexes = new HashSet<>();
        nodes.forEach(node -> indexes.addAll(node.stripesOf(key)));
        return indexes.size();
    }

    /** Leaves what may explain a failure under {@code target/evidence}: each node's log, metrics and view. @return where */
    public Path collect(String where, String reason) {
        Path directory = Path.of(Objects.requireNonNull(System.getProperty("zonecache.evidence")))
                .resolve(where);
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("reason.txt"), reason);
            for (NodeContainer node : nodes) {
                write(directory.resolve(node.id() + ".log"), node.logs());
                write(directory.resolve(node.id() + ".metrics"), node.admin("/metrics"));
                write(directory.resolve(node.id() + ".view.json"), node.data("/v1/view"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.err.println("logs, metrics and views of the nodes: " + directory.toAbsolutePath());
        return directory;
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(NodeContainer::close);
        network.close();
    }

    private static @Nullable ZoneView view(NodeContainer node) {
        String json = node.data("/v1/view");
        return json == null ? null : ViewJson.decode(json).view();
    }

    private static void write(Path file, @Nullable String text) throws IOException {
        Files.writeString(file, text == null ? "no answer\n" : text);
    }
}
