package io.zonecache.server;

import io.zonecache.membership.FixedMembership;
import io.zonecache.membership.Membership;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A whole node on free loopback ports, in memory, alone in its zone. */
public final class TestNode implements AutoCloseable {

    /** Below what a hanging disk takes in a test, and above what busy cores do to a thread. */
    static final long MAX_EVENT_LOOP_MILLIS = 1_500;

    private static final long STORE_BYTES = 64L << 20;

    private final CacheNode node;
    private final FixedMembership membership;
    private final Path directory;

    private TestNode(CacheNode node, FixedMembership membership, Path directory) {
        this.node = node;
        this.membership = membership;
        this.directory = directory;
    }

    public static TestNode start(Path directory, Map<String, String> settings) {
        return start(directory, settings, store -> store);
    }

    /** @param wrapper puts something around the store, such as a delay */
    public static TestNode start(Path directory, Map<String, String> settings, UnaryOperator<StripeStore> wrapper) {
        Map<String, String> all = new HashMap<>(
                Map.of("zone", "test", "id", "n1", "port", "0", "admin-port", "0", "data-dir", directory.toString()));
        // A thread that gets no core for a while is no overload.
        all.put("queue-age", "10s");
        all.putAll(settings);
        NodeConfig config = NodeConfig.of(all);
        FixedMembership[] joined = new FixedMembership[1];
        CacheNode node = CacheNode.start(config, new NodeParts() {
            @Override
            public StripeStore openStore(NodeConfig ignored, RebuildRules rules) {
                return new LoopGuard(wrapper.apply(StripeStores.inMemory(STORE_BYTES)));
            }

            @Override
            public long maxEventLoopMillis() {
                return MAX_EVENT_LOOP_MILLIS;
            }

            @Override
            public Membership join(NodeConfig own, String address, PurgeList purgeList) {
                ZoneNode self = new ZoneNode(own.id(), address, own.domain(), own.weight(), NodeState.UP);
                joined[0] = new FixedMembership(new ZoneView(own.settings(), 1_000, List.of(self)), own.id());
                return joined[0];
            }
        });
        return new TestNode(node, joined[0], directory);
    }

    public CacheNode node() {
        return node;
    }

    public FixedMembership membership() {
        return membership;
    }

    public StripeStore store() {
        return node.store();
    }

    public int port() {
        return node.port();
    }

    public Path directory() {
        return directory;
    }

    public URI data(String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }

    public URI admin(String path) {
        return URI.create("http://127.0.0.1:" + node.adminPort() + path);
    }

    @Override
    public void close() {
        node.close();
    }
}
