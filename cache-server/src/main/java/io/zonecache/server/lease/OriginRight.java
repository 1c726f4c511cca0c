package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneView;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import org.jspecify.annotations.Nullable;

/**
 * How many leases this node may have running now, and for which chunks: what keeps the sum over the zone within the budget.
 *
 * <p>All nodes of one view have equal shares, which sum to no more than the budget less its reserve. What remains is that nodes
 * do not have one view at all times:
 *
 * <ul>
 *   <li>A restarted node's former leases may still run: it grants nothing in its first lease lifetime.
 *   <li>Another node has not heard yet that shares fell, or has leases left from before: a share grows one lifetime late.
 *   <li>A node is cut off, and the others put a new one in its place: a node that has not been confirmed for
 *       {@code trustMillis} stops. The zone takes a silent node out much later than that.
 *   <li>A zone outgrows its expected nodes, so that every share falls when a node enters, and one that is cut off does not hear of
 *       it: the new node waits for {@code trustMillis} and a lifetime. So does, in such a zone, one that restarts or that was cut
 *       off for too long: it can't know whether it was out in between.
 * </ul>
 *
 * <p>Times are nanoseconds since the start. Not thread-safe.
 */
final class OriginRight {

    private static final long RETRY_MILLIS = 1_000;

    private final String nodeId;
    private final LeaseLimits limits;
    private final long lifetimeNanos;
    private final long trustNanos;
    private final OriginShare share;

    private @Nullable ZoneView view;
    private @Nullable Placement placement;
    private long confirmedNanos = Long.MIN_VALUE / 2;
    private long joiningUntilNanos;
    private boolean draining;

    OriginRight(String nodeId, LeaseLimits limits) {
        this.nodeId = nodeId;
        this.limits = limits;
        this.lifetimeNanos = MILLISECONDS.toNanos(limits.lifetimeMillis());
        this.trustNanos = MILLISECONDS.toNanos(limits.trustMillis());
        this.share = new OriginShare(lifetimeNanos);
    }

    void viewChanged(ZoneView newView, long now) {
        int nodes = newView.nodes().size();
        boolean here = newView.node(nodeId).isPresent();
        long growsAt = view == null ? now : now + lifetimeNanos;
        if (view == null || !isTrusted(now)) {
            share.change(0, now);
        }
        if (share.target() == 0 && nodes > newView.settings().expectedNodes()) {
            growsAt = now + trustNanos + lifetimeNanos;
            joiningUntilNanos = growsAt;
        }
        share.change(here ? newView.settings().sharePerNode(nodes) : 0, growsAt);
        view = newView;
        placement = new Placement(newView);
    }

    void confirmed(long atNanos) {
        confirmedNanos = Math.max(confirmedNanos, atNanos);
    }

    private boolean isTrusted(long now) {
        return now - confirmedNanos <= trustNanos;
    }

    void drain() {
        draining = true;
    }

    /** Leases that may run now. */
    int limit(long now) {
        return draining || view == null || !isTrusted(now) ? 0 : share.at(now);
    }

    /** When the limit may rise by itself, or Long.MAX_VALUE. */
    long nextRiseNanos(long now) {
        return share.nextRiseNanos(now);
    }

    /** Why this node has nothing to say about the chunk at all, or null. */
    @Nullable
    Refused notResponsible(ChunkKey key) {
        if (draining) {
            return refused(RefusalReason.DRAINING, "draining (expected: another of the chunk's nodes)");
        }
        if (view == null || placement == null || isPlacedHere(key, placement)) {
            return null;
        }
        return new Refused(
                RefusalReason.NOT_COORDINATOR,
                "node: " + nodeId + " (expected: one of the placement of chunk " + key + " at epoch " + view.epoch()
                        + ")",
                0);
    }

    private boolean isPlacedHere(ChunkKey key, Placement current) {
        return current.nodesFor(key).stream().anyMatch(node -> node.id().equals(nodeId));
    }

    /** Why it is no use to wait for a slot of this node, or null; in its first lease lifetime it may be. */
    @Nullable
    Refused cutOff(long now) {
        if (now < lifetimeNanos) {
            return null;
        }
        if (view == null) {
            return refused(
                    RefusalReason.NO_VIEW, "no view in its first " + NANOSECONDS.toMillis(now) + " ms (expected: one)");
        }
        if (!isTrusted(now)) {
            return refused(
                    RefusalReason.CUT_OFF,
                    "view of epoch " + view.epoch() + " confirmed "
                            + (confirmedNanos < 0 ? "never" : NANOSECONDS.toMillis(now - confirmedNanos) + " ms ago")
                            + " (expected: within " + limits.trustMillis() + " ms)");
        }
        return now >= joiningUntilNanos
                ? null
                : refused(
                        RefusalReason.NEWCOMER,
                        "new in a zone of " + view.nodes().size() + " nodes (expected: at most "
                                + view.settings().expectedNodes() + ", its expectedNodes, or "
                                + NANOSECONDS.toMillis(joiningUntilNanos - now) + " ms more)");
    }

    private Refused refused(RefusalReason reason, String detail) {
        return new Refused(reason, "node " + nodeId + ": " + detail, RETRY_MILLIS);
    }
}
