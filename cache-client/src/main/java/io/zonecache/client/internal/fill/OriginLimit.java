package io.zonecache.client.internal.fill;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.time.ClientTimer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * This client's own limit of origin fetches at once, with its queue. Fixed, or adaptive below the same bound: Netflix's gradient
 * limit gives way as the origin's latency rises above its long-term average. Either gives way further to {@link OriginBackoff}.
 * Why it is so, with figures: docs/decisions/0009-fill.md.
 */
final class OriginLimit {

    private static final int FIRST_ADAPTIVE_LIMIT = 4;

    /** Fetches that may wait within the origin: how fast the limit grows, and how much slowness it puts up with. */
    private static final int ADAPTIVE_QUEUE = 4;

    private static final long WINDOW_MILLIS = 100;
    private static final long MAX_WINDOW_MILLIS = 1_000;
    private static final int MIN_SAMPLES = 10;

    private final Limit limit;
    private final OriginBackoff slowDown;
    private final ResourceQueue line;
    private final ClientTimer timer;

    OriginLimit(FillConfig config, WaiterLimit room, ClientTimer timer, RandomGenerator random) {
        this.limit = config.adaptiveLimit() ? adaptive(config.originLimit()) : FixedLimit.of(config.originLimit());
        this.slowDown = new OriginBackoff(config.originLimit(), timer, random);
        this.timer = timer;
        this.line = new ResourceQueue("origin permits of this client", this::limit, room, timer);
        limit.notifyOnChange(newLimit -> line.serve());
    }

    /** By averages over a moment: single answers of an object store differ by so much that the limit would never grow. */
    private static Limit adaptive(int most) {
        Limit gradient = Gradient2Limit.newBuilder()
                .initialLimit(Math.min(FIRST_ADAPTIVE_LIMIT, most))
                .minLimit(1)
                .maxConcurrency(most)
                .queueSize(ADAPTIVE_QUEUE)
                .build();
        return WindowedLimit.newBuilder()
                .minWindowTime(WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .maxWindowTime(MAX_WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .windowSize(MIN_SAMPLES)
                .build(gradient);
    }

    /** Fails as {@link ResourceQueue#acquire} does. */
    CompletableFuture<ResourceQueue.Held> acquire(long waitNanos, boolean first) {
        return line.acquire(1, waitNanos, first);
    }

    void succeeded(long startNanos) {
        sample(startNanos);
        if (slowDown.succeeded(startNanos)) {
            line.serve();
        }
    }

    void timedOut(long startNanos) {
        sample(startNanos);
    }

    /** Only what took as long as the origin takes: an error that comes at once would pass for a fast origin. */
    private void sample(long startNanos) {
        limit.onSample(startNanos, Math.max(1, timer.nanoTime() - startNanos), (int) line.taken(), false);
    }

    void askedToSlowDown(long startNanos) {
        long pauseNanos = slowDown.asked(startNanos);
        if (pauseNanos > 0) {
            timer.schedule(pauseNanos, line::serve);
        }
    }

    /** For how long nobody may ask the origin; 0 if it may be asked. */
    long pausedNanos() {
        return slowDown.pausedNanos();
    }

    int limit() {
        return Math.min(limit.getLimit(), slowDown.width());
    }

    int taken() {
        return (int) line.taken();
    }

    void close() {
        line.close();
    }
}
