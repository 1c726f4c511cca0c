package io.zonecache.server.lease;

import io.zonecache.membership.Membership;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipStatus;
import io.zonecache.membership.PurgeList;
import io.zonecache.membership.internal.MembershipCore;
import io.zonecache.membership.internal.Network;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node of a {@link MembershipZone}, from one life to the next: the real rules of membership, the real lease service. */
final class MembershipProcess implements Network {

    private static final long SUSPECT_MILLIS = 5_000;
    private static final long REJOIN_MILLIS = 3_000;

    final String id;
    long wallOffsetMillis;
    private final MembershipZone zone;
    private final MembershipConfig config;
    private @Nullable Life life;
    private int lives;
    private boolean frozen;
    private long joined;
    private final Set<MembershipProcess> seen = new HashSet<>();

    /** Since when a process is not as it is seen. */
    private final Map<MembershipProcess, Long> changedMillis = new HashMap<>();

    private final OfferedShares offered;

    /** What a process loses when it dies. */
    private record Life(MembershipCore core, LeaseService leases, List<byte[]> inbox) {}

    MembershipProcess(MembershipZone zone, MembershipConfig config) {
        this.zone = zone;
        this.config = config;
        this.id = config.self().id();
        this.offered = new OfferedShares(zone.limits);
    }

    void start() {
        if (life != null) {
            return;
        }
        joined = zone.nextJoin();
        MembershipCore core = new MembershipCore(config, id + "/" + ++lives, this, PurgeList.inMemory());
        LeaseService leases = new LeaseService(
                id, new CoreMembership(core), zone.limits, (delay, task) -> () -> {}, zone.time::nanoTime, zone.random);
        core.addListener(leases::viewChanged);
        offered.beginLife();
        life = new Life(core, leases, new ArrayList<>());
        zone.note("start " + id);
    }

    void kill() {
        life = null;
        frozen = false;
        seen.clear();
        changedMillis.clear();
        zone.processes.forEach(other -> other.seen.remove(this));
        zone.note("kill " + id);
    }

    void freeze() {
        frozen = life != null;
        zone.note("freeze " + id);
    }

    void thaw() {
        frozen = false;
        zone.note("thaw " + id);
    }

    void drain() {
        Life now = life;
        if (now != null && !frozen) {
            maxOffered();
            now.core.drain();
            now.leases.drain();
            zone.note("drain " + id);
        }
    }

    /** Whether it has been in the zone, or is down and was before. */
    boolean knowsItsZone() {
        Life now = life;
        return now == null || now.core.view() != null;
    }

    /** Whether it runs on this side of the network. */
    boolean isAt(int asked) {
        return life != null && !frozen && zone.network.side(id) == asked;
    }

    void step() {
        Life now = life;
        if (now == null || frozen) {
            return;
        }
        now.inbox.forEach(now.core::receive);
        now.inbox.clear();
        now.core.step(zone.wallMillis() + wallOffsetMillis, zone.time.nanoTime());
        EncodedView view = now.core.view();
        if (view != null && zone.views.add(view.version())) {
            zone.note(id + " publishes " + view.view().epoch() + " of "
                    + view.view().nodes().size());
        }
    }

    /** Leases that might run now, whatever clients have done. */
    int maxOffered() {
        Life current = life;
        if (current != null && !frozen) {
            offered.offer(current.leases.stats().share(), zone.time.nanoTime());
        }
        return offered.most(zone.time.nanoTime());
    }

    /** As Hazelcast does: silence of some seconds makes a member go, and a link of some seconds brings it back. */
    void look() {
        if (life == null || frozen) {
            return;
        }
        for (MembershipProcess other : zone.processes) {
            boolean isSeen = seen.contains(other);
            boolean answers = other.life != null && !other.frozen && zone.network.connects(id, other.id);
            if (other == this || isSeen == answers) {
                changedMillis.remove(other);
                continue;
            }
            long now = zone.time.millis();
            long since = changedMillis.computeIfAbsent(other, first -> now);
            if (now - since >= (isSeen ? SUSPECT_MILLIS : REJOIN_MILLIS)) {
                changedMillis.remove(other);
                if (isSeen) {
                    seen.remove(other);
                } else {
                    seen.add(other);
                }
            }
        }
    }

    @Override
    public List<Peer> members() {
        return zone.processes.stream()
                .filter(process -> process.life != null && (process == this || seen.contains(process)))
                .sorted(Comparator.comparingLong(process -> process.joined))
                .map(MembershipProcess::asPeer)
                .toList();
    }

    private Peer asPeer() {
        Life now = life;
        return new Peer(config.clusterAddress(), now == null ? null : now.core.card());
    }

    @Override
    public void broadcast(byte[] message) {
        for (MembershipProcess other : zone.processes) {
            if (other != this) {
                int sentTo = other.lives;
                zone.network.send(id, other.id, () -> {
                    Life receiver = other.life;
                    if (receiver != null && sentTo == other.lives) {
                        receiver.inbox.add(message);
                    }
                });
            }
        }
    }

    /** What leases ask of membership. */
    private final class CoreMembership implements Membership {

        private final MembershipCore core;

        CoreMembership(MembershipCore core) {
            this.core = core;
        }

        @Override
        public @Nullable EncodedView view() {
            return core.view();
        }

        @Override
        public long unconfirmedMillis() {
            return core.unconfirmedMillis(zone.time.nanoTime());
        }

        @Override
        public void addListener(Consumer<EncodedView> listener) {
            core.addListener(listener);
        }

        @Override
        public MembershipStatus status() {
            return core.status();
        }

        @Override
        public void announceDown() {
            core.announceDown();
        }

        @Override
        public void leave() {
            core.drain();
        }

        @Override
        public void forceView() {
            core.force();
        }

        @Override
        public void spreadPurge(ChunkKey key) {
            core.spreadPurge(key);
        }

        @Override
        public List<String> purgeLacking() {
            return core.purgeLacking();
        }

        @Override
        public void close() {}
    }
}
