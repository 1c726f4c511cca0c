package io.zonecache.storage.eviction;

/**
 * How much stays known of slots that aren't resident: LRU-k's retained information. Bounded by number, because memory is what must be
 * bounded, and by time if wished, as in the paper: what was last referenced longer ago counts as never referenced.
 *
 * @param percent most that are remembered, in percent of the residents; {@link #UNLIMITED_PERCENT} for no such bound
 * @param atLeast so many may be remembered however few are resident
 * @param retainedPeriod in units of the caller's time, at least 1; {@link #FOREVER} for no such bound
 */
public record HistoryBound(int percent, int atLeast, long retainedPeriod) {

    public static final int UNLIMITED_PERCENT = Integer.MAX_VALUE;
    public static final long FOREVER = Long.MAX_VALUE;

    /** Everything, for good: what the literature measures with. */
    public static final HistoryBound NONE = new HistoryBound(UNLIMITED_PERCENT, 0, FOREVER);

    /** So that an empty cache learns what is asked for. */
    static final int MIN_REMEMBERED = 1024;

    public HistoryBound {
        if (percent < 0 || atLeast < 0 || retainedPeriod < 1) {
            throw new IllegalArgumentException("history: " + percent + " percent, at least " + atLeast + ", for "
                    + retainedPeriod + " (expected: 0 or more, 0 or more, 1 or more)");
        }
    }

    /** As a node's store has it: a share of the residents, but at least {@value #MIN_REMEMBERED}. */
    public static HistoryBound ofStore(int percent, long retainedPeriod) {
        return new HistoryBound(percent, MIN_REMEMBERED, retainedPeriod);
    }

    long maxRemembered(int residents) {
        return percent == UNLIMITED_PERCENT ? Long.MAX_VALUE : Math.max(atLeast, (long) residents * percent / 100);
    }

    boolean isTooOld(long lastReference, long now) {
        return now - lastReference > retainedPeriod;
    }
}
