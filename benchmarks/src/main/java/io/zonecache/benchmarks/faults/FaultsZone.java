package io.zonecache.benchmarks.faults;

import io.zonecache.benchmarks.cluster.PrimedChunk;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.NarrowLink;
import io.zonecache.testkit.proxy.ProxyFault;
import io.zonecache.testkit.zone.NodeProcess;
import io.zonecache.testkit.zone.ZoneProcesses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes that clients reach by proxies only, which share one link. Used by one thread; the workspace ends the nodes. */
final class FaultsZone implements AutoCloseable {

    private static final String CAPACITY = "256MiB";
    private static final long START_SECONDS = 300;

    private final ZoneProcesses processes;
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<ZoneCache> clients = new ArrayList<>();
    private final Placement placement;

    /** Returns when all nodes have found each other. */
    FaultsZone(Workspace workspace, FaultsPlan plan) {
        List<String> jvm = new ArrayList<>(plan.nodeJvmOptions());
        // A dozen young JVMs share the machine: their second compilers would take more of it than the reads.
        jvm.add("-XX:TieredStopAtLevel=1");
        processes = ZoneProcesses.prepare(
                workspace,
                "faults",
                plan.nodes(),
                jvm,
                List.of("--capacity=" + CAPACITY, "--memory=" + plan.nodeMemory()));
        NarrowLink link = new NarrowLink();
        for (NodeProcess node : processes.nodes()) {
            FaultProxy proxy = FaultProxy.to("127.0.0.1", node.dataPort(), link);
            proxies.add(proxy);
            node.advertise(proxy.address());
            node.start();
        }
        placement = new Placement(processes.awaitAllUp(START_SECONDS));
    }

    /** A client without a local cache, otherwise as it is by default. */
    ZoneCache openClient(Duration deadline, @Nullable Origin origin) {
        ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(proxies.stream().map(FaultProxy::address).toList())
                        .localCacheBytes(0)
                        .readDeadline(deadline)
                        .build())
                .origin(origin)
                .build();
        clients.add(cache);
        cache.whenReady().join();
        return cache;
    }

    /** Puts chunks into the zone. */
    void store(ZoneCache client, FaultsChunks chunks) {
        for (int i = 0; i < chunks.count(); i++) {
            PrimedChunk.store(client, chunks.key(i), chunks.bytes(i));
        }
    }

    /** How many of a chunk's places are on the first so many nodes. */
    int places(ChunkKey key, int firstNodes) {
        List<String> first = processes.nodes().stream()
                .limit(firstNodes)
                .map(NodeProcess::id)
                .toList();
        return (int) placement.nodesFor(key).stream()
                .map(ZoneNode::id)
                .filter(first::contains)
                .count();
    }

    void setFirst(int nodes, ProxyFault fault) {
        proxies.stream().limit(nodes).forEach(proxy -> proxy.set(fault));
    }

    void setAll(ProxyFault fault) {
        setFirst(proxies.size(), fault);
    }

    @Override
    public void close() {
        clients.forEach(ZoneCache::close);
        proxies.forEach(FaultProxy::close);
    }
}
