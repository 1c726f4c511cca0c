package io.zonecache.cli.demo;

import io.zonecache.cli.command.NodeJvm;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The nodes, watched. */
final class DemoZone {

    static final String NAME = "demo";

    /** What a node may take on disk and in memory. */
    private static final String CAPACITY = "1GiB";

    private static final String MEMORY = "256MiB";
    private static final long VIEW_SECONDS = 90;

    private final Children children;
    private final ZoneProcesses zone;
    private final HttpClient admin =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private DemoZone(Children children, ZoneProcesses zone) {
        this.children = children;
        this.zone = zone;
    }

    /** Starts all nodes at once; {@link #awaitAllUp} tells when they have found each other. */
    static DemoZone start(Workspace workspace, Children children, DemoPlan plan) {
        List<String> jvm = new ArrayList<>(List.of(NodeJvm.options(MEMORY)));
        // Ten young JVMs share the machine: their second compilers would take more of it than the reads.
        jvm.add("-XX:TieredStopAtLevel=1");
        List<String> settings = List.of(
                "--capacity=" + CAPACITY,
                "--memory=" + MEMORY,
                "--origin-budget=" + plan.originBudget(),
                "--origin-reserve=" + plan.originReserve(),
                "--expected-clients=" + plan.workers());
        ZoneProcesses processes = ZoneProcesses.prepare(workspace, NAME, plan.nodes(), jvm, settings);
        DemoZone zone = new DemoZone(children, processes);
        processes.nodes().forEach(zone::start);
        return zone;
    }

    NodeProcess node(int index) {
        return zone.nodes().get(index);
    }

    void start(NodeProcess node) {
        children.watch(node.start());
    }

    /** Its end is part of the show. */
    void kill(NodeProcess node) {
        children.stopTracking(node.process());
        node.kill();
    }

    List<String> addresses() {
        return zone.addresses();
    }

    /** Completes when every node publishes a view in which all are up. */
    CompletableFuture<Void> allUp() {
        return zone.allUp().thenAccept(view -> {});
    }

    void awaitAllUp() {
        children.await(allUp(), VIEW_SECONDS, "the " + zone.nodes().size() + " nodes' view");
    }

    /** Empties all nodes at the same time. */
    CompletableFuture<Void> empty() {
        return CompletableFuture.allOf(
                zone.nodes().stream().map(node -> node.empty(admin)).toArray(CompletableFuture[]::new));
    }
}
