package io.zonecache.client.internal.time;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations as the client's clock counts them. */
public final class Timeouts {

    /** Some 73 years: sums and differences of a few such times stay within a long. */
    public static final long MAX_NANOS = Long.MAX_VALUE / 4;

    private Timeouts() {}

    /** Whichever of two times of one clock comes first, even if the clock overflows in between. */
    public static long earlier(long oneNanos, long otherNanos) {
        return oneNanos - otherNanos < 0 ? oneNanos : otherNanos;
    }

    public static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    public static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** The duration in nanoseconds, at most {@link #MAX_NANOS} and at least its negative. */
    public static long saturatedNanos(Duration duration) {
        if (duration.compareTo(Duration.ofNanos(MAX_NANOS)) > 0) {
            return MAX_NANOS;
        }
        return duration.compareTo(Duration.ofNanos(-MAX_NANOS)) < 0 ? -MAX_NANOS : duration.toNanos();
    }
}
