package io.zonecache.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ZoneNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneSimulationTest {

    private static final String ALL_UP = "n1:up n2:up n3:up n4:up n5:up n6:up";

    @TempDir
    Path directory;

    @Test
    void shouldAgreeOnOneViewSoonAfterSixNodesStart() {
        SimulatedZone zone = running(1);

        assertAll(zone, ALL_UP);
        assertThat(zone.nodes().stream().mapToLong(node -> node.viewsHere).sum())
                .isEqualTo(1);
    }

    @Test
    void shouldKeepPlacesOverRollingRestartsAndARestartOfAll() {
        SimulatedZone zone = running(2);
        for (int round = 0; round < 2; round++) {
            for (SimulatedZone.Node node : zone.nodes()) {
                zone.kill(node);
                zone.pass(Duration.ofSeconds(20));
                assertNobodyMoved(zone);
                zone.start(node);
                zone.pass(Duration.ofSeconds(10));
                assertAll(zone, ALL_UP);
            }
        }
        zone.nodes().forEach(zone::kill);
        zone.pass(Duration.ofMinutes(20));
        zone.startAll();
        zone.pass(Duration.ofSeconds(10));

        assertAll(zone, ALL_UP);
    }

    @Test
    void shouldTakeTheFrozenNodeBackWhereItWas() {
        SimulatedZone zone = running(3);
        for (SimulatedZone.Node node : zone.nodes()) {
            zone.freeze(node);
            zone.pass(Duration.ofSeconds(10));
            SimulatedZone.Node other = zone.node(node.id.equals("n1") ? 2 : 1);
            assertThat(other.text()).contains(node.id + ":down");
            zone.thaw(node);
            zone.pass(Duration.ofSeconds(15));
            assertAll(zone, ALL_UP);
        }
    }

    @Test
    void shouldLetOnlyTheMajorityGoOnWhenTheZoneIsCutInTwo() {
        SimulatedZone zone = running(4);
        zone.cut(node -> node.id.equals("n1") || node.id.equals("n2"));
        zone.pass(Duration.ofMinutes(1));

        assertThat(zone.node(1).text()).isEqualTo(ALL_UP);
        assertThat(zone.node(6).text()).isEqualTo("n1:down n2:down n3:up n4:up n5:up n6:up");
        zone.heal();
        zone.pass(Duration.ofSeconds(15));
        assertAll(zone, ALL_UP);
    }

    @Test
    void shouldLetTheSideOfTheLowestIdGoOnWhenTheZoneIsCutInHalves() {
        SimulatedZone zone = running(5);
        zone.cut(node -> node.id.compareTo("n4") < 0);
        zone.pass(Duration.ofMinutes(1));

        assertThat(zone.node(6).text()).isEqualTo(ALL_UP);
        assertThat(zone.node(1).text()).isEqualTo("n1:up n2:up n3:up n4:down n5:down n6:down");
    }

    /** Four of eight with the lowest id are as good as five of nine: the side that took the ninth in must know that. */
    @Test
    void shouldNotLetBothSidesGoOnWhenTheZoneIsCutWhileItTakesANodeIn() {
        SimulatedZone zone = new SimulatedZone(14, directory, 9);
        zone.start(zone.node(5));
        for (int i = 1; i <= 8; i++) {
            zone.start(zone.node(i));
        }
        zone.pass(Duration.ofSeconds(45));
        String eight = "n1:up n2:up n3:up n4:up n5:up n6:up n7:up n8:up";
        assertThat(zone.node(5).text()).isEqualTo(eight);
        zone.start(zone.node(9));
        zone.cut(node -> node.id.compareTo("n5") >= 0);
        zone.pass(Duration.ofMinutes(10));

        assertThat(zone.node(5).text())
                .as("the publisher's side, %s", zone.history())
                .isEqualTo(eight + " n9:up");
        assertThat(age(zone, zone.node(5))).as("of its knowledge").isGreaterThan(500_000);
        assertThat(zone.node(1).text()).as("the other side").isEqualTo("n1:up n2:up n3:up n4:up");
        zone.heal();
        zone.pass(Duration.ofSeconds(60));
        assertAll(zone, eight + " n9:up");
    }

    @Test
    void shouldGoOnWhileEachNextMajorityHolds() {
        SimulatedZone zone = running(6);
        for (int i = 6; i > 3; i--) {
            zone.kill(zone.node(i));
            zone.pass(Duration.ofMinutes(6));
        }

        assertThat(zone.node(1).text()).isEqualTo("n1:up n2:up n3:up");
    }

    @Test
    void shouldOnlyGrowInEpochsWhenClocksAreAnHourOff() {
        SimulatedZone zone = new SimulatedZone(7, directory, 6);
        zone.node(1).wallOffsetMillis = Duration.ofHours(1).toMillis();
        zone.node(2).wallOffsetMillis = -Duration.ofHours(1).toMillis();
        zone.startAll();
        zone.pass(Duration.ofSeconds(10));
        for (int i = 1; i <= 3; i++) {
            zone.kill(zone.node(i));
            zone.pass(Duration.ofSeconds(10));
            zone.start(zone.node(i));
            zone.pass(Duration.ofSeconds(10));
        }

        assertAll(zone, ALL_UP);
    }

    @Test
    void shouldKnowHowOldItsKnowledgeOfTheViewIs() {
        SimulatedZone zone = running(8);
        zone.nodes().forEach(node -> assertThat(age(zone, node)).isLessThan(10_000));

        zone.cut(node -> node.id.equals("n1") || node.id.equals("n2"));
        zone.pass(Duration.ofSeconds(60));

        assertThat(age(zone, zone.node(1))).isGreaterThan(55_000);
        assertThat(age(zone, zone.node(2))).isGreaterThan(50_000);
        for (int i = 3; i <= 6; i++) {
            assertThat(age(zone, zone.node(i))).isLessThan(10_000);
        }
        zone.heal();
        zone.pass(Duration.ofSeconds(20));
        zone.nodes().forEach(node -> assertThat(age(zone, node)).isLessThan(10_000));
    }

    @Test
    void shouldNotTakeWhatLayInTheSocketForNewKnowledgeAfterBeingFrozen() {
        SimulatedZone zone = running(9);
        for (SimulatedZone.Node node : List.of(zone.node(1), zone.node(6))) {
            zone.freeze(node);
            zone.pass(Duration.ofMinutes(2));
            zone.cut(other -> other == node);
            zone.thaw(node);
            zone.pass(Duration.ofSeconds(2));
            assertThat(age(zone, node)).isGreaterThan(110_000);
            zone.heal();
            zone.pass(Duration.ofSeconds(20));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void shouldAgreeAgainWhateverHappened(long seed) {
        disturbAndCalm(seed);
    }

    @Tag("slow")
    @Test
    void shouldAgreeAgainWhateverHappenedWithManySeeds() {
        long first = new Random().nextInt(1_000_000);
        for (long seed = first; seed < first + 8; seed++) {
            disturbAndCalm(seed);
        }
    }

    private void disturbAndCalm(long seed) {
        Random random = new Random(seed);
        SimulatedZone zone = new SimulatedZone(seed, directory.resolve(Long.toString(seed)), 6);
        zone.nodes().forEach(node -> {
            if (random.nextInt(10) > 0) {
                zone.start(node);
            }
        });
        for (int i = 0; i < 40; i++) {
            disturb(zone, random);
            zone.pass(Duration.ofMillis(250L * random.nextInt(random.nextBoolean() ? 20 : 120)));
        }
        zone.heal();
        zone.nodes().forEach(zone::thaw);
        zone.startAll();
        zone.pass(Duration.ofSeconds(60));

        for (SimulatedZone.Node node : zone.nodes()) {
            assertThat(node.text())
                    .as("seed %d, %s, %s", seed, node.running().status(), String.join("\n", zone.history()))
                    .isEqualTo(ALL_UP);
        }
    }

    private static void disturb(SimulatedZone zone, Random random) {
        SimulatedZone.Node node = zone.nodes().get(random.nextInt(6));
        switch (random.nextInt(7)) {
            case 0 -> zone.kill(node);
            case 1, 2 -> zone.nodes().forEach(zone::start);
            case 3 -> {
                if (node.frozen) {
                    zone.thaw(node);
                } else {
                    zone.freeze(node);
                }
            }
            case 4 -> zone.cut(other -> random.nextBoolean());
            case 5 -> zone.heal();
            default ->
                node.wallOffsetMillis =
                        Duration.ofMinutes(random.nextInt(121) - 60L).toMillis();
        }
    }

    private SimulatedZone running(long seed) {
        SimulatedZone zone = new SimulatedZone(seed, directory, 6);
        zone.startAll();
        zone.pass(Duration.ofSeconds(10));
        return zone;
    }

    private static long age(SimulatedZone zone, SimulatedZone.Node node) {
        return node.running().unconfirmedMillis(zone.nanos());
    }

    private static void assertAll(SimulatedZone zone, String expected) {
        for (SimulatedZone.Node node : zone.nodes()) {
            assertThat(node.text())
                    .as("%s, %s, %s", node.id, node.running().status(), String.join("\n", zone.history()))
                    .isEqualTo(expected);
        }
    }

    private static void assertNobodyMoved(SimulatedZone zone) {
        for (SimulatedZone.Node node : zone.nodes()) {
            if (node.view != null) {
                assertThat(node.view.view().nodes()).extracting(ZoneNode::id).hasSize(6);
            }
        }
    }
}
