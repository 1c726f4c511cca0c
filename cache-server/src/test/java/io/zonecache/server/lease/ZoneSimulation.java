package io.zonecache.server.lease;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import io.zonecache.testkit.network.Delay;
import io.zonecache.testkit.network.SimulatedNetwork;
import io.zonecache.testkit.time.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A whole zone in virtual time: real lease tables on nodes that crash, restart, freeze, drain, are cut off and replaced; a
 * publisher that keeps the rules of membership; clients with stale views that ask whoever they reach, and die with leases in
 * hand. Counts the leases that run, as the origin would see their fetches.
 */
final class ZoneSimulation {

    private static final int CLIENTS = 24;
    private static final int CHUNKS = 5_000;
    private static final int VIEWS_KEPT = 4;
    private static final String PUBLISHER = "publisher";

    /** Of a view that nobody asked for. */
    private static final Delay VIEW_WAY = Delay.uniformMillis(5_000);

    private static final List<LeaseOutcome> OUTCOMES = List.of(LeaseOutcome.values());

    final VirtualClock time = new VirtualClock();
    final Random random;
    private final SimulatedNetwork network;
    final ZoneSettings settings;
    private final LeaseLimits limits;
    private final long outAfterMillis;
    private final int maxNodes;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Map<String, Long> seenMillis = new HashMap<>();
    private final Set<String> leaving = new HashSet<>();
    private final List<Placement> placements = new ArrayList<>();
    private ZoneView published;

    int outstanding;
    int maxOutstanding;
    long granted;
    int views = 1;

    ZoneSimulation(long seed, ZoneSettings settings, int nodes, int maxNodes, LeaseLimits limits, long outAfterMillis) {
        this.random = new Random(seed);
        this.network = new SimulatedNetwork(time, random);
        network.setDelay(Delay.uniformMillis(500));
        network.attach(PUBLISHER);
        this.settings = settings;
        this.limits = limits;
        this.outAfterMillis = outAfterMillis;
        this.maxNodes = maxNodes;
        this.published = new ZoneView(settings, 1, List.of());
        for (int i = 0; i < nodes; i++) {
            addNode();
        }
        publish(this.nodes);
    }

    /** Runs with faults all the time and clients that want all they can get. */
    void runWithClients(long millis) {
        for (int client = 0; client < CLIENTS; client++) {
            askNext("client-" + client);
        }
        run(millis);
    }

    /** Runs with faults all the time, only watching what nodes might lease: the worst that any clients could bring about. */
    void runWatchingShares(long millis) {
        watchShares();
        run(millis);
    }

    private void run(long millis) {
        time.scheduleMillis(1_000, this::publishIfChanged);
        time.scheduleMillis(1_000, this::breakSomething);
        time.runUntilMillis(millis);
    }

    private void addNode() {
        SimulatedNode node = new SimulatedNode("node-" + nodes.size(), time, limits, random);
        node.start();
        nodes.add(node);
        network.attach(node.id);
        seenMillis.put(node.id, time.millis());
        askPublisher(node);
    }

    // ---- the worst case

    /** Had clients taken all that was on offer in the last lease lifetime, and kept it, so many leases would run now. */
    private void watchShares() {
        int worst = 0;
        for (SimulatedNode node : nodes) {
            worst += node.maxInALifetime();
        }
        maxOutstanding = Math.max(maxOutstanding, worst);
        time.scheduleMillis(200, this::watchShares);
    }

    // ---- the publisher

    private void publishIfChanged() {
        List<SimulatedNode> members = new ArrayList<>();
        for (SimulatedNode node : nodes) {
            if (node.isReachable()) {
                seenMillis.put(node.id, time.millis());
            }
            boolean member = published.node(node.id).isPresent();
            boolean stays = member && time.millis() - seenMillis.getOrDefault(node.id, 0L) < outAfterMillis;
            boolean joins = !member && node.isReachable() && !node.draining;
            if ((stays || joins) && !leaving.contains(node.id)) {
                members.add(node);
            }
        }
        boolean changed = members.size() != published.nodes().size()
                || members.stream().anyMatch(node -> published.node(node.id).isEmpty());
        if (changed && random.nextInt(10) == 0 && settings.sharePerNode(members.size()) > 0) {
            publish(members);
        }
        time.scheduleMillis(1_000, this::publishIfChanged);
    }

    private void publish(List<SimulatedNode> members) {
        List<ZoneNode> entries = members.stream()
                .map(node -> new ZoneNode(node.id, node.id + ":7400", node.id, 1, NodeState.UP))
                .toList();
        published = new ZoneView(settings, published.epoch() + 1, entries);
        placements.add(new Placement(published));
        views++;
        if (placements.size() > VIEWS_KEPT) {
            placements.remove(0);
        }
        for (SimulatedNode node : nodes) {
            sendView(node);
        }
    }

    private void sendView(SimulatedNode node) {
        ZoneView sent = published;
        network.send(PUBLISHER, node.id, VIEW_WAY, node.onArrival(() -> take(node, sent)));
    }

    private static void take(SimulatedNode node, ZoneView sent) {
        if (node.view == null || node.view.epoch() < sent.epoch()) {
            node.view = sent;
            node.call(table -> table.viewChanged(sent));
        }
    }

    /** The round trip by which a node learns that its view is the newest, or gets the newest. */
    private void askPublisher(SimulatedNode node) {
        if (node.isReachable()) {
            long askedNanos = time.nanoTime();
            network.send(node.id, PUBLISHER, () -> {
                ZoneView newest = published;
                network.send(PUBLISHER, node.id, node.onArrival(() -> {
                    take(node, newest);
                    if (node.view != null && node.view.epoch() == newest.epoch()) {
                        node.call(table -> table.confirmed(time.nanoTime() - askedNanos));
                    }
                }));
            });
        }
        time.scheduleMillis(500 + random.nextInt(2_000), () -> askPublisher(node));
    }

    // ---- faults

    private void breakSomething() {
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                node.disconnect();
                time.scheduleMillis(someTime(), node::connect);
            }
            case 2, 3 -> {
                if (node.runs()) {
                    node.kill();
                    time.scheduleMillis(someTime(), () -> restart(node));
                }
            }
            case 4 -> {
                if (node.runs()) {
                    node.freeze();
                    time.scheduleMillis(someTime(), node::resume);
                }
            }
            case 5 -> {
                if (nodes.size() < maxNodes) {
                    addNode();
                }
            }
            default -> drain(node);
        }
        time.scheduleMillis(random.nextInt(30_000), this::breakSomething);
    }

    private void drain(SimulatedNode node) {
        if (!node.runs() || !node.connected || random.nextInt(3) > 0) {
            return;
        }
        node.draining = true;
        node.call(LeaseTable::drain);
        leaving.add(node.id);
        time.scheduleMillis(20_000, () -> {
            node.kill();
            time.scheduleMillis(someTime(), () -> restart(node));
        });
    }

    private void restart(SimulatedNode node) {
        if (node.table == null) {
            leaving.remove(node.id);
            node.start();
        }
    }

    /** Mostly seconds, now and then so long that the node is taken out. */
    private long someTime() {
        return random.nextInt(4) == 0 ? random.nextInt(600_000) : random.nextInt(20_000);
    }

    // ---- clients

    private void askNext(String client) {
        Placement placement = placements.get(random.nextInt(placements.size()));
        ChunkKey key = new ChunkKey(random.nextInt(CHUNKS), 0, 0, 0);
        List<ZoneNode> candidates = placement.nodesFor(key);
        if (!candidates.isEmpty()) {
            String id = candidates.get(random.nextInt(candidates.size())).id();
            SimulatedNode node = nodes.stream()
                    .filter(other -> other.id.equals(id))
                    .findFirst()
                    .orElseThrow();
            node.call(table -> table.request(
                    key,
                    LeaseBench.question(client, random.nextInt(2_500), random.nextInt(10) == 0),
                    answer -> answered(node, key, answer)));
        }
        time.scheduleMillis(random.nextInt(200), () -> askNext(client));
    }

    private void answered(SimulatedNode node, ChunkKey key, LeaseAnswer answer) {
        if (!(answer instanceof LeaseAnswer.Granted lease)) {
            return;
        }
        granted++;
        outstanding++;
        maxOutstanding = Math.max(maxOutstanding, outstanding);
        boolean dies = random.nextInt(8) == 0;
        long fetchMillis = dies ? Long.MAX_VALUE : random.nextInt(6_000);
        time.scheduleMillis(Math.min(fetchMillis, lease.expiresInMillis()), () -> outstanding--);
        if (!dies) {
            LeaseOutcome outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
            int wayThere = random.nextInt(20);
            time.scheduleMillis(
                    fetchMillis + wayThere, () -> node.call(table -> table.end(key, lease.lease(), outcome)));
        }
    }
}
