package io.zonecache.server;

import io.vertx.core.Vertx;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.admin.NodeEvents;
import io.zonecache.server.admin.NodeEvents.Kind;
import io.zonecache.server.metrics.NodeSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what changes of a node and its zone into events. */
final class NodeWatch {

    private static final long LOOK_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final NodeEvents events;
    private @Nullable ZoneView view;
    private @Nullable String notReady = "starting";
    private @Nullable NodeSnapshot last;

    NodeWatch(NodeEvents events) {
        this.events = events;
    }

    /** Looks once a second from now on. */
    void start(Vertx vertx, Supplier<NodeSnapshot> snapshot, Supplier<@Nullable String> notReadyReason) {
        vertx.setPeriodic(
                LOOK_MILLIS,
                id -> vertx.executeBlocking(() -> {
                    look(snapshot.get(), notReadyReason.get());
                    return id;
                }));
    }

    /** For membership's listener. */
    synchronized void viewChanged(ZoneView next) {
        ZoneView before = view;
        view = next;
        String changes = before == null ? "" : ": " + changes(before, next);
        long up = next.nodes().stream()
                .filter(node -> node.state() == NodeState.UP)
                .count();
        events.add(
                Kind.VIEW,
                "view " + next.epoch() + ", " + up + " of " + next.nodes().size() + " nodes up" + changes);
    }

    synchronized void look(NodeSnapshot now, @Nullable String reason) {
        if (!Objects.equals(reason, notReady)) {
            events.add(Kind.NODE, reason == null ? "ready" : "not ready: " + reason);
            notReady = reason;
        }
        NodeSnapshot before = last;
        last = now;
        rebuilding(
                before != null && before.store().unreadBytes() > 0, now.store().unreadBytes());
        if (before == null) {
            return;
        }
        if (before.store().writable() != now.store().writable()) {
            events.add(Kind.DISK, now.store().writable() ? "the disk takes writes again" : "the disk takes no writes");
        }
        more(Kind.DISK, before.store().readErrors(), now.store().readErrors(), "reads failed by the disk");
        more(Kind.DISK, before.store().corruptDropped(), now.store().corruptDropped(), "corrupt stripes dropped");
        more(Kind.ORIGIN, before.leases().failed(), now.leases().failed(), "fetches failed at the origin");
        more(Kind.ORIGIN, before.leases().denied(), now.leases().denied(), "fetches denied by the origin");
        more(Kind.ORIGIN, before.leases().expired(), now.leases().expired(), "fill leases expired");
        boolean wasFull = before.load() >= 1;
        if (wasFull != now.load() >= 1) {
            events.add(Kind.LOAD, wasFull ? "no longer overloaded" : "overloaded: the highest ranks are turned away");
        }
    }

    private void rebuilding(boolean was, long unreadBytes) {
        if (!was && unreadBytes > 0) {
            events.add(
                    Kind.DISK,
                    "the index is rebuilt: " + unreadBytes + " bytes to read; stripes are served as they are found");
        } else if (was && unreadBytes == 0) {
            events.add(Kind.DISK, "the index is complete again");
        }
    }

    private void more(Kind kind, long before, long now, String what) {
        if (now > before) {
            events.add(kind, what + ": " + (now - before));
        }
    }

    private static String changes(ZoneView before, ZoneView next) {
        Map<String, ZoneNode> gone = new TreeMap<>();
        before.nodes().forEach(node -> gone.put(node.id(), node));
        List<String> changes = new ArrayList<>();
        for (ZoneNode node : next.nodes()) {
            ZoneNode old = gone.remove(node.id());
            if (old == null) {
                changes.add(node.id() + " joined");
            } else if (old.state() != node.state()) {
                changes.add(node.id() + " is " + node.state().wireName());
            } else if (!old.equals(node)) {
                changes.add(node.id() + " moved to " + node.address());
            }
        }
        gone.keySet().forEach(id -> changes.add(id + " is out"));
        return changes.isEmpty() ? "the same nodes" : String.join(", ", changes);
    }
}
