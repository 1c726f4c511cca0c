package io.zonecache.client.internal.node;

import io.zonecache.client.internal.node.NodeTracker.Outcome;
import io.zonecache.model.ZoneNode;

/**
 * What one request for stripes, or one attempt to connect, shows about its node. It counts as unanswered from {@link #written} until it ends or
 * waits for a connection again, exactly once. Calls on one instance come one after the other, on any thread.
 */
public final class RequestEvidence {

    private final NodeTracker tracker;
    private final ZoneNode node;

    RequestEvidence(NodeTracker tracker, ZoneNode node) {
        this.tracker = tracker;
        this.node = node;
    }

    ZoneNode node() {
        return node;
    }

    /** The request has been written to a connection of the node, whose silence counts from now on. */
    public void written() {
        tracker.written(this);
    }

    /** The request waits for a connection of this client again, which is no silence of the node, until it is {@link #written} once more. */
    public void requeued() {
        tracker.takeBack(this);
    }

    /** Part of the answer has come: neither the node nor the zone is silent, however long the whole answer takes. */
    public void progressed() {
        tracker.progressed(this);
    }

    /**
     * The request has ended, written or not. To be called once.
     *
     * @param latencyNanos of an answer
     */
    public void ended(Outcome outcome, long latencyNanos) {
        tracker.ended(this, outcome, latencyNanos);
    }
}
