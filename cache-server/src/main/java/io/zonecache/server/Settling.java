package io.zonecache.server;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the zone has come to rest around this node: every node of the view is up, and repairs here are rare, for a whole window. A
 * node that is back after a restart says so once, and a rolling restart goes on to the next node only then. Later troubles of
 * other nodes don't take it back: otherwise one dead node would make all others look unfit.
 *
 * <p>Repairs are writes without a lease. They never end in a busy zone, so rare means at most one a second or one in a hundred
 * reads; a node that comes back empty takes a twentieth of its reads, or ten a second.
 *
 * <p>Moves on when it is asked, which a readiness probe does every few seconds. Thread-safe; time comes with each call.
 */
final class Settling {

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long RARE_REPAIRS = 10;
    private static final long READS_PER_REPAIR = 100;

    private final long startNanos;
    private final long limitNanos;
    private boolean started;
    private boolean quiet;
    private boolean settled;
    private long windowNanos;
    private long windowReads;
    private long windowRepairs;

    /** @param limitNanos after this long the node counts as settled in any case */
    Settling(long startNanos, long limitNanos) {
        this.startNanos = startNanos;
        this.limitNanos = limitNanos;
    }

    /**
     * @param unrest why the zone is not whole, or null
     * @param reads answered since the start
     * @param repairs taken since the start
     */
    synchronized void observe(long nowNanos, @Nullable String unrest, long reads, long repairs) {
        if (unrest != null) {
            started = false;
            quiet = false;
        } else if (!started) {
            started = true;
            open(nowNanos, reads, repairs);
        } else if (nowNanos - windowNanos >= WINDOW_NANOS) {
            quiet = repairs - windowRepairs <= Math.max(RARE_REPAIRS, (reads - windowReads) / READS_PER_REPAIR);
            settled |= quiet;
            open(nowNanos, reads, repairs);
        }
        settled |= nowNanos - startNanos >= limitNanos;
    }

    /** Whether the zone was whole and quiet over the last window. */
    synchronized boolean isQuiet() {
        return quiet;
    }

    /** Whether it was so once since the start, or the limit has passed. */
    synchronized boolean isSettled() {
        return settled;
    }

    private void open(long nowNanos, long reads, long repairs) {
        windowNanos = nowNanos;
        windowReads = reads;
        windowRepairs = repairs;
    }
}
