package io.zonecache.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What every membership promises; implementations start two nodes, n1 and n2, and hand out n1's. */
public abstract class MembershipContract {

    protected static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** The membership of n1, in a zone with n2. */
    protected abstract Membership membership() throws Exception;

    @Test
    void shouldShowAViewOfBothNodes() throws Exception {
        Membership membership = membership();

        awaitView(membership, "n1:up n2:up");

        assertThat(membership.status().refusal()).isNull();
    }

    @Test
    void shouldCallAListenerWithThePresentViewAndEachNewerOneInOrderFromOneThreadAtATime() throws Exception {
        Membership membership = membership();
        awaitView(membership, "n1:up n2:up");
        List<EncodedView> seen = new CopyOnWriteArrayList<>();
        Set<Thread> inside = ConcurrentHashMap.newKeySet();
        membership.addListener(view -> {
            assertThat(inside).isEmpty();
            inside.add(Thread.currentThread());
            seen.add(view);
            inside.remove(Thread.currentThread());
        });

        membership.announceDown();
        awaitView(membership, "n1:down n2:up");

        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(seen).hasSize(2));
        assertThat(Zones.text(seen.get(0).view())).isEqualTo("n1:up n2:up");
        assertThat(Zones.text(seen.get(1).view())).isEqualTo("n1:down n2:up");
        assertThat(seen.get(1).isNewerThan(seen.get(0))).isTrue();
    }

    @Test
    void shouldServeOtherListenersWhenOneThrows() throws Exception {
        Membership membership = membership();
        awaitView(membership, "n1:up n2:up");
        List<EncodedView> seen = new CopyOnWriteArrayList<>();
        membership.addListener(view -> {
            throw new IllegalStateException("a listener that fails");
        });
        membership.addListener(seen::add);

        membership.announceDown();

        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(seen).hasSize(2));
    }

    @Test
    void shouldKeepTheNodesPlacesWhenItAnnouncesDown() throws Exception {
        Membership membership = membership();
        awaitView(membership, "n1:up n2:up");

        membership.announceDown();

        awaitView(membership, "n1:down n2:up");
    }

    @Test
    void shouldTakeTheNodeOutWhenItLeaves() throws Exception {
        Membership membership = membership();
        awaitView(membership, "n1:up n2:up");
        long epoch = epoch(membership);

        membership.leave();

        awaitView(membership, "n2:up");
        assertThat(epoch(membership)).isGreaterThan(epoch);
    }

    @Test
    void shouldPublishAnewWhenForced() throws Exception {
        Membership membership = membership();
        awaitView(membership, "n1:up n2:up");
        long epoch = epoch(membership);

        membership.forceView();

        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(epoch(membership)).isGreaterThan(epoch));
        assertThat(text(membership)).isEqualTo("n1:up n2:up");
    }

    @Test
    void shouldKeepTheLastViewAfterClose() throws Exception {
        Membership membership = membership();
        awaitView(membership, "n1:up n2:up");

        membership.close();
        membership.close();
        membership.leave();
        membership.addListener(view -> {
            throw new AssertionError("called after close");
        });

        assertThat(text(membership)).isEqualTo("n1:up n2:up");
    }

    protected static void awaitView(Membership membership, String expected) {
        await().atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(text(membership))
                        .as("status %s", membership.status())
                        .isEqualTo(expected));
    }

    protected static String text(Membership membership) {
        EncodedView view = membership.view();
        return view == null ? "none" : Zones.text(view.view());
    }

    protected static long epoch(Membership membership) {
        EncodedView view = membership.view();
        return view == null ? 0 : view.view().epoch();
    }

    protected static NodeState state(Membership membership, String id) {
        EncodedView view = membership.view();
        assertThat(view).isNotNull();
        return view.view().node(id).orElseThrow().state();
    }
}
