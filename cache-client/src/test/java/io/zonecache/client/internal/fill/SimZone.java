package io.zonecache.client.internal.fill;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import io.zonecache.testkit.network.Delay;
import io.zonecache.testkit.network.SimulatedNetwork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A zone, its origin and its clients in virtual time, on one thread; everything random comes from one seed. */
final class SimZone {

    /** Network and node: a fraction of a millisecond, with a tail. */
    private static final Delay WAY = Delay.logNormalNanos(100_000);

    final VirtualTimer timer = new VirtualTimer();
    final Random random;
    final SimulatedNetwork network;
    final ZoneView view;
    final Placement placement;
    final KnownView known;
    final Map<String, SimNode> nodes = new HashMap<>();
    final SimOrigin origin;

    SimZone(long seed, int nodeCount, int originBudget, int originReserve) {
        this(seed, nodeCount, originBudget, originReserve, 4);
    }

    SimZone(long seed, int nodeCount, int originBudget, int originReserve, int expectedClients) {
        this(seed, nodeCount, KeyScheme.SHA256, originBudget, originReserve, expectedClients);
    }

    SimZone(long seed, int nodeCount, KeyScheme keyScheme, int originBudget, int originReserve, int expectedClients) {
        this.random = new Random(seed);
        this.network = new SimulatedNetwork(timer.clock(), random);
        network.setDelay(WAY);
        List<ZoneNode> members = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            members.add(new ZoneNode("n" + i, "10.0.0." + i + ":7400", "host-" + i, 1, NodeState.UP));
        }
        CodeSpec code = CodeSpec.defaultFor(nodeCount);
        ZoneSettings settings =
                new ZoneSettings("sim", 1, keyScheme, code, nodeCount, originBudget, originReserve, expectedClients);
        this.view = new ZoneView(settings, 1, members);
        this.placement = new Placement(view);
        this.known = new KnownView(ViewJson.encode(view), placement);
        this.origin = new SimOrigin(timer, random);
        members.forEach(node -> nodes.put(node.id(), new SimNode(node, view, timer, network, random)));
        timer.advanceMillis(6_000); // nodes grant nothing in their first lease lifetime
    }

    SimClient client(String name) {
        return client(name, FillConfig.defaults());
    }

    SimClient client(String name, FillConfig config) {
        return client(name, config, MemoryBudgetTest.ample());
    }

    SimClient client(String name, FillConfig config, MemoryBudget memory) {
        return new SimClient(this, name, config, ZoneAssumptions.NONE, memory, timer);
    }

    /** One that has heard of no view, and assumes so much of the zone. */
    SimClient clientWithoutView(String name, ZoneAssumptions assumptions) {
        SimClient client =
                new SimClient(this, name, FillConfig.defaults(), assumptions, MemoryBudgetTest.ample(), timer);
        client.hasView = false;
        return client;
    }

    SimNode node(ZoneNode node) {
        SimNode found = nodes.get(node.id());
        if (found == null) {
            throw new IllegalArgumentException("node: " + node.id());
        }
        return found;
    }

    List<SimNode> placed(ChunkKey key) {
        return placement.nodesFor(key).stream().map(this::node).toList();
    }

    /** Distinct stripes of the chunk that nodes hold, whole. */
    int stripesHeld(ChunkKey key) {
        Set<Integer> indexes = new HashSet<>();
        for (SimNode node : nodes.values()) {
            for (StripeRecord record : node.stripes.getOrDefault(key, List.of())) {
                if (record.checksumMatches() && record.header().key().equals(key)) {
                    indexes.add(record.header().index());
                }
            }
        }
        return indexes.size();
    }

    /** As long as a message takes. */
    long delayNanos() {
        return WAY.nextNanos(random);
    }
}
