package io.zonecache.membership.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.membership.Membership;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipTimings;
import io.zonecache.membership.Zones;
import io.zonecache.model.EncodedView;
import io.zonecache.model.HostAndPort;
import io.zonecache.model.ZoneSettings;
import io.zonecache.testkit.process.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Members of one zone in this JVM, node i at port i. */
final class TestZone implements AutoCloseable {

    /** A process that stands still for suspectAfter - heartbeat publishes nothing for a while: no shorter, or a busy machine never would. */
    static final MembershipTimings FAST = new MembershipTimings(
            Duration.ofSeconds(4),
            Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            Duration.ofMillis(300),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1));

    private final Path directory;
    private final String host;
    private final List<Integer> ports;
    private final ZoneSettings settings;
    private final List<HazelcastMembership> started = Collections.synchronizedList(new ArrayList<>());

    TestZone(Path directory, int nodes) {
        this(directory, Ports.free(nodes), Zones.settings(nodes));
    }

    TestZone(Path directory, List<Integer> ports, ZoneSettings settings) {
        this(directory, "127.0.0.1", ports, settings);
    }

    /** @param host that the members bind and are reached at, without brackets */
    TestZone(Path directory, String host, List<Integer> ports, ZoneSettings settings) {
        this.directory = directory;
        this.host = host;
        this.ports = ports;
        this.settings = settings;
    }

    /** {@code n1} for 1. */
    static String id(int node) {
        return "n" + node;
    }

    int port(int node) {
        return ports.get(node - 1);
    }

    MembershipConfig config(int node) {
        return config(node, id(node));
    }

    MembershipConfig config(int node, String id) {
        List<String> peers = ports.stream()
                .map(port -> new HostAndPort(host, port).toString())
                .toList();
        return MembershipConfig.of(settings, Zones.node(id), host, port(node), peers, directory.resolve("node-" + node))
                .withTimings(FAST);
    }

    HazelcastMembership start(int node) {
        return start(config(node));
    }

    HazelcastMembership start(int node, UnaryOperator<MembershipConfig> change) {
        return start(change.apply(config(node)));
    }

    HazelcastMembership start(MembershipConfig config) {
        HazelcastMembership membership = HazelcastMembership.start(config);
        started.add(membership);
        return membership;
    }

    /** All at once, as a zone starts. */
    List<HazelcastMembership> startAll() {
        return IntStream.rangeClosed(1, ports.size())
                .parallel()
                .mapToObj(this::start)
                .toList();
    }

    @Override
    public void close() {
        List.copyOf(started).parallelStream().forEach(HazelcastMembership::close);
    }

    static void awaitView(Membership membership, String expected) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(text(membership))
                        .as("status %s", membership.status())
                        .isEqualTo(expected));
    }

    static String text(Membership membership) {
        EncodedView view = membership.view();
        return view == null ? "none" : Zones.text(view.view());
    }

    static long epoch(Membership membership) {
        EncodedView view = membership.view();
        return view == null ? 0 : view.view().epoch();
    }
}
