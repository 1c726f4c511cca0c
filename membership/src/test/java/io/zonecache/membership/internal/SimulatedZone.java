package io.zonecache.membership.internal;

import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.PurgeList;
import io.zonecache.membership.Zones;
import io.zonecache.model.EncodedView;
import io.zonecache.model.ViewVersion;
import io.zonecache.model.ZoneSettings;
import io.zonecache.testkit.network.SimulatedNetwork;
import io.zonecache.testkit.time.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A zone in virtual time: the real rules over a network that can be cut, with processes that can be killed and frozen. Members
 * notice a cut after five seconds and a death at once, as with Hazelcast. Every step checks what must always hold.
 */
final class SimulatedZone {

    static final long STEP_MILLIS = 250;

    private static final long START_WALL_MILLIS = 1_795_405_200_000L;
    private static final int LOST_PERCENT = 3;
    private static final long SUSPECT_MILLIS = 5_000;
    private static final long REJOIN_MILLIS = 3_000;

    private final long seed;
    private final Random random;
    private final Path directory;
    private final ZoneSettings settings;
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<ViewVersion, String> published = new HashMap<>();
    private final List<String> history = new ArrayList<>();
    private final VirtualClock clock = new VirtualClock(Duration.ofSeconds(1).toNanos());
    private final SimulatedNetwork network;
    private long joins;

    final class Node implements Network {
        final String id;
        long wallOffsetMillis;
        boolean frozen;

        /** On its disk: outlives the process. */
        final PurgeList purges = PurgeList.inMemory();

        @Nullable
        MembershipCore core;

        @Nullable
        EncodedView view;

        long viewsHere;
        private int starts;
        private long joined;
        private final Map<String, Long> unlinkedSince = new HashMap<>();
        private final Map<String, Long> linkedSince = new HashMap<>();
        private final Map<String, Boolean> seen = new HashMap<>();
        private final Deque<byte[]> inbox = new ArrayDeque<>();

        Node(String id) {
            this.id = id;
        }

        String text() {
            return view == null ? "none" : Zones.text(view.view());
        }

        MembershipCore running() {
            if (core == null) {
                throw new IllegalStateException(id + " does not run");
            }
            return core;
        }

        @Override
        public List<Peer> members() {
            List<Peer> peers = new ArrayList<>();
            nodes.values().stream()
                    .sorted(Comparator.comparingLong(node -> node.joined))
                    .filter(node -> node == this || seen.getOrDefault(node.id, false))
                    .filter(node -> node.core != null)
                    .forEach(node ->
                            peers.add(new Peer(address(node.id), node.running().card())));
            return peers;
        }

        @Override
        public void broadcast(byte[] message) {
            for (Node node : nodes.values()) {
                if (node.core != null) {
                    network.send(id, node.id, () -> node.inbox.add(message));
                }
            }
        }
    }

    SimulatedZone(long seed, Path directory, int nodes) {
        this.seed = seed;
        this.random = new Random(seed);
        this.network = new SimulatedNetwork(clock, random);
        network.setLossPercent(LOST_PERCENT);
        this.directory = directory;
        this.settings = Zones.settings(nodes);
        for (int i = 1; i <= nodes; i++) {
            this.nodes.put("n" + i, new Node("n" + i));
            network.attach("n" + i);
        }
    }

    Node node(int number) {
        Node node = nodes.get("n" + number);
        if (node == null) {
            throw new IllegalArgumentException("no node " + number);
        }
        return node;
    }

    List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    List<String> history() {
        return history;
    }

    void start(Node node) {
        if (node.core != null) {
            return;
        }
        MembershipConfig config = MembershipConfig.of(
                settings, Zones.node(node.id), "127.0.0.1", port(node.id), List.of(), directory.resolve(node.id));
        node.joined = ++joins;
        node.core = new MembershipCore(config, node.id + "/" + ++node.starts, node, node.purges);
        EncodedView saved = node.core.view();
        check(
                node.view == null || (saved != null && !node.view.isNewerThan(saved)),
                node.id + " forgot a view over its restart");
        node.view = saved;
        note("start " + node.id);
    }

    void startAll() {
        nodes().forEach(this::start);
    }

    void kill(Node node) {
        node.core = null;
        node.frozen = false;
        node.inbox.clear();
        node.seen.clear();
        node.linkedSince.clear();
        nodes.values().forEach(other -> other.seen.remove(node.id));
        note("kill " + node.id);
    }

    void freeze(Node node) {
        node.frozen = true;
        note("freeze " + node.id);
    }

    void thaw(Node node) {
        node.frozen = false;
        note("thaw " + node.id);
    }

    void cut(Predicate<Node> toOtherSide) {
        nodes.values().forEach(node -> network.putOnSide(node.id, toOtherSide.test(node) ? 1 : 0));
        note("cut "
                + nodes.values().stream()
                        .map(node -> node.id + "@" + network.side(node.id))
                        .toList());
    }

    void heal() {
        cut(node -> false);
    }

    void note(String event) {
        history.add(clock.millis() + " " + event);
    }

    void pass(Duration time) {
        long end = clock.millis() + time.toMillis();
        while (clock.millis() < end) {
            clock.advanceMillis(STEP_MILLIS);
            nodes.values().forEach(this::look);
            List<Node> running = new ArrayList<>(nodes.values());
            Collections.shuffle(running, random);
            running.stream().filter(node -> node.core != null && !node.frozen).forEach(this::step);
        }
    }

    private void step(Node node) {
        MembershipCore core = node.running();
        int messages = random.nextInt(4) == 0 ? node.inbox.size() / 2 : node.inbox.size();
        for (int i = 0; i < messages; i++) {
            core.receive(node.inbox.remove());
        }
        core.step(START_WALL_MILLIS + clock.millis() + node.wallOffsetMillis, nanos());
        EncodedView view = core.view();
        if (view != null && !view.equals(node.view)) {
            check(node.view == null || view.isNewerThan(node.view), node.id + " went back to " + view.version());
            String known = published.putIfAbsent(view.version(), view.json());
            check(known == null || known.equals(view.json()), "two views with version " + view.version());
            if (known == null) {
                note(node.id + " publishes " + view.view().epoch() + " " + Zones.text(view.view()));
                node.viewsHere++;
            }
            node.view = view;
        }
    }

    /** Who is seen: five seconds of silence end it, three seconds of a link bring it back, at the end of the line. */
    private void look(Node node) {
        if (node.core == null || node.frozen) {
            return;
        }
        long now = clock.millis();
        for (Node other : nodes.values()) {
            if (other == node || other.core == null) {
                continue;
            }
            boolean wasSeen = node.seen.getOrDefault(other.id, false);
            if (network.connects(node.id, other.id) && !other.frozen) {
                node.unlinkedSince.remove(other.id);
                node.linkedSince.putIfAbsent(other.id, now);
                if (!wasSeen && now - node.linkedSince.getOrDefault(other.id, now) >= REJOIN_MILLIS) {
                    node.seen.put(other.id, true);
                }
            } else {
                node.linkedSince.remove(other.id);
                node.unlinkedSince.putIfAbsent(other.id, now);
                if (wasSeen && now - node.unlinkedSince.getOrDefault(other.id, now) >= SUSPECT_MILLIS) {
                    node.seen.put(other.id, false);
                    if (random.nextBoolean()) {
                        other.joined = ++joins;
                    }
                }
            }
        }
    }

    long nanos() {
        return clock.nanoTime();
    }

    private void check(boolean holds, String failure) {
        if (!holds) {
            throw new AssertionError("seed " + seed + ": " + failure + "\n" + String.join("\n", history));
        }
    }

    private static int port(String id) {
        return 5700 + Integer.parseInt(id.substring(1));
    }

    private static String address(String id) {
        return "127.0.0.1:" + port(id);
    }
}
