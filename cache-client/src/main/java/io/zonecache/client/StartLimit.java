package io.zonecache.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.client.internal.MeterGroup;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many starts run concurrently in a worker. A start is the load of a whole image or job, which reads many chunks. Further
 * starts are rejected at once until one ends.
 *
 * <pre>{@code
 * try (StartLimit.Start start = starts.begin("image " + image)) {
 *     load(image);
 * }
 * }</pre>
 *
 * It prevents what a limit on fetches can't: if the origin is slow, each start takes longer, so that more of them run at once, each with its reads.
 * A worker that rejects starts early lets their senders go elsewhere, and the running ones finish. Thread-safe; never blocks.
 */
public final class StartLimit {

    private static final int MAX_LIMIT = 1_000_000;

    private final int limit;
    private final LongSupplier nanoClock;
    private final Set<Start> running = new LinkedHashSet<>();
    private long begun;
    private long refused;

    /**
     * Creates a limit with no running start.
     *
     * @param limit starts that may run at once, 1 to 1,000,000
     * @throws IllegalArgumentException if the limit is out of range
     */
    public StartLimit(int limit) {
        this(limit, System::nanoTime);
    }

    StartLimit(int limit, LongSupplier nanoClock) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("starts at once: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
        }
        this.limit = limit;
        this.nanoClock = nanoClock;
    }

    /**
     * Counts since the limit was created, and the starts running now.
     *
     * @param limit starts that may run at once
     * @param running starts running now
     * @param longestMillis how long the oldest of those has been running; 0 if none is
     * @param begun starts admitted
     * @param refused starts rejected
     */
    public record Stats(int limit, int running, long longestMillis, long begun, long refused) {}

    /** A running start. It ends once, however often and on whichever thread it is closed. */
    public final class Start implements AutoCloseable {

        private final String what;
        private final long beganNanos;

        private Start(String what) {
            this.what = what;
            this.beganNanos = nanoClock.getAsLong();
        }

        /** Ends the start, so that another one may begin. Idempotent. */
        @Override
        public void close() {
            synchronized (StartLimit.this) {
                running.remove(this);
            }
        }
    }

    /**
     * Begins a start, which runs until it is closed.
     *
     * @param what for messages: the image or job
     * @return to be closed when the start is over, however it ends
     * @throws CacheException {@code BUSY}, naming the start that has been running longest
     */
    public synchronized Start begin(String what) {
        if (running.size() >= limit) {
            refused++;
            Start oldest = running.iterator().next();
            throw new CacheException(
                    CacheErrorCode.BUSY,
                    "start of " + what + ": " + running.size() + " starts run (expected: fewer than " + limit
                            + "); the oldest, " + oldest.what + ", for " + runningMillis(oldest) + " ms");
        }
        begun++;
        Start start = new Start(what);
        running.add(start);
        return start;
    }

    /** The current figures, consistent with each other. */
    public synchronized Stats stats() {
        Iterator<Start> oldest = running.iterator();
        return new Stats(limit, running.size(), oldest.hasNext() ? runningMillis(oldest.next()) : 0, begun, refused);
    }

    /**
     * Registers meters of these figures as {@link #bindTo(MeterRegistry, String)} does, under the name {@code default}.
     *
     * @param registry the registry
     * @return to be closed when the limit is no longer used
     */
    public Meters bindTo(MeterRegistry registry) {
        return bindTo(registry, "default");
    }

    /**
     * Registers meters of these figures, {@code zonecache.client.starts.*}. The registry holds the limit weakly.
     *
     * @param registry the registry
     * @param name the value of the meters' tag {@code limit}. If another limit has the same name in the same registry, {@code -2}, {@code -3} and
     *     so on is appended
     * @return to be closed when the limit is no longer used
     */
    public Meters bindTo(MeterRegistry registry, String name) {
        MeterGroup meters = new MeterGroup(registry, "limit", name);
        try {
            meters.gauge("starts.limit", "Starts that may run at once", this, source -> source.limit);
            meters.gauge(
                    "starts.running",
                    "Starts running",
                    this,
                    source -> source.stats().running());
            meters.counter(
                    "starts.admitted",
                    "Starts admitted",
                    this,
                    source -> source.stats().begun());
            meters.counter(
                    "starts.refused",
                    "Starts refused",
                    this,
                    source -> source.stats().refused());
        } catch (RuntimeException | Error e) {
            meters.close();
            throw e;
        }
        return new Meters(meters);
    }

    /** A limit's meters in one registry. Thread-safe. */
    public static final class Meters implements AutoCloseable {

        private final AtomicReference<@Nullable MeterGroup> group;

        private Meters(MeterGroup group) {
            this.group = new AtomicReference<>(group);
        }

        /** Removes the meters; the limit keeps working. Idempotent. */
        @Override
        public void close() {
            MeterGroup bound = group.getAndSet(null);
            if (bound != null) {
                bound.close();
            }
        }
    }

    private long runningMillis(Start start) {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - start.beganNanos);
    }
}
