package io.zonecache.client.internal.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CoordinatorSearchTest {

    private static final LeaseReply UNREACHABLE = new LeaseReply.Unreachable("refused");

    private final Set<String> unreachable = new HashSet<>();
    private final List<ZoneNode> placement = List.of(
            node("a", NodeState.UP), node("b", NodeState.DOWN), node("c", NodeState.UP), node("d", NodeState.UP));

    private static ZoneNode node(String id, NodeState state) {
        return new ZoneNode(id, "10.0.0.1:7400", id, 1, state);
    }

    private static LeaseReply refused(CacheErrorCode code) {
        return new LeaseReply.Refused(code, "no", 0);
    }

    private List<String> walk(CoordinatorSearch search, LeaseReply reply) {
        List<String> asked = new ArrayList<>();
        while (search.node() != null) {
            asked.add(Objects.requireNonNull(search.node()).id());
            if (!search.onReply(reply)) {
                break;
            }
        }
        return asked;
    }

    @Test
    void shouldAskLikelyNodesFirstAndAllInTheEnd() {
        CoordinatorSearch search =
                new CoordinatorSearch(placement, node -> node.id().equals("a"), unreachable);
        assertThat(walk(search, UNREACHABLE)).containsExactly("c", "d", "a", "b");
        assertThat(search.refusal()).isNull();
        assertThat(unreachable).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void shouldAskLastWhatCouldNotBeReachedBefore() {
        unreachable.add("a");
        CoordinatorSearch search = new CoordinatorSearch(placement, node -> false, unreachable);
        assertThat(walk(search, refused(CacheErrorCode.FILLING))).containsExactly("c");
    }

    @Test
    void shouldGoPastNodesInTroubleAndKeepWhatTheLastSaid() {
        CoordinatorSearch search = new CoordinatorSearch(placement, node -> false, unreachable);
        assertThat(walk(search, refused(CacheErrorCode.DRAINING))).containsExactly("a", "c", "d", "b");
        assertThat(search.refusal()).isNotNull().satisfies(refusal -> {
            assertThat(refusal.node().id()).isEqualTo("b");
            assertThat(refusal.reply().code()).isEqualTo(CacheErrorCode.DRAINING);
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhereAnotherNodeMayDoBetterAndNowhereElse(CacheErrorCode code) {
        CoordinatorSearch search = new CoordinatorSearch(placement, node -> false, unreachable);
        boolean isTheNodesOwnTrouble = Set.of(
                        CacheErrorCode.BUSY,
                        CacheErrorCode.DRAINING,
                        CacheErrorCode.REQUEST_TIMEOUT,
                        CacheErrorCode.NO_SUCH_RESOURCE,
                        CacheErrorCode.METHOD_NOT_ALLOWED,
                        CacheErrorCode.INTERNAL,
                        CacheErrorCode.STORAGE_FULL)
                .contains(code);
        assertThat(search.onReply(refused(code))).isEqualTo(isTheNodesOwnTrouble);
    }

    @Test
    void shouldTakeWhatWasNotSentForNoEvidence() {
        unreachable.add("c");
        CoordinatorSearch search = new CoordinatorSearch(placement, node -> false, unreachable);
        assertThat(search.onReply(new LeaseReply.NotSent("no stream"))).isFalse();
        assertThat(search.node())
                .isNotNull()
                .satisfies(node -> assertThat(node.id()).isEqualTo("a"));
        assertThat(unreachable).containsExactly("c");
    }

    @Test
    void shouldHoldANodeThatAnswersForReachableAgain() {
        unreachable.add("a");
        CoordinatorSearch search = new CoordinatorSearch(List.of(placement.get(0)), node -> false, unreachable);
        assertThat(search.onReply(refused(CacheErrorCode.FILLING))).isFalse();
        assertThat(unreachable).isEmpty();
    }

    @Test
    void shouldAskAPostponedNodeOnceMoreAfterAllOthers() {
        CoordinatorSearch search = new CoordinatorSearch(placement, node -> false, unreachable);
        search.postpone();
        assertThat(unreachable).isEmpty();
        assertThat(search.onReply(UNREACHABLE)).isTrue();
        search.postpone();
        assertThat(walk(search, UNREACHABLE)).containsExactly("b", "a", "d");
        assertThat(search.refusal()).isNull();
    }

    @Test
    void shouldHoldANodeForUnreachableThatIsPostponedTwice() {
        CoordinatorSearch search = new CoordinatorSearch(List.of(placement.get(0)), node -> false, unreachable);
        search.postpone();
        assertThat(search.node()).isEqualTo(placement.get(0));
        search.postpone();
        assertThat(search.node()).isNull();
        assertThat(unreachable).containsExactly("a");
    }
}
