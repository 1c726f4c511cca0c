package io.zonecache.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.model.ChunkKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Purge lists of a zone in virtual time, over a network that loses three messages in a hundred. */
class PurgeSimulationTest {

    private static final Duration SETTLED = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final Random keys = new Random(17);

    @Test
    void shouldBringAPurgedKeyToEveryNode() {
        SimulatedZone zone = running(1);
        ChunkKey key = purge(zone.node(4));

        zone.pass(Duration.ofSeconds(5));

        assertThat(zone.nodes())
                .allSatisfy(node -> assertThat(node.purges.newest(0, 10)).containsExactly(key));
        assertThat(zone.nodes())
                .allSatisfy(node -> assertThat(node.running().purgeLacking()).isEmpty());
    }

    @Test
    void shouldTellANodeThatWasAwayAndNameItAsLackingUntilThen() {
        SimulatedZone zone = running(2);
        SimulatedZone.Node away = zone.node(3);
        zone.kill(away);
        zone.pass(SETTLED);
        purge(zone.node(1));
        purge(zone.node(6));
        zone.pass(SETTLED);
        assertThat(zone.node(6).running().purgeLacking()).containsExactly("n3");

        zone.start(away);
        zone.pass(SETTLED);

        assertThat(zone.node(6).running().purgeLacking()).isEmpty();
        assertSame(zone, 2);
    }

    @Test
    void shouldLearnFromANodeThatAloneKnew() {
        SimulatedZone zone = running(3);
        SimulatedZone.Node alone = zone.node(6);
        zone.cut(node -> node == alone);
        zone.pass(SETTLED);
        purge(alone);
        purge(zone.node(1));
        zone.heal();
        zone.pass(Duration.ofMinutes(1));

        assertSame(zone, 2);
    }

    @Test
    void shouldBringListsOfManyPagesTogether() {
        SimulatedZone zone = running(4);
        int pages = 3;
        for (SimulatedZone.Node node : List.of(zone.node(1), zone.node(5))) {
            node.purges.addAll(Stream.generate(this::key)
                    .limit((long) pages * PurgeGossip.PAGE_KEYS)
                    .toList());
        }

        zone.pass(Duration.ofMinutes(1));

        assertSame(zone, 2 * pages * PurgeGossip.PAGE_KEYS);
    }

    private SimulatedZone running(long seed) {
        SimulatedZone zone = new SimulatedZone(seed, directory, 6);
        zone.startAll();
        zone.pass(SETTLED);
        return zone;
    }

    private ChunkKey purge(SimulatedZone.Node node) {
        ChunkKey key = key();
        node.purges.addAll(List.of(key));
        node.running().spreadPurge(key);
        return key;
    }

    private ChunkKey key() {
        return new ChunkKey(keys.nextLong(), keys.nextLong(), keys.nextLong(), keys.nextLong());
    }

    private static void assertSame(SimulatedZone zone, int size) {
        PurgeDigest digest = zone.node(1).purges.digest();
        assertThat(digest.size()).isEqualTo(size);
        assertThat(zone.nodes())
                .allSatisfy(node -> assertThat(node.purges.digest()).isEqualTo(digest));
    }
}
