package io.zonecache.client.internal.read;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports what one read has found to nodes, their tracker, the budgets and the listener. Thread-safe. */
final class ReadReports {

    private static final Logger LOG = LoggerFactory.getLogger(ReadReports.class);

    private final ReadContext context;
    private final ChunkRead read;

    ReadReports(ReadContext context, ChunkRead read) {
        this.context = context;
        this.read = read;
    }

    /** The read was a hit after this time. */
    void hit(long nanos) {
        context.hedging.hit(nanos);
        context.retryBudget.earn();
        context.listener.hit(read.key());
    }

    /** Records whose stripes were valid and whose were not. */
    void senders(StripeCollector.Senders senders) {
        senders.valid().forEach(context.nodeTracker::validStripe);
        senders.corrupt().forEach(this::corrupt);
    }

    /** Records a corrupt stripe against its node, and reports it so that the node checks its copy. */
    void corrupt(ZoneNode node) {
        context.nodeTracker.corruptStripe(node);
        context.counters.corruptStripes.increment();
        RequestContext request = new RequestContext(context.options.attemptMillis(), read.rank(), null);
        Futures.whenDone(
                Futures.call(() -> context.transport.reportCorrupt(node, read.key(), request)), (reply, failure) -> {
                    if (reply instanceof PutReply.Refused refused) {
                        LOG.debug("node {} refused the report of a corrupt stripe: {}", node.id(), refused.detail());
                    }
                });
    }

    /** Notifies the listener if a node needs what was read. */
    void repairable(RepairCandidate hit) {
        ByteBuffer chunk = hit.neededChunk();
        if (chunk != null) {
            context.listener.repairable(read.name(), chunk, hit.code(), hit.findings());
        }
    }
}
