package io.zonecache.client.internal.read;

import io.zonecache.client.internal.node.RequestEvidence;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.model.StripeHeader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sink of one request, whose course is evidence about its node. */
record TrackedSink(RequestEvidence evidence, Function<StripeHeader, @Nullable PayloadTarget> targets)
        implements StripeSink {

    @Override
    public void written() {
        evidence.written();
    }

    @Override
    public void requeued() {
        evidence.requeued();
    }

    @Override
    public void progressed() {
        evidence.progressed();
    }

    @Override
    public @Nullable PayloadTarget accept(StripeHeader header) {
        return targets.apply(header);
    }
}
