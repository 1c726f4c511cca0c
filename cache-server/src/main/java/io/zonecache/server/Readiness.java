package io.zonecache.server;

import io.zonecache.membership.Membership;
import io.zonecache.membership.MembershipStatus;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.server.admission.RepairBudget;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.view.CurrentView;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a node says of itself to whoever probes it: reasons in words, null where there is none. Never blocks; thread-safe. */
final class Readiness {

    private final String id;
    private final CurrentView currentView;
    private final RepairBudget repairs;
    private final LongSupplier nanoClock;
    private final Settling settling;
    private volatile @Nullable Membership membership;
    private volatile @Nullable String leaving;
    private volatile boolean drained;

    Readiness(NodeConfig config, CurrentView currentView, RepairBudget repairs, LongSupplier nanoClock) {
        this.id = config.id();
        this.currentView = currentView;
        this.repairs = repairs;
        this.nanoClock = nanoClock;
        this.settling = new Settling(nanoClock.getAsLong(), TimeUnit.MILLISECONDS.toNanos(config.settleWithinMillis()));
    }

    void joined(Membership zone) {
        membership = zone;
    }

    /** Not ready from now on, for this reason. */
    void leaving(String reason) {
        leaving = reason;
    }

    /** Not ready from now on, and soon out of the view. */
    void draining() {
        drained = true;
        leaving("draining");
    }

    boolean isLeaving() {
        return leaving != null;
    }

    @Nullable
    String notReadyReason() {
        String reason = leaving;
        if (reason != null) {
            return drained && isOut() ? "drained: out of the view" : reason;
        }
        Membership joined = membership;
        MembershipStatus status = joined == null ? null : joined.status();
        if (status != null && status.refusal() != null) {
            return "refused by the zone: " + status.refusal();
        }
        EncodedView view = currentView.view();
        if (view == null) {
            return "no view yet: waiting for " + (status == null ? "the zone" : status.waitingFor());
        }
        NodeState state = view.view().node(id).map(ZoneNode::state).orElse(null);
        return state == NodeState.UP
                ? null
                : "not up in the view of epoch " + view.view().epoch();
    }

    @Nullable
    String notSettledReason() {
        String unrest = observe();
        String notReady = notReadyReason();
        return notReady != null || settling.isSettled() ? notReady : reason(unrest);
    }

    @Nullable
    String notQuietReason() {
        String unrest = observe();
        return settling.isQuiet() ? null : reason(unrest);
    }

    private boolean isOut() {
        EncodedView view = currentView.view();
        return view != null && view.view().node(id).isEmpty();
    }

    private static String reason(@Nullable String unrest) {
        return unrest != null
                ? unrest
                : "repairs: not rare yet (expected: for " + Settling.WINDOW_NANOS / 1_000_000_000 + " s)";
    }

    /** @return why the zone is not whole, or null */
    private @Nullable String observe() {
        EncodedView view = currentView.view();
        // A drained node still watches the zone that it left.
        String unrest = view == null ? notReadyReason() : down(view);
        settling.observe(nanoClock.getAsLong(), unrest, repairs.reads(), repairs.repairs());
        return unrest;
    }

    private static @Nullable String down(EncodedView view) {
        String ids = view.view().nodes().stream()
                .filter(node -> node.state() != NodeState.UP)
                .map(ZoneNode::id)
                .collect(Collectors.joining(", "));
        return ids.isEmpty() ? null : "nodes down: " + ids + " (expected: none)";
    }
}
