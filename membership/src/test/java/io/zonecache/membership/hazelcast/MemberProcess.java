package io.zonecache.membership.hazelcast;

import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipTimings;
import io.zonecache.membership.Zones;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A node's membership as a process of its own: arguments are id, port, peers and directory. Prints {@code started} and each view as
 * {@code <epoch> n1:up ...}, with the milliseconds since the process began; ends with its input.
 */
public final class MemberProcess {

    /** The default delays, but for the wait for a first view of fewer. */
    private static final MembershipTimings TIMINGS = new MembershipTimings(
            Duration.ofMinutes(2),
            MembershipTimings.DEFAULT.downDelay(),
            MembershipTimings.DEFAULT.outAfter(),
            MembershipTimings.DEFAULT.viewInterval(),
            MembershipTimings.DEFAULT.heartbeat(),
            MembershipTimings.DEFAULT.suspectAfter(),
            MembershipTimings.DEFAULT.mergeInterval());

    private MemberProcess() {}

    public static void main(String[] arguments) throws IOException {
        List<String> peers = List.of(arguments[2].split(","));
        MembershipConfig config = MembershipConfig.of(
                        Zones.settings(peers.size()),
                        Zones.node(arguments[0]),
                        "127.0.0.1",
                        Integer.parseInt(arguments[1]),
                        peers,
                        Path.of(arguments[3]))
                .withTimings(TIMINGS);
        try (HazelcastMembership membership = HazelcastMembership.start(config)) {
            say("started");
            membership.addListener(view -> say(view.view().epoch() + " " + Zones.text(view.view())));
            while (System.in.read() >= 0) {
                say("cpuMillis "
                        + ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                                        .getProcessCpuTime()
                                / 1_000_000);
            }
        }
        // Hazelcast may keep a thread or two for a while.
        Runtime.getRuntime().halt(0);
    }

    private static void say(String line) {
        long age = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        System.out.println(age + " " + line);
    }
}
