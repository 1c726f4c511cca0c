package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.function.Consumer;

/** The time that a read has left for its fill, its pauses, and what it is told when that is over. */
final class FillTime {

    /** After a failure, what is tried again ends so long before the deadline: the caller shall hear what failed. */
    private static final long TELL_MILLIS = 100;

    private final FillContext context;
    private final ChunkRead read;
    private final Consumer<CacheException> onFailure;
    private CacheException lastRefusal;
    private boolean hasFailed;

    FillTime(FillContext context, ChunkRead read, Consumer<CacheException> onFailure) {
        this.context = context;
        this.read = read;
        this.onFailure = onFailure;
        this.lastRefusal = new CacheException(
                CacheErrorCode.ORIGIN_LIMIT, "chunk " + read.key() + ": no permit within the read's deadline");
    }

    long leftNanos() {
        return read.deadlineNanos() - context.nanoTime() - (hasFailed ? nanos(TELL_MILLIS) : 0);
    }

    /** What the read fails with if its time runs out now. */
    void refused(CacheException refusal) {
        lastRefusal = refusal;
    }

    /** The same, of a fetch that failed. */
    void failed(CacheException failure) {
        lastRefusal = failure;
        hasFailed = true;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    void fail(CacheException failure) {
        onFailure.accept(failure);
    }

    /** With the last refusal. */
    void giveUp() {
        fail(lastRefusal);
    }

    /** Fails the read if no time is left. */
    boolean isOver() {
        if (leftNanos() > 0) {
            return false;
        }
        giveUp();
        return true;
    }

    /** Whether a pause of that length leaves any time. */
    boolean hasFor(long pauseMillis) {
        return 2 * nanos(pauseMillis) < leftNanos();
    }

    /** Goes on after so long and up to a quarter more; fails the read at once if it has less time. */
    void pause(long pauseMillis, Runnable next) {
        if (pauseMillis == 0) {
            next.run();
            return;
        }
        double jitter = 1 + context.random.nextDouble() / 4;
        long pauseNanos = (long) (nanos(pauseMillis) * jitter);
        if (pauseNanos >= leftNanos()) {
            giveUp();
            return;
        }
        context.timer.schedule(pauseNanos, () -> guarded(next));
    }

    /** Outside of {@link Futures}, nobody else would hear of what a step throws. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            fail(Futures.asCacheException(e));
        }
    }
}
