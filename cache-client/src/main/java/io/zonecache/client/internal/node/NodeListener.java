package io.zonecache.client.internal.node;

import io.zonecache.model.ZoneNode;

/** Is notified when a client starts or stops skipping a node. Called on the timer's thread, in the order of the changes. */
public interface NodeListener {

    NodeListener NONE = new NodeListener() {
        @Override
        public void skipped(ZoneNode node, String reason) {}

        @Override
        public void restored(ZoneNode node) {}
    };

    void skipped(ZoneNode node, String reason);

    void restored(ZoneNode node);
}
