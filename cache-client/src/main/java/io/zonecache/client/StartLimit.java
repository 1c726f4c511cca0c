package io.zonecache.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many starts run at once in a worker: loads of a whole image or job, each of them many chunks. Beyond that a new start is
 * refused at once, until one ends.
 *
 * <pre>{@code
 * try (StartLimit.Start start = starts.begin("image " + image)) {
 *     load(image);
 * }
 * }</pre>
 *
 * It guards against what a limit on fetches can't: where the origin is slow, each start takes longer, so that more of them run at
 * once, each with its reads. A worker that refuses them early lets whoever sent them go elsewhere, and those under way end.
 * Thread-safe; never blocks.
 */
public final class StartLimit {

    private static final int MAX_LIMIT = 1_000_000;

    private final int limit;
    private final LongSupplier nanoClock;
    private final Set<Start> running = new LinkedHashSet<>();
    private long begun;
    private long refused;

    /** @throws IllegalArgumentException if the limit is not 1..1000000 */
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
     * Counts since it was made, and what runs now.
     *
     * @param limit starts that may run at once
     * @param running starts that do
     * @param longestMillis for how long the oldest of those has been running; 0 if none is
     * @param begun starts let in
     * @param refused starts turned away
     */
    public record Stats(int limit, int running, long longestMillis, long begun, long refused) {}

    /** A start under way; ends once, however often it is closed, on any thread. */
    public final class Start implements AutoCloseable {

        private final String what;
        private final long beganNanos;

        private Start(String what) {
            this.what = what;
            this.beganNanos = nanoClock.getAsLong();
        }

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

    public synchronized Stats stats() {
        Iterator<Start> oldest = running.iterator();
        return new Stats(limit, running.size(), oldest.hasNext() ? runningMillis(oldest.next()) : 0, begun, refused);
    }

    /** Meters of these figures, {@code zonecache.client.starts.*}; one limit a registry. The registry holds the limit weakly. */
    public void bindTo(MeterRegistry registry) {
        ClientMetrics.bind(this, registry);
    }

    private long runningMillis(Start start) {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - start.beganNanos);
    }
}
