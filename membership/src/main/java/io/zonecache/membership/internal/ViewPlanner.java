package io.zonecache.membership.internal;

import io.zonecache.membership.MembershipTimings;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a next view is due and what it says.
 *
 * <p>Every member runs one, so that whoever becomes the publisher has watched already; only the publisher's plans hold a view.
 * Two things are told apart. A change of <em>state</em> (up, down, a new address) moves no chunk and is published at once. A
 * change of <em>places</em> (a node joins, is taken out, changes weight or domain) moves chunks and comes at most once in an
 * interval. Absence alone never moves places: a node that is gone is {@code down}, and out only much later.
 *
 * <p>Safety rests on majorities of the last view's nodes: of two sides cut off from each other only one goes on. Its three limits:
 * an operator's force; a zone's first view, which has no predecessor; and a process that was frozen and does not know yet that
 * the zone has gone on without it. The first is the operator's to judge. The second is kept harmless by its epoch (see {@link
 * #epoch}), the third by a pause after each gap between two plans.
 *
 * <p>Not thread-safe; time comes with each observation. Costs a pass over members and nodes for each plan, and remembers no more
 * than those.
 */
public final class ViewPlanner {

    /**
     * A view of half of the expected nodes or less, in a zone without one, takes the smallest epoch possible instead of the clock's.
     * So a node with an empty disk and no way to the others serves alone after a while, yet its view never outbids the zone's own.
     */
    static final long PROVISIONAL_EPOCHS = 1_000_000_000_000L;

    /** A member that shows its card but says nothing holds up views for this long. */
    private static final long SILENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final String selfInstance;
    private final MembershipTimings timings;
    private final long stallNanos;

    private final Map<String, Long> presentSince = new HashMap<>();
    private final Map<String, Long> absentSince = new HashMap<>();
    private final Map<String, Long> downSince = new HashMap<>();
    private final Set<String> seenInstances = new HashSet<>();
    private @Nullable PublishedView lastSeen;
    private @Nullable Long startedNanos;
    private @Nullable Long placesMovedNanos;
    private long lastPlanNanos;
    private long quietUntilNanos;

    public ViewPlanner(String selfInstance, MembershipTimings timings) {
        this.selfInstance = selfInstance;
        this.timings = timings;
        this.stallNanos = timings.suspectAfter().minus(timings.heartbeat()).toNanos();
    }

    /** @param force the operator's wish: no majority needed, no delay, and this member publishes whether it is its turn or not */
    public Plan plan(Observation now, boolean force) {
        Roster roster = Roster.of(now.last(), now.members());
        watch(now, roster);
        if (force) {
            return forced(now, roster);
        }
        if (roster.publisher() == null || !roster.publisher().instance().equals(selfInstance)) {
            return Plan.waitFor(roster, null);
        }
        if (now.nanos() - quietUntilNanos < 0) {
            return Plan.waitFor(roster, "a pause after this process stood still");
        }
        String ignorance = ignorance(now);
        if (ignorance != null) {
            return Plan.waitFor(roster, ignorance);
        }
        PublishedView last = now.last();
        return last == null ? firstView(now, roster) : nextView(now, last, roster);
    }

    private void watch(Observation now, Roster roster) {
        boolean starting = startedNanos == null;
        if (starting) {
            startedNanos = now.nanos();
            quietUntilNanos = now.nanos();
        } else if (now.nanos() - lastPlanNanos > stallNanos) {
            quietUntilNanos =
                    now.nanos() + timings.suspectAfter().plusSeconds(1).toNanos();
        }
        lastPlanNanos = now.nanos();
        Set<String> instances =
                now.members().stream().map(PresentMember::instance).collect(Collectors.toSet());
        presentSince.keySet().retainAll(instances);
        instances.forEach(instance -> presentSince.putIfAbsent(instance, now.nanos()));

        PublishedView last = now.last();
        if (last == null) {
            return;
        }
        boolean moved = lastSeen == null ? !starting : !places(lastSeen.view()).equals(places(last.view()));
        if (moved) {
            placesMovedNanos = now.nanos();
        }
        lastSeen = last;
        seenInstances.retainAll(last.instances().values());
        Set<String> ids = new HashSet<>();
        for (ZoneNode node : last.view().nodes()) {
            ids.add(node.id());
            PresentMember member = roster.admitted().get(node.id());
            if (member == null) {
                absentSince.putIfAbsent(node.id(), now.nanos());
            } else {
                absentSince.remove(node.id());
                seenInstances.add(member.instance());
            }
            if (node.state() == NodeState.DOWN) {
                downSince.putIfAbsent(node.id(), now.nanos());
            } else {
                downSince.remove(node.id());
            }
        }
        absentSince.keySet().retainAll(ids);
        downSince.keySet().retainAll(ids);
    }

    /** What others know and this member does not: a newer view that must arrive first, or what a member has not said yet. */
    private @Nullable String ignorance(Observation now) {
        PublishedView last = now.last();
        for (PresentMember member : now.members()) {
            MemberNews news = member.news();
            long presentNanos = now.nanos() - presentSince.getOrDefault(member.instance(), now.nanos());
            long timeoutNanos = last == null ? timings.firstViewWait().toNanos() : SILENCE_NANOS;
            if (news == null && presentNanos < timeoutNanos) {
                return "news of " + member.card().id();
            }
            if (news != null
                    && news.version() != null
                    && (last == null || news.version().compareTo(last.encoded().version()) > 0)) {
                return "the newer view that " + member.card().id() + " knows";
            }
        }
        return null;
    }

    private Plan firstView(Observation now, Roster roster) {
        int expected = roster.settings() == null ? 1 : roster.settings().expectedNodes();
        List<ZoneNode> nodes = present(roster);
        long waited = startedNanos == null ? 0 : now.nanos() - startedNanos;
        if (nodes.size() < expected && waited < timings.firstViewWait().toNanos()) {
            return Plan.waitFor(roster, "nodes for the first view: " + nodes.size() + " of " + expected);
        }
        return publish(now, roster, nodes, roster.admitted(), false);
    }

    private Plan nextView(Observation now, PublishedView last, Roster roster) {
        if (!roster.hasMajorityOf(last)) {
            long present = last.view().nodes().stream()
                    .filter(node -> roster.admitted().containsKey(node.id()))
                    .count();
            return Plan.waitFor(
                    roster,
                    "a majority of the last view's nodes: " + present + " of "
                            + last.view().nodes().size());
        }
        List<ZoneNode> states = states(now, last, roster);
        List<ZoneNode> moved = moved(now, last, roster, states);
        boolean places = !places(moved).equals(places(last.view().nodes()));
        boolean due = placesMovedNanos == null
                || now.nanos() - placesMovedNanos >= timings.viewInterval().toNanos();
        if (roster.replacesSettings(last) || (places && due)) {
            return publish(now, roster, moved, roster.admitted(), false);
        }
        SortedMap<String, PresentMember> kept = new TreeMap<>(roster.admitted());
        kept.keySet().retainAll(last.instances().keySet());
        if (!states.equals(last.view().nodes())
                || !instances(last, states, kept).equals(last.instances())) {
            return publish(now, roster, states, kept, false);
        }
        return Plan.waitFor(roster, places ? "the interval between views that move places" : null);
    }

    private Plan forced(Observation now, Roster roster) {
        return publish(now, roster, present(roster), roster.admitted(), true);
    }

    /** The last view's nodes, none more and none less, with what is true of them now. */
    private List<ZoneNode> states(Observation now, PublishedView last, Roster roster) {
        List<ZoneNode> nodes = new ArrayList<>();
        for (ZoneNode node : last.view().nodes()) {
            PresentMember member = roster.admitted().get(node.id());
            if (member != null) {
                NodeState state = member.isDown() ? NodeState.DOWN : NodeState.UP;
                nodes.add(new ZoneNode(node.id(), member.card().node().address(), node.domain(), node.weight(), state));
            } else {
                nodes.add(isGone(now, last, node) ? node.withState(NodeState.DOWN) : node);
            }
        }
        return nodes;
    }

    /** The states, with nodes added, taken out and moved. */
    private List<ZoneNode> moved(Observation now, PublishedView last, Roster roster, List<ZoneNode> states) {
        SortedMap<String, ZoneNode> nodes = new TreeMap<>();
        for (ZoneNode node : states) {
            PresentMember member = roster.admitted().get(node.id());
            String instance = last.instances().get(node.id());
            boolean drained = member == null ? now.drained().contains(instance) : member.isDraining();
            if (!drained && !isOut(now, node)) {
                nodes.put(
                        node.id(), member == null ? node : member.card().node().withState(node.state()));
            }
        }
        for (PresentMember member : roster.admitted().values()) {
            boolean known = last.view().node(member.card().id()).isPresent();
            if (!known && !member.isDraining() && !member.isDown()) {
                nodes.put(member.card().id(), member.card().node());
            }
        }
        return List.copyOf(nodes.values());
    }

    /** At once if this member saw the process; else after a delay in which it may still turn up, as after a restart of the zone. */
    private boolean isGone(Observation now, PublishedView last, ZoneNode node) {
        long absent = now.nanos() - absentSince.getOrDefault(node.id(), now.nanos());
        return seenInstances.contains(last.instances().getOrDefault(node.id(), ""))
                || absent >= timings.downDelay().toNanos();
    }

    private boolean isOut(Observation now, ZoneNode node) {
        Long since = downSince.get(node.id());
        return node.state() == NodeState.DOWN
                && since != null
                && now.nanos() - since >= timings.outAfter().toNanos();
    }

    private static List<ZoneNode> present(Roster roster) {
        return roster.admitted().values().stream()
                .filter(member -> !member.isDraining())
                .map(member -> member.card().node().withState(member.isDown() ? NodeState.DOWN : NodeState.UP))
                .toList();
    }

    private Plan publish(
            Observation now,
            Roster roster,
            List<ZoneNode> nodes,
            SortedMap<String, PresentMember> admitted,
            boolean forced) {
        if (nodes.isEmpty() || roster.settings() == null) {
            return Plan.waitFor(roster, "a node that stays");
        }
        long epoch = epoch(now, roster, nodes, forced);
        if (epoch > Codec.MAX_EPOCH) {
            return Plan.waitFor(roster, "a sane epoch: " + epoch + " (expected: at most " + Codec.MAX_EPOCH + ")");
        }
        ZoneView view = new ZoneView(roster.settings(), epoch, nodes);
        return new Plan(new PublishedView(ViewJson.encode(view), instances(now.last(), nodes, admitted)), roster, null);
    }

    private static long epoch(Observation now, Roster roster, List<ZoneNode> nodes, boolean forced) {
        long next = now.highestEpoch() + 1;
        long up = nodes.stream().filter(node -> node.state() == NodeState.UP).count();
        boolean few = roster.settings() != null && 2 * up <= roster.settings().expectedNodes();
        boolean provisional = few && !forced && next < PROVISIONAL_EPOCHS;
        return provisional ? next : Math.max(next, now.wallMillis());
    }

    private static SortedMap<String, String> instances(
            @Nullable PublishedView last, List<ZoneNode> nodes, SortedMap<String, PresentMember> admitted) {
        SortedMap<String, String> instances = new TreeMap<>();
        for (ZoneNode node : nodes) {
            PresentMember member = admitted.get(node.id());
            String instance = member != null
                    ? member.instance()
                    : last == null ? null : last.instances().get(node.id());
            if (instance != null) {
                instances.put(node.id(), instance);
            }
        }
        return instances;
    }

    /** All that placement depends on. */
    private static List<Object> places(ZoneView view) {
        return List.of(view.settings().code(), places(view.nodes()));
    }

    private static List<List<Object>> places(List<ZoneNode> nodes) {
        return nodes.stream()
                .map(node -> List.<Object>of(node.id(), node.domain(), node.weight()))
                .toList();
    }
}
