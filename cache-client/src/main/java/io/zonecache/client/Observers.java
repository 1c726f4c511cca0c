package io.zonecache.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeListener;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who watch from outside, and are not let to do harm: what they throw is logged, once. Costs a comparison where there are none. */
final class Observers implements NodeListener {

    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);

    private final @Nullable ZoneCacheListener listener;
    private final @Nullable ReadTracer tracer;
    private final @Nullable MeterRegistry registry;
    private final AtomicBoolean hasComplained = new AtomicBoolean();
    private @Nullable ReadTimers timers;

    Observers(@Nullable ZoneCacheListener listener, @Nullable ReadTracer tracer, @Nullable MeterRegistry registry) {
        this.listener = listener;
        this.tracer = tracer;
        this.registry = registry;
    }

    /** Starts metrics, if anybody wants them. */
    void bind(ZoneCache cache) {
        if (registry != null) {
            timers = new ReadTimers(registry);
            ClientMetrics.bind(cache, registry);
        }
    }

    /** Whether a read's time must be taken. */
    boolean wantTime() {
        return listener != null || timers != null;
    }

    ReadTracer.@Nullable Span begin(ChunkKey key) {
        if (tracer == null) {
            return null;
        }
        try {
            return tracer.begin(key);
        } catch (RuntimeException e) {
            complain("a tracer", e);
            return null;
        }
    }

    void ended(
            ChunkKey key,
            ReadOutcome outcome,
            long nanos,
            @Nullable Throwable failure,
            ReadTracer.@Nullable Span span) {
        if (timers != null) {
            timers.record(outcome, nanos);
        }
        if (span != null) {
            tell("a tracer", span, open -> open.end(outcome));
        }
        tell(
                "a listener",
                listener,
                hears -> hears.readEnded(
                        key, outcome, nanos, failure == null ? null : Futures.asCacheException(failure)));
    }

    @Override
    public void skipped(ZoneNode node, String reason) {
        tell("a listener", listener, hears -> hears.nodeSkipped(node, reason));
    }

    @Override
    public void askedAgain(ZoneNode node) {
        tell("a listener", listener, hears -> hears.nodeAskedAgain(node));
    }

    void viewChanged(ZoneView view) {
        tell("a listener", listener, hears -> hears.viewChanged(view));
    }

    private <T> void tell(String who, @Nullable T observer, Consumer<T> news) {
        if (observer == null) {
            return;
        }
        try {
            news.accept(observer);
        } catch (RuntimeException e) {
            complain(who, e);
        }
    }

    /** Once in full: reads are many. */
    private void complain(String who, RuntimeException failure) {
        if (hasComplained.compareAndSet(false, true)) {
            LOG.warn("{} failed; further failures of those who watch are told at DEBUG only", who, failure);
        } else {
            LOG.debug("{} failed", who, failure);
        }
    }
}
