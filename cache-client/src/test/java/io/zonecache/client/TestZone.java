package io.zonecache.client;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.membership.FixedMembership;
import io.zonecache.membership.Membership;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.CacheNode;
import io.zonecache.server.NodeParts;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Real nodes with real sockets in this process, in memory, in one zone whose view the test decides. */
public final class TestZone implements AutoCloseable {

    private static final long STORE_BYTES = 64L << 20;

    private final Path directory;
    private final String code;
    private final KeyScheme scheme;
    private final Map<String, String> settings;
    private final List<CacheNode> nodes = new ArrayList<>();
    private final List<FixedMembership> memberships = new ArrayList<>();
    private final List<ZoneNode> view = new ArrayList<>();

    private TestZone(Path directory, String code, KeyScheme scheme, Map<String, String> settings) {
        this.directory = directory;
        this.code = code;
        this.scheme = scheme;
        this.settings = settings;
    }

    public static TestZone start(Path directory, int nodes, String code) {
        return start(directory, nodes, code, KeyScheme.SHA256);
    }

    public static TestZone start(Path directory, int nodes, String code, KeyScheme scheme) {
        return start(directory, nodes, code, scheme, Map.of());
    }

    /** @param settings more of them for each node, as in {@code serve} */
    public static TestZone start(
            Path directory, int nodes, String code, KeyScheme scheme, Map<String, String> settings) {
        TestZone zone = new TestZone(directory, code, scheme, settings);
        try {
            for (int i = 0; i < nodes; i++) {
                zone.startNode("n" + i, nodes);
            }
            zone.publish(zone.view);
            return zone;
        } catch (RuntimeException e) {
            zone.close();
            throw e;
        }
    }

    private void startNode(String id, int expectedNodes) {
        Path own = directory.resolve(id);
        try {
            Files.createDirectories(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(Map.of(
                "zone",
                "test",
                "id",
                id,
                "port",
                "0",
                "admin-port",
                "0",
                "data-dir",
                own.toString(),
                "key-scheme",
                scheme.wireName(),
                "code",
                code,
                "expected-nodes",
                Integer.toString(expectedNodes),
                "peers",
                "127.0.0.1:1,127.0.0.1:2"));
        nodes.add(CacheNode.start(NodeConfig.of(all), new NodeParts() {
            @Override
            public StripeStore openStore(NodeConfig ignored, RebuildRules rules) {
                return StripeStores.inMemory(STORE_BYTES);
            }

            @Override
            public Membership join(NodeConfig joining, String address, PurgeList purgeList) {
                ZoneNode self = new ZoneNode(id, address, joining.domain(), joining.weight(), NodeState.UP);
                FixedMembership membership =
                        new FixedMembership(new ZoneView(joining.settings(), 1_000, List.of(self)), id);
                view.add(self);
                memberships.add(membership);
                return membership;
            }
        }));
    }

    /** Tells all nodes of a new view. */
    public void publish(List<ZoneNode> newView) {
        memberships.forEach(membership -> membership.replaceNodes(newView));
    }

    /** Tells only this node of a new view. */
    public void publishTo(ZoneNode node, List<ZoneNode> newView) {
        memberships.get(nodes.indexOf(node(node))).replaceNodes(newView);
    }

    /** These nodes forget every stripe. */
    public void empty(List<ZoneNode> which) {
        which.forEach(node -> node(node).store().empty());
    }

    public List<ZoneNode> view() {
        return view;
    }

    public List<String> addresses() {
        return view.stream().map(ZoneNode::address).toList();
    }

    public CacheNode node(ZoneNode node) {
        return nodes.get(Integer.parseInt(node.id().substring(1)));
    }

    public List<ZoneNode> placement(ChunkKey key) {
        return new Placement(memberships.get(0).view().view()).nodesFor(key);
    }

    /** Puts a chunk's stripes where they belong, past the network. */
    public void fill(byte[] chunk) {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        List<StripeRecord> records =
                StripeEncoder.encode(ChunkCodec.DEFAULT, CodeSpec.parse(code), key, key.w0(), ByteBuffer.wrap(chunk));
        List<ZoneNode> placement = placement(key);
        for (int i = 0; i < records.size(); i++) {
            put(placement.get(i % placement.size()), key, records.get(i));
        }
    }

    public void put(ZoneNode node, ChunkKey key, StripeRecord record) {
        node(node)
                .store()
                .put(key, io.netty.buffer.Unpooled.wrappedBuffer(record.bytes().duplicate()));
    }

    public static byte[] chunk(long seed, int bytes) {
        byte[] chunk = new byte[bytes];
        new Random(seed).nextBytes(chunk);
        return chunk;
    }

    @Override
    public void close() {
        nodes.forEach(CacheNode::close);
    }
}
