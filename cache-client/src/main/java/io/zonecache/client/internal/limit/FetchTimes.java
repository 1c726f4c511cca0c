package io.zonecache.client.internal.limit;

import io.zonecache.client.internal.time.ClientTimer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How long recent fetches from the origin took. A fetch that cannot end in time by that measure is not started. Thread-safe.
 *
 * <p>The measure is the 90th percentile of the last 32 fetches by nearest rank: the 29th of 32 in order of their times. With fewer than ten it is
 * the longest. If all reads were rejected because a fetch takes longer than their time, nothing would be measured any more, so after ten seconds of
 * that the samples are discarded, and the next read measures again.
 */
public final class FetchTimes {

    /** With less time than this the origin is not asked, however fast it is. */
    public static final long MIN_FETCH_MILLIS = 20;

    private static final int SAMPLES = 32;
    private static final int PERCENTILE = 90;
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A waiter leaves this long before its fetch would be late, since one in ten takes longer. */
    private static final long MIN_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ClientTimer timer;
    private final long maxFetchNanos;
    private final long[] samples = new long[SAMPLES];
    private int known;
    private int next;
    private long measuredNanos;
    private volatile long fetchNanos = TimeUnit.MILLISECONDS.toNanos(MIN_FETCH_MILLIS);

    /** @param maxFetchMillis after which a fetch is given up */
    public FetchTimes(long maxFetchMillis, ClientTimer timer) {
        this.timer = timer;
        this.maxFetchNanos = TimeUnit.MILLISECONDS.toNanos(maxFetchMillis);
        this.measuredNanos = timer.nanoTime();
    }

    /** Records how long a fetch took, whether it brought the chunk or was given up. */
    public synchronized void add(long nanos) {
        samples[next] = nanos;
        next = (next + 1) % SAMPLES;
        known = Math.min(known + 1, SAMPLES);
        measuredNanos = timer.nanoTime();
        update();
    }

    private void update() {
        long minNanos = TimeUnit.MILLISECONDS.toNanos(MIN_FETCH_MILLIS);
        if (known == 0) {
            fetchNanos = minNanos;
            return;
        }
        long[] sorted = Arrays.copyOf(samples, known);
        Arrays.sort(sorted);
        int rank = (PERCENTILE * known + 99) / 100;
        fetchNanos = Math.max(minNanos, Math.min(maxFetchNanos, sorted[rank - 1]));
    }

    /** What nine of ten fetches take at most; the minimum while nothing is known. */
    public long fetchNanos() {
        return fetchNanos;
    }

    /** The time until which it is worth waiting to begin a fetch that is to end by the deadline. */
    public long latestWaitNanos(long deadlineNanos) {
        return deadlineNanos - fetchNanos - Math.max(MIN_MARGIN_NANOS, fetchNanos / 4);
    }

    /** A read was rejected because a fetch takes longer than all the time that it has. */
    public synchronized void recordRejection() {
        long now = timer.nanoTime();
        if (now - measuredNanos >= FORGET_NANOS) {
            known = 0;
            next = 0;
            measuredNanos = now;
            update();
        }
    }
}
