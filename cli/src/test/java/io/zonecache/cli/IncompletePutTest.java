package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import io.zonecache.membership.FixedMembership;
import io.zonecache.membership.Membership;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.HostAndPort;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.CacheNode;
import io.zonecache.server.NodeParts;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** put while one of the zone's two nodes takes no stripes: a stripe on each, of which one is enough to read. */
@Tag("slow")
class IncompletePutTest {

    private static final ChunkOracle CHUNKS = new ChunkOracle(1, 10_000);

    @TempDir
    private Path directory;

    private final List<CacheNode> nodes = new ArrayList<>();
    private final List<FixedMembership> memberships = new ArrayList<>();
    private final List<ZoneNode> view = new ArrayList<>();
    private FaultProxy proxy;
    private Path file;

    @BeforeEach
    void startZone() throws Exception {
        startNode("n0");
        startNode("n1");
        ZoneNode behind = view.get(1);
        HostAndPort address = HostAndPort.parse(behind.address());
        proxy = FaultProxy.to(address.host(), address.port());
        ZoneNode proxied = new ZoneNode(behind.id(), proxy.address(), behind.domain(), behind.weight(), behind.state());
        memberships.forEach(membership -> membership.replaceNodes(List.of(view.get(0), proxied)));
        file = Files.write(directory.resolve("file"), CHUNKS.chunk(0));
    }

    @AfterEach
    void stopZone() {
        proxy.close();
        nodes.forEach(CacheNode::close);
    }

    private void startNode(String id) {
        Map<String, String> settings = Map.of(
                "zone", "put",
                "id", id,
                "code", "1-of-2",
                "expected-nodes", "2",
                "port", "0",
                "admin-port", "0",
                "data-dir", directory.resolve(id).toString(),
                "peers", "127.0.0.1:1");
        nodes.add(CacheNode.start(NodeConfig.of(settings), new NodeParts() {
            @Override
            public StripeStore openStore(NodeConfig ignored, RebuildRules rules) {
                return StripeStores.inMemory(1 << 20);
            }

            @Override
            public Membership join(NodeConfig joining, String address, PurgeList purgeList) {
                ZoneNode self = new ZoneNode(id, address, joining.domain(), joining.weight(), NodeState.UP);
                view.add(self);
                memberships.add(new FixedMembership(new ZoneView(joining.settings(), 1_000, List.of(self)), id));
                return memberships.get(memberships.size() - 1);
            }
        }));
    }

    private boolean holds(CacheNode node) {
        return node.store().holds(ChunkKey.sha256Of(CHUNKS.chunk(0)));
    }

    @Test
    void shouldSayInTheEndThatChunksHaveFewerThanAllTheirStripes() {
        proxy.set(new ProxyFault.BlackHole());

        Cli.Result put = Cli.run("put", file.toString(), "--nodes", view.get(0).address(), "--deadline", "6");

        assertThat(put.exitCode()).as("it can be read: " + put.err()).isEqualTo(ExitCodes.DONE);
        assertThat(put.outLines()).hasSize(1);
        assertThat(put.err()).contains("1 of 2 stripes stored").contains("1 of 1 chunks have fewer than all their");
        assertThat(holds(nodes.get(1))).isFalse();
    }

    @Test
    void shouldStoreTheStripesThatAreMissingBeforeItEndsOnceTheirNodeIsBack() {
        proxy.set(new ProxyFault.BlackHole());

        Cli.Result put = Cli.run(
                said -> proxy.set(new ProxyFault.None()),
                "put",
                file.toString(),
                "--nodes",
                view.get(0).address(),
                "--deadline",
                "6");

        assertThat(put.exitCode()).as(put.err()).isEqualTo(ExitCodes.DONE);
        assertThat(put.err()).contains("1 of 2 stripes stored").doesNotContain("fewer than all");
        assertThat(holds(nodes.get(1))).isTrue();
    }
}
