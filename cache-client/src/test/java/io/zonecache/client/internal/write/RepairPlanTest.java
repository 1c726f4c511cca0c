package io.zonecache.client.internal.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RepairPlanTest {

    private static final List<State> STATES = List.of(State.values());

    /** Findings in words: "0 1 W 3 4" holds, wants; M missing, C corrupt, ? unknown; "0+1" holds both. */
    private static List<NodeFinding> findings(String text) {
        List<NodeFinding> findings = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
            ZoneNode node = node(findings.size());
            findings.add(
                    switch (word) {
                        case "W" -> new NodeFinding(node, State.WANTED, Set.of());
                        case "M" -> new NodeFinding(node, State.MISSING, Set.of());
                        case "C" -> new NodeFinding(node, State.CORRUPT, Set.of());
                        case "?" -> new NodeFinding(node, State.UNKNOWN, Set.of());
                        default -> {
                            Set<Integer> indexes = new HashSet<>();
                            for (String index : word.split("\\+", -1)) {
                                indexes.add(Integer.parseInt(index));
                            }
                            yield new NodeFinding(node, State.HELD, indexes);
                        }
                    });
        }
        return findings;
    }

    private static ZoneNode node(int place) {
        return new ZoneNode("n" + place, "host:1", "d" + place, 1, NodeState.UP);
    }

    private static String plan(int stripes, String text) {
        List<String> words = new ArrayList<>();
        RepairPlan.plan(stripes, findings(text)).forEach((node, indexes) -> words.add(node.id() + "=" + indexes));
        return String.join(" ", words);
    }

    @ParameterizedTest
    @CsvSource({
        "0 1 2 3 4, ''",
        "0 1 W 3 4, n2=[2]",
        "0 1 M 3 4, ''",
        "0 1 ? 3 4, ''",
        "0 1 C 3 4, n2=[2]",
        // Places moved: the index that nobody holds goes to whoever has room.
        "1 0 3 W 2, n3=[4]",
        "W 1 2 3 0, n0=[4]",
        "0 W W 3 4, n1=[1] n2=[2]",
        "0 1 1 3 4, n2=[2]",
        "0 1 2 2 W, n3=[3] n4=[4]",
        // The unknown node may hold its own index, so the other one goes first.
        "0 1 ? 3 W, n4=[4]",
        "0 1 ? W W, n3=[3] n4=[4]",
        "0 W ? 3 1, n1=[4]",
    })
    void shouldSendMissingIndexesToNodesWithRoom(String found, String expected) {
        assertThat(plan(5, found)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0+2+4 1+3, ''", "0+2+4 W, 'n1=[1, 3]'", "C 1+3, 'n0=[0, 2, 4]'", "0+2 1+3, ''"})
    void shouldGiveANodeBackAllItsStripesWhereNodesAreFew(String found, String expected) {
        assertThat(plan(5, found)).isEqualTo(expected);
    }

    @Test
    void shouldPlanNothingForNoNodes() {
        assertThat(RepairPlan.plan(5, List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldNeverLoseAnIndexAndNeverStoreOneTwice(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            List<NodeFinding> findings = new ArrayList<>();
            for (int place = 0; place < 6; place++) {
                State state = STATES.get(random.nextInt(STATES.size()));
                findings.add(new NodeFinding(
                        node(place), state, state == State.HELD ? Set.of(random.nextInt(6)) : Set.of()));
            }
            Set<Integer> before = new HashSet<>();
            Map<ZoneNode, Set<Integer>> after = new HashMap<>();
            findings.forEach(finding -> {
                before.addAll(finding.indexes());
                after.put(finding.node(), finding.indexes());
            });
            Map<ZoneNode, List<Integer>> plan = RepairPlan.plan(6, findings);
            plan.forEach((node, indexes) -> after.put(node, Set.copyOf(indexes)));
            Set<Integer> held = new HashSet<>();
            after.values().forEach(held::addAll);
            String said = "seed " + seed + ": " + findings + " -> " + plan;
            assertThat(held).as(said).containsAll(before);
            assertThat(held).as(said).hasSize(before.size() + plan.size());
        }
    }
}
