package io.zonecache.testkit.zone;

import io.zonecache.model.ZoneView;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nodes that make one zone. */
public final class ZoneProcesses {

    private static final int PORTS_PER_NODE = 3;

    private final List<NodeProcess> nodes;
    private final ZoneWatch watch = new ZoneWatch();

    private ZoneProcesses(List<NodeProcess> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Nodes n1, n2, ... that know of each other and are not started yet.
     *
     * @param settings of each node, as for {@code serve}, besides zone, ports, peers and data directory
     */
    public static ZoneProcesses prepare(
            Workspace workspace, String zone, int nodes, List<String> jvmOptions, List<String> settings) {
        List<Integer> ports = Ports.free(PORTS_PER_NODE * nodes);
        String peers = IntStream.range(0, nodes)
                .mapToObj(i -> "127.0.0.1:" + ports.get(PORTS_PER_NODE * i + 2))
                .collect(Collectors.joining(","));
        List<NodeProcess> prepared = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            List<String> own = new ArrayList<>(settings);
            own.add("--zone=" + zone);
            own.add("--cluster-port=" + ports.get(PORTS_PER_NODE * i + 2));
            own.add("--peers=" + peers);
            own.add("--expected-nodes=" + nodes);
            prepared.add(new NodeProcess(
                    workspace,
                    "n" + (i + 1),
                    ports.get(PORTS_PER_NODE * i),
                    ports.get(PORTS_PER_NODE * i + 1),
                    jvmOptions,
                    own));
        }
        return new ZoneProcesses(prepared);
    }

    public List<NodeProcess> nodes() {
        return nodes;
    }

    public List<String> addresses() {
        return nodes.stream().map(NodeProcess::address).toList();
    }

    /** Completes when every node publishes a view in which all are up, with one of these views. */
    public CompletableFuture<ZoneView> allUp() {
        List<CompletableFuture<ZoneView>> views = nodes.stream()
                .map(node -> watch.await(node.address(), ZoneWatch.allUp(nodes.size())))
                .toList();
        return CompletableFuture.allOf(views.toArray(CompletableFuture[]::new))
                .thenApply(all -> views.get(0).join());
    }

    /**
     * Waits for {@link #allUp}.
     *
     * @throws IllegalStateException if that takes longer, or the thread is interrupted; tells which nodes have ended, and how
     */
    public ZoneView awaitAllUp(long seconds) {
        try {
            return allUp().get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            String ends = nodes.stream()
                    .filter(node -> !node.process().isAlive())
                    .map(node -> node.id() + node.process().describeEnd())
                    .collect(Collectors.joining());
            throw new IllegalStateException("the nodes' view: not whole within " + seconds + " s " + ends, e);
        }
    }
}
