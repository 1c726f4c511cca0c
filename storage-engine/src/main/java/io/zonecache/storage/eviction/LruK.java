package io.zonecache.storage.eviction;

import io.zonecache.storage.slots.IntPages;
import io.zonecache.storage.slots.LongRows;
import java.util.Arrays;

/**
 * LRU-k: what goes is the slot whose k-th last reference lies furthest back (O'Neil, O'Neil, Weikum: "The LRU-K page replacement
 * algorithm for database disk buffering", SIGMOD 1993).
 *
 * <p>A slot with fewer than k references has an infinite backward k-distance and goes before all others, least recently used first.
 * So a scan that touches many slots once passes through without pushing out what is asked for again and again.
 *
 * <p>References within the <em>correlated reference period</em> after the last one belong to it: they are one reference that lasts.
 * When a later, uncorrelated one comes, the span of the period that ended is added to the older stamps, as in the paper, so that
 * its length doesn't count as distance. A period ends after {@value #LONGEST_PERIOD} times the length it is named by, which the paper has not:
 * else what is asked for all the time would never have a second reference, and a scan in a quiet hour would push it out. A slot isn't evictable before its correlated period is over; where it had to go all the same
 * (the bound of {@link ResidentQueue}), its period is over with that. So whatever comes back after an eviction is a new reference, as in
 * the paper's figure 2.1, while misses that come before the slot was ever admitted are one.
 *
 * <p><b>Representation:</b> for each slot k stamps, the newest first, and the span from the newest stamp to the last reference: 8 k + 4
 * bytes. A reference costs k array writes, whatever the number of slots; the order is kept by {@link ResidentQueue}, which relies
 * on ranks that never fall. With k = 1 and no correlated period this is exactly LRU.
 *
 * <p>The retained information of the paper is {@link Residency}'s, bounded by number and by time: {@link HistoryBound}.
 */
public final class LruK implements EvictionPolicy {

    public static final int MIN_K = 1;
    public static final int MAX_K = 4;

    /** In correlated reference periods: those who start at about the same time have started by then. */
    static final int LONGEST_PERIOD = 6;

    /** In a span: the correlated period is over, though its time isn't. */
    private static final int ENDED = Integer.MIN_VALUE;

    /** Puts every finite backward k-distance above every infinite one. */
    private static final long FINITE = 1L << 62;

    private final int k;
    private final long correlated;
    private final LongRows stamps;
    private final IntPages spans = new IntPages();

    /** @param correlated the correlated reference period in units of the caller's time; 0 for none */
    public LruK(int k, long correlated) {
        if (k < MIN_K || k > MAX_K) {
            throw new IllegalArgumentException("k: " + k + " (expected: " + MIN_K + ".." + MAX_K + ")");
        }
        if (correlated < 0) {
            throw new IllegalArgumentException("correlated period: " + correlated + " (expected: 0 or more)");
        }
        this.k = k;
        this.correlated = correlated;
        this.stamps = new LongRows(k);
    }

    @Override
    public String name() {
        return "lru-" + k;
    }

    @Override
    public void reference(int slot, long now) {
        long[] page = stamps.pageOf(slot);
        int newest = stamps.offsetOf(slot);
        int spanAndEnd = spans.get(slot);
        int span = spanAndEnd & ~ENDED;
        long start = page[newest];
        long last = start + span;
        if (start == 0 || spanAndEnd < 0 || now - last > correlated || hasLastedLongest(span)) {
            for (int i = newest + k - 1; i > newest; i--) {
                long older = page[i - 1];
                page[i] = older == 0 ? 0 : older + span;
            }
            page[newest] = now;
            if (spanAndEnd != 0) {
                spans.set(slot, 0);
            }
        } else if (now > last) {
            spans.set(slot, (int) Math.min(Integer.MAX_VALUE, now - start));
        }
    }

    private boolean hasLastedLongest(long span) {
        return correlated > 0 && span / LONGEST_PERIOD >= correlated;
    }

    @Override
    public void admit(int slot, long now) {
        if (stamps.get(slot, 0) == 0) {
            reference(slot, now);
        }
    }

    @Override
    public void evicted(int slot, long now) {
        if (evictableFrom(slot) > now) {
            spans.set(slot, spans.get(slot) | ENDED);
        }
    }

    @Override
    public long rank(int slot) {
        long kth = stamps.get(slot, k - 1);
        return kth > 0 ? FINITE | kth : lastReference(slot);
    }

    /** Asked for k times. */
    @Override
    public boolean isProven(int slot) {
        return stamps.get(slot, k - 1) > 0;
    }

    @Override
    public long evictableFrom(int slot) {
        return correlated == 0 ? 0 : lastReference(slot) + correlated + 1;
    }

    @Override
    public long lastReference(int slot) {
        return stamps.get(slot, 0) + (spans.get(slot) & ~ENDED);
    }

    @Override
    public boolean remembersEvicted() {
        return k > 1;
    }

    @Override
    public void forget(int slot) {
        int newest = stamps.offsetOf(slot);
        Arrays.fill(stamps.pageOf(slot), newest, newest + k, 0);
        spans.set(slot, 0);
    }

    @Override
    public int stamps() {
        return k + 1;
    }

    /** The last reference, then the k stamps. */
    @Override
    public long stamp(int slot, int i) {
        return i == 0 ? lastReference(slot) : stamps.get(slot, i - 1);
    }

    @Override
    public void restore(int slot, long[] restored) {
        forget(slot);
        long[] page = stamps.pageOf(slot);
        int newest = stamps.offsetOf(slot);
        for (int i = 1; i <= k && i < restored.length; i++) {
            page[newest + i - 1] = restored[i];
        }
        if (restored.length > 0 && page[newest] == 0) {
            page[newest] = restored[0];
        } else if (restored.length > 0) {
            long span = restored[0] - page[newest];
            spans.set(slot, (int) Math.max(0, Math.min(Integer.MAX_VALUE, span)));
        }
    }

    @Override
    public long memoryBytes() {
        return stamps.memoryBytes() + spans.memoryBytes();
    }
}
