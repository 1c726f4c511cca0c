package io.zonecache.server.lease;

import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipTimings;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewVersion;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.testkit.network.Delay;
import io.zonecache.testkit.network.SimulatedNetwork;
import io.zonecache.testkit.time.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A zone in virtual time in which the real membership decides on the views, and the real leases follow them: processes that crash,
 * restart, freeze, drain and join over a network that falls apart into halves. Watches what nodes offer: had clients taken all of
 * it at its height, and kept it for a lease lifetime, so many leases would run.
 */
final class MembershipZone {

    private static final int LOST_PERCENT = 3;
    private static final int LONGEST_WAY_MILLIS = 400;
    private static final long STEP_MILLIS = 500;
    private static final long WATCH_MILLIS = 250;
    /** Shorter than in a node, so that more happens, but longer than a node that is cut off goes on. */
    private static final int OUT_AFTER_MILLIS = 90_000;

    private static final MembershipTimings TIMINGS = timings();

    private static final long START_WALL_MILLIS = 1_795_405_200_000L;

    final VirtualClock time = new VirtualClock();
    final Random random;
    final SimulatedNetwork network;
    final ZoneSettings settings;
    final LeaseLimits limits;
    final List<MembershipProcess> processes = new ArrayList<>();
    final List<String> history = new ArrayList<>();
    final Set<ViewVersion> views = new HashSet<>();
    int maxOffered;
    private final Path directory;
    private final int maxNodes;
    private long joins;

    MembershipZone(long seed, Path directory, ZoneSettings settings, int maxNodes, LeaseLimits limits) {
        this.random = new Random(seed);
        this.network = new SimulatedNetwork(time, random);
        network.setLossPercent(LOST_PERCENT);
        network.setDelay(Delay.uniformMillis(LONGEST_WAY_MILLIS));
        this.directory = directory;
        this.settings = settings;
        this.maxNodes = maxNodes;
        this.limits = limits;
        for (int i = 0; i < settings.expectedNodes(); i++) {
            add(0);
        }
        time.scheduleMillis(STEP_MILLIS, this::step);
        time.scheduleMillis(WATCH_MILLIS, this::watch);
    }

    void run(Duration calm, Duration disturbed) {
        time.runUntilMillis(calm.toMillis());
        time.scheduleMillis(1, this::disturb);
        time.runUntilMillis(calm.plus(disturbed).toMillis());
    }

    private static MembershipTimings timings() {
        MembershipTimings usual = MembershipTimings.DEFAULT;
        return new MembershipTimings(
                usual.firstViewWait(),
                usual.downDelay(),
                Duration.ofMillis(OUT_AFTER_MILLIS),
                usual.viewInterval(),
                usual.heartbeat(),
                usual.suspectAfter(),
                usual.mergeInterval());
    }

    private void add(int side) {
        int number = processes.size();
        MembershipConfig config = MembershipConfig.of(
                        settings,
                        new ZoneNode("node-" + number, "10.0.0." + number + ":7400", "host-" + number, 1, NodeState.UP),
                        "127.0.0.1",
                        5_701 + number,
                        List.of(),
                        directory.resolve("node-" + number))
                .withTimings(TIMINGS);
        MembershipProcess added = new MembershipProcess(this, config);
        network.attach(added.id);
        network.putOnSide(added.id, side);
        processes.add(added);
        added.start();
    }

    long nextJoin() {
        return ++joins;
    }

    long wallMillis() {
        return START_WALL_MILLIS + time.millis();
    }

    void note(String event) {
        history.add(time.millis() + " " + event);
    }

    private void step() {
        processes.forEach(MembershipProcess::look);
        processes.forEach(MembershipProcess::step);
        time.scheduleMillis(STEP_MILLIS, this::step);
    }

    private void watch() {
        int offered = processes.stream().mapToInt(MembershipProcess::maxOffered).sum();
        if (offered > maxOffered) {
            maxOffered = offered;
            note("offers up to " + offered);
        }
        time.scheduleMillis(WATCH_MILLIS, this::watch);
    }

    private void disturb() {
        if (!processes.stream().allMatch(MembershipProcess::knowsItsZone)) {
            time.scheduleMillis(1_000, this::disturb);
            return;
        }
        MembershipProcess process = processes.get(random.nextInt(processes.size()));
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                process.kill();
                time.scheduleMillis(someMillis(), process::start);
            }
            case 2 -> {
                process.freeze();
                time.scheduleMillis(someMillis(), process::thaw);
            }
            case 3, 4 -> {
                boolean alone = random.nextBoolean();
                cut(other -> alone ? other == process : random.nextBoolean());
            }
            case 5 -> heal();
            case 6, 7 -> join();
            case 8 -> {
                if (random.nextInt(3) == 0) {
                    process.drain();
                    time.scheduleMillis(30_000, process::kill);
                    time.scheduleMillis(30_000 + someMillis(), process::start);
                }
            }
            default -> process.wallOffsetMillis = random.nextInt(7_200_000) - 3_600_000L;
        }
        time.scheduleMillis(random.nextInt(random.nextInt(4) > 0 ? 20_000 : 2 * OUT_AFTER_MILLIS), this::disturb);
    }

    /** Mostly seconds, now and then so long that the node is taken out. */
    private long someMillis() {
        return random.nextInt(3) == 0 ? random.nextInt(2 * OUT_AFTER_MILLIS) : random.nextInt(20_000);
    }

    /** A process that never was in the zone must reach it: without a view it could only found a zone of its own. */
    private void join() {
        long here = processes.stream().filter(process -> process.isAt(0)).count();
        long there = processes.stream().filter(process -> process.isAt(1)).count();
        if (processes.size() < maxNodes && here + there > 0) {
            add(here >= there ? 0 : 1);
        }
    }

    private void cut(Predicate<MembershipProcess> toOtherSide) {
        processes.forEach(process -> network.putOnSide(process.id, toOtherSide.test(process) ? 1 : 0));
        note("cut off: "
                + processes.stream()
                        .filter(process -> network.side(process.id) == 1)
                        .map(process -> process.id)
                        .toList());
    }

    private void heal() {
        network.heal();
        note("heal");
    }
}
