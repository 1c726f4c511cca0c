package io.zonecache.client.internal.write;

import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Decides which nodes may be asked on behalf of incomplete chunks. Nodes that the view marks as down are not asked. Nodes that the client's reads
 * have found unresponsive are asked once in five seconds, and normally again once they have answered: without reads, nothing else would find out
 * that they are back. Thread-safe.
 */
final class CompletionProbes {

    static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** More nodes than a zone has; all entries are forgotten then, those of nodes that have left the zone included. */
    private static final int MAX_NODES = 1_000;

    private static final class Skipped {
        private boolean hasAnswered;
        private long probeAtNanos;
    }

    private final ZoneKnowledge zone;
    private final Map<String, Skipped> skipped = new HashMap<>();

    CompletionProbes(ZoneKnowledge zone) {
        this.zone = zone;
    }

    /** Whether the node may be asked now; if so, the probe is used up. */
    synchronized boolean tryAsk(ZoneNode node, long nowNanos) {
        if (node.state() == NodeState.DOWN) {
            return false;
        }
        if (!zone.isSkipped(node)) {
            skipped.remove(node.id());
            return true;
        }
        Skipped known = skipped.get(node.id());
        if (known == null) {
            if (skipped.size() == MAX_NODES) {
                skipped.clear();
            }
            known = new Skipped();
            known.probeAtNanos = nowNanos;
            skipped.put(node.id(), known);
        }
        if (known.hasAnswered) {
            return true;
        }
        if (nowNanos - known.probeAtNanos < 0) {
            return false;
        }
        known.probeAtNanos = nowNanos + PROBE_NANOS;
        return true;
    }

    /** The node has replied, or could not be asked. */
    synchronized void replied(ZoneNode node, GetReply reply) {
        Skipped known = skipped.get(node.id());
        if (known != null) {
            known.hasAnswered = !(reply instanceof GetReply.Lost)
                    && !(reply instanceof GetReply.Unknown unknown && unknown.cause() != GetReply.Cause.REFUSED);
        }
    }
}
