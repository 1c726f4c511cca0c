package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void shouldGiveEachOfAHundredNodesItsShareWithinFivePercent() {
        Placement placement = new Placement(view("4-of-5", nodes(100, 100)));
        Map<String, Integer> places = new HashMap<>();
        // Fixed keys: the bound is five standard deviations wide, a fresh seed would still cross it now and then.
        Random keys = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            placement.nodesFor(key(keys)).forEach(node -> places.merge(node.id(), 1, Integer::sum));
        }
        assertThat(places).hasSize(100);
        assertThat(places.values()).allSatisfy(count -> assertThat(count).isBetween(9_500, 10_500));
    }

    @Test
    void shouldGiveANodeOfWeightThreeThreeTimesTheFirstPlaces() {
        List<ZoneNode> nodes = new ArrayList<>(nodes(9, 9));
        nodes.set(0, new ZoneNode("n0", "h:1", "d0", 3, NodeState.UP));
        Placement placement = new Placement(view("1-of-2", nodes));
        int first = 0;
        for (int i = 0; i < 110_000; i++) {
            first += placement.nodesFor(key(random)).get(0).id().equals("n0") ? 1 : 0;
        }
        assertThat(first).as("seed %d", seed).isBetween(29_000, 31_000);
    }

    @Test
    void shouldMoveOnlyThePlacesOfTheNodeThatLeaves() {
        List<ZoneNode> nodes = nodes(20, 20);
        Placement before = new Placement(view("4-of-5", nodes));
        Placement after = new Placement(view("4-of-5", nodes.subList(1, 20)));
        for (int i = 0; i < 5_000; i++) {
            ChunkKey key = key(random);
            List<ZoneNode> stayed = new ArrayList<>(before.nodesFor(key));
            stayed.remove(nodes.get(0));
            assertThat(after.nodesFor(key)).as("seed %d", seed).containsAll(stayed);
        }
    }

    @Test
    void shouldNotMoveAnythingWhenANodeGoesDown() {
        List<ZoneNode> nodes = nodes(8, 8);
        List<ZoneNode> oneDown = new ArrayList<>(nodes);
        oneDown.set(3, nodes.get(3).withState(NodeState.DOWN));
        Placement before = new Placement(view("4-of-5", nodes));
        Placement after = new Placement(view("4-of-5", oneDown));
        for (int i = 0; i < 2_000; i++) {
            ChunkKey key = key(random);
            assertThat(after.nodesFor(key).stream().map(ZoneNode::id))
                    .containsExactlyElementsOf(
                            before.nodesFor(key).stream().map(ZoneNode::id).toList());
        }
    }

    @Test
    void shouldPutNoTwoStripesInOneDomainWhileDomainsLast() {
        Placement placement = new Placement(view("4-of-5", nodes(30, 5)));
        for (int i = 0; i < 2_000; i++) {
            Set<String> domains = new HashSet<>();
            placement.nodesFor(key(random)).forEach(node -> domains.add(node.domain()));
            assertThat(domains).as("seed %d", seed).hasSize(5);
        }
    }

    @Test
    void shouldTakeRemainingNodesWhenDomainsRunOut() {
        Placement placement = new Placement(view("4-of-5", nodes(6, 2)));
        List<ZoneNode> taken = placement.nodesFor(key(random));
        assertThat(taken).hasSize(5).doesNotHaveDuplicates();
        assertThat(taken.subList(0, 2)).extracting(ZoneNode::domain).doesNotHaveDuplicates();
    }

    @Test
    void shouldTakeAllNodesWhereThereAreFewerThanStripes() {
        assertThat(new Placement(view("4-of-5", nodes(3, 3))).nodesFor(key(random)))
                .hasSize(3);
        assertThat(new Placement(view("4-of-5", List.of())).nodesFor(key(random)))
                .isEmpty();
    }

    private static List<ZoneNode> nodes(int count, int domains) {
        List<ZoneNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new ZoneNode("n" + i, "h:" + (i + 1), "d" + i % domains, 1, NodeState.UP));
        }
        return nodes;
    }

    private static ZoneView view(String code, List<ZoneNode> nodes) {
        return new ZoneView(new ZoneSettings("z", 1, KeyScheme.SHA256, CodeSpec.parse(code), 6, 64, 4, 100), 1, nodes);
    }

    private static ChunkKey key(Random random) {
        return new ChunkKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
