package io.zonecache.membership;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A zone whose nodes are a list: for tests, and for zones that something else watches over. Only what this object is told changes
 * its view. Listeners run on the caller's thread.
 */
public final class FixedMembership implements Membership {

    private static final Logger LOG = LoggerFactory.getLogger(FixedMembership.class);

    private final String selfId;
    private final List<Consumer<EncodedView>> listeners = new ArrayList<>();
    private volatile EncodedView view;
    private long viewsPublished;
    private boolean closed;

    public FixedMembership(ZoneView view, String selfId) {
        this.view = ViewJson.encode(view);
        this.selfId = selfId;
    }

    @Override
    public EncodedView view() {
        return view;
    }

    @Override
    public synchronized void addListener(Consumer<EncodedView> listener) {
        if (!closed) {
            listeners.add(listener);
            call(listener, view);
        }
    }

    @Override
    public synchronized MembershipStatus status() {
        int up = (int) view.view().nodes().stream()
                .filter(node -> node.state() == NodeState.UP)
                .count();
        return new MembershipStatus(up, true, null, null, viewsPublished, 0);
    }

    @Override
    public void leave() {
        changeSelf(node -> null);
    }

    @Override
    public void announceDown() {
        changeSelf(node -> node.withState(NodeState.DOWN));
    }

    @Override
    public void forceView() {
        replaceNodes(view.view().nodes());
    }

    /** There is nobody to tell: nodes of a fixed list don't talk to each other. */
    @Override
    public void spreadPurge(ChunkKey key) {}

    @Override
    public List<String> purgeLacking() {
        return view.view().nodes().stream()
                .map(ZoneNode::id)
                .filter(id -> !id.equals(selfId))
                .toList();
    }

    /** Publishes a view of other nodes, as if the zone had changed. */
    public synchronized void replaceNodes(List<ZoneNode> nodes) {
        if (closed || nodes.isEmpty()) {
            return;
        }
        ZoneView last = view.view();
        view = ViewJson.encode(new ZoneView(last.settings(), last.epoch() + 1, nodes));
        viewsPublished++;
        listeners.forEach(listener -> call(listener, view));
    }

    @Override
    public synchronized void close() {
        closed = true;
        listeners.clear();
    }

    private synchronized void changeSelf(UnaryOperator<@Nullable ZoneNode> change) {
        List<ZoneNode> nodes = new ArrayList<>();
        for (ZoneNode node : view.view().nodes()) {
            ZoneNode changed = node.id().equals(selfId) ? change.apply(node) : node;
            if (changed != null) {
                nodes.add(changed);
            }
        }
        replaceNodes(nodes);
    }

    private static void call(Consumer<EncodedView> listener, EncodedView view) {
        try {
            listener.accept(view);
        } catch (RuntimeException e) {
            LOG.error("view listener failed at epoch {}", view.view().epoch(), e);
        }
    }
}
