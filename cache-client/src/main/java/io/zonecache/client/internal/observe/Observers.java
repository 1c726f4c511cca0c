package io.zonecache.client.internal.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.client.ReadOutcome;
import io.zonecache.client.ReadTracer;
import io.zonecache.client.ZoneCacheListener;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.NodeListener;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies listener, tracer and meters of what happens. They can't do harm: anything that they throw, even an {@link Error}, is logged once,
 * counted and dropped, and the cache continues. That is right even for an {@code OutOfMemoryError}: a failed allocation of an observer says nothing
 * about the read, and a JVM that should exit then has an option for it. Safe for concurrent use; costs one comparison if there are no observers.
 */
public final class Observers implements NodeListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);

    private final @Nullable ZoneCacheListener listener;
    private final @Nullable ReadTracer tracer;
    private final LongAdder failures = new LongAdder();
    private final AtomicBoolean hasWarned = new AtomicBoolean();
    private final AtomicBoolean hasWarnedOfTraceparent = new AtomicBoolean();
    private volatile @Nullable CacheMeters meters;

    public Observers(@Nullable ZoneCacheListener listener, @Nullable ReadTracer tracer) {
        this.listener = listener;
        this.tracer = tracer;
    }

    /**
     * Starts meters. A registry that throws leaves the cache without any.
     *
     * @param name distinguishes this cache's meters from those of others
     * @param epoch of the newest view, 0 before the first
     */
    public void bind(MeterRegistry registry, String name, Supplier<ZoneCacheStats> stats, LongSupplier epoch) {
        call("a meter registry", () -> meters = new CacheMeters(registry, name, stats, epoch));
    }

    /** Removes the meters. Idempotent. */
    @Override
    public void close() {
        CacheMeters bound;
        synchronized (this) {
            bound = meters;
            meters = null;
        }
        if (bound != null) {
            call("a meter registry", bound::close);
        }
    }

    /** Calls of observers that threw something. */
    public long failures() {
        return failures.sum();
    }

    /** Whether a read's time must be measured. */
    public boolean needsTiming() {
        return listener != null || meters != null;
    }

    /** A read begins; null if it is not traced. */
    public ReadTracer.@Nullable Span begin(ChunkKey key) {
        if (tracer == null) {
            return null;
        }
        try {
            return tracer.begin(key);
        } catch (Throwable e) {
            failed("a tracer", e);
            return null;
        }
    }

    /** The header value to send to nodes; null for none, and in place of an invalid one. */
    public @Nullable String traceparent(ReadTracer.@Nullable Span span) {
        if (span == null) {
            return null;
        }
        try {
            String value = span.traceparent();
            if (value == null || Traceparent.isValid(value)) {
                return value;
            }
            if (hasWarnedOfTraceparent.compareAndSet(false, true)) {
                LOG.warn(
                        "a span's traceparent: \"{}\" (expected: as W3C Trace Context has it); reads go on without it",
                        printable(value));
            }
        } catch (Throwable e) {
            failed("a span", e);
        }
        return null;
    }

    /**
     * A read is over.
     *
     * @param nanos time since it began; any value if it is not {@link #needsTiming needed}
     * @param failure null for a hit
     */
    public void ended(
            ChunkKey key,
            ReadOutcome outcome,
            long nanos,
            @Nullable Throwable failure,
            ReadTracer.@Nullable Span span) {
        CacheMeters bound = meters;
        if (bound != null) {
            call("a meter registry", () -> bound.record(outcome, nanos));
        }
        if (span != null) {
            call("a span", () -> span.end(outcome));
        }
        if (listener != null) {
            ZoneCacheListener hears = listener;
            call(
                    "a listener",
                    () -> hears.readEnded(
                            key, outcome, nanos, failure == null ? null : Futures.asCacheException(failure)));
        }
    }

    @Override
    public void skipped(ZoneNode node, String reason) {
        if (listener != null) {
            ZoneCacheListener hears = listener;
            call("a listener", () -> hears.nodeSkipped(node, reason));
        }
    }

    @Override
    public void restored(ZoneNode node) {
        if (listener != null) {
            ZoneCacheListener hears = listener;
            call("a listener", () -> hears.nodeRestored(node));
        }
    }

    public void viewChanged(ZoneView view) {
        if (listener != null) {
            ZoneCacheListener hears = listener;
            call("a listener", () -> hears.viewChanged(view));
        }
    }

    private void call(String observer, Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            failed(observer, e);
        }
    }

    /** Logs only the first failure in full, because there are many reads. */
    private void failed(String observer, Throwable failure) {
        failures.increment();
        try {
            if (hasWarned.compareAndSet(false, true)) {
                LOG.warn("{} threw; further failures of observers are counted, and logged at DEBUG", observer, failure);
            } else {
                LOG.debug("{} threw", observer, failure);
            }
        } catch (Throwable e) {
            // If even logging fails, there is nowhere left to report it.
        }
    }

    private static String printable(String value) {
        String start = value.length() > 100 ? value.substring(0, 100) : value;
        return start.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
