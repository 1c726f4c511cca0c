package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import io.zonecache.testkit.time.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many readers, a zone without the chunks that they want, and an origin that counts. */
class HerdTest {

    private static final int NODES = 6;
    private static final int LEASABLE = 60;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldFetchOnceForTenThousandReadersOfOneColdChunk(long seed) {
        Zone zone = new Zone(seed);
        for (int reader = 0; reader < 10_000; reader++) {
            zone.read(key(1), "process-" + reader % 20, 0);
        }
        zone.time.runUntilMillis(60_000);
        assertThat(zone.served).as("reads served, seed %d", seed).isEqualTo(10_000);
        assertThat(zone.fetches.get(key(1))).as("fetches, seed %d", seed).isEqualTo(1);
    }

    @Test
    void shouldFetchTwiceIfTheFirstHolderDies() {
        Zone zone = new Zone(4);
        zone.holdersToDie = 1;
        for (int reader = 0; reader < 10_000; reader++) {
            zone.read(key(1), "process-" + reader % 20, 0);
        }
        zone.time.runUntilMillis(60_000);
        assertThat(zone.served).isEqualTo(10_000 - 1);
        assertThat(zone.fetches.get(key(1))).isEqualTo(2);
    }

    @Test
    void shouldLetTheNextNodeGrantWhenTheCoordinatorDies() {
        Zone zone = new Zone(5);
        String coordinator = zone.placement.nodesFor(key(1)).get(0).id();
        for (int reader = 0; reader < 1_000; reader++) {
            zone.read(key(1), "process-" + reader % 20, 0);
        }
        zone.time.scheduleMillis(20, () -> zone.kill(coordinator));
        zone.time.runUntilMillis(60_000);
        assertThat(zone.served).isEqualTo(1_000);
        assertThat(zone.fetches.get(key(1))).isBetween(1, 2);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {6, 7, 8})
    void shouldFillAnEmptyZoneOnceAChunkWithinTheBudgetAndServeEveryRead(long seed) {
        Zone zone = new Zone(seed);
        int reads = 20_000;
        for (int read = 0; read < reads; read++) {
            zone.read(key(zone.random.nextInt(2_000)), "process-" + read % 20, zone.random.nextInt(20_000));
        }
        zone.time.runUntilMillis(300_000);
        assertThat(zone.served).as("reads served, seed %d", seed).isEqualTo(reads);
        assertThat(zone.fetches.values()).as("fetches a chunk, seed %d", seed).containsOnly(1);
        assertThat(zone.maxFetching).as("most fetches at once, seed %d", seed).isBetween(LEASABLE / 2, LEASABLE);
    }

    /** A zone past its start, with clients that do as ARCHITECTURE.md says. */
    private static final class Zone {
        final VirtualClock time = new VirtualClock();
        final Random random;
        final Placement placement;
        final Map<String, SimulatedNode> nodes = new HashMap<>();
        final Set<ChunkKey> held = new HashSet<>();
        final Map<ChunkKey, Integer> fetches = new HashMap<>();
        int fetching;
        int maxFetching;
        int served;
        int holdersToDie;

        Zone(long seed) {
            random = new Random(seed);
            ZoneSettings settings = LeaseBench.settings(LEASABLE, NODES);
            List<ZoneNode> members = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                members.add(new ZoneNode("node-" + i, "10.0.0." + i + ":7400", "host-" + i, 1, NodeState.UP));
            }
            ZoneView view = new ZoneView(settings, 1, members);
            placement = new Placement(view);
            for (ZoneNode member : members) {
                SimulatedNode node = new SimulatedNode(member.id(), time, LeaseLimits.DEFAULT, random);
                nodes.put(member.id(), node);
                node.start();
                node.call(table -> table.viewChanged(view));
                stayInTouch(node);
            }
            time.runUntilMillis(LeaseLimits.DEFAULT.lifetimeMillis());
        }

        private void stayInTouch(SimulatedNode node) {
            node.call(table -> table.confirmed(0));
            time.scheduleMillis(1_000, () -> stayInTouch(node));
        }

        private SimulatedNode node(String id) {
            return Objects.requireNonNull(nodes.get(id));
        }

        void kill(String node) {
            node(node).kill();
        }

        void read(ChunkKey key, String client, long inMillis) {
            time.scheduleMillis(inMillis + 1 + random.nextInt(5), () -> {
                if (held.contains(key)) {
                    served++;
                } else {
                    askForLease(key, client, false);
                }
            });
        }

        private void askForLease(ChunkKey key, String client, boolean seenFilled) {
            for (ZoneNode candidate : placement.nodesFor(key)) {
                SimulatedNode node = node(candidate.id());
                if (node.runs()) {
                    boolean[] told = new boolean[1];
                    Consumer<LeaseAnswer> once = answer -> {
                        if (!told[0]) {
                            told[0] = true;
                            answered(node, key, client, answer);
                        }
                    };
                    node.call(table -> table.request(key, LeaseBench.question(client, 2_000, seenFilled), once));
                    time.scheduleMillis(3_000, () -> {
                        if (!told[0]) {
                            told[0] = true;
                            read(key, client, 0);
                        }
                    });
                    return;
                }
            }
        }

        private void answered(SimulatedNode node, ChunkKey key, String client, LeaseAnswer answer) {
            if (answer instanceof LeaseAnswer.Granted granted) {
                fetch(node, key, granted.lease());
            } else if (answer instanceof LeaseAnswer.Refused refused) {
                read(key, client, refused.retryAfterMillis());
            } else {
                read(key, client, 0);
            }
        }

        private void fetch(SimulatedNode node, ChunkKey key, String lease) {
            fetches.merge(key, 1, Integer::sum);
            maxFetching = Math.max(maxFetching, ++fetching);
            boolean dies = holdersToDie-- > 0;
            time.scheduleMillis(36 + random.nextInt(140), () -> {
                fetching--;
                if (!dies) {
                    held.add(key);
                    served++;
                    time.scheduleMillis(2, () -> node.call(table -> table.end(key, lease, LeaseOutcome.FILLED)));
                }
            });
        }
    }
}
