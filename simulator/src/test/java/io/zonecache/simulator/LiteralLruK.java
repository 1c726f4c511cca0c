package io.zonecache.simulator;

/**
 * LRU-k as the paper's figure 2.1 writes it out, with a search of all resident pages for each victim. In one point it follows the
 * text where the figure is shorter: the span of the last correlated period is taken out of the older stamps also when the page
 * comes back after an eviction. And where the paper lets any number of pages wait for the end of their correlated period, at most a share
 * may here, and a period ends after some time though references go on (docs/decisions/0004).
 */
final class LiteralLruK {

    private static final int WAITING_SHARE = 64;
    private static final int LONGEST_PERIOD = 6;

    private final int k;
    private final long correlated;
    private final long[][] history;
    private final long[] last;
    private final boolean[] isBuffered;
    private final boolean[] isWaiting;
    private final int[] buffer;
    private int buffered;

    private LiteralLruK(int pages, int k, int capacity, long correlated) {
        this.k = k;
        this.correlated = correlated;
        this.history = new long[pages][k];
        this.last = new long[pages];
        this.isBuffered = new boolean[pages];
        this.isWaiting = new boolean[pages];
        this.buffer = new int[capacity];
    }

    static long hits(Trace trace, int k, int capacity, long correlated) {
        LiteralLruK cache = new LiteralLruK(trace.keys(), k, capacity, correlated);
        long hits = 0;
        for (int i = 0; i < trace.references(); i++) {
            hits += cache.access(trace.keyAt(i), i + 1L) ? 1 : 0;
        }
        return hits;
    }

    private boolean access(int page, long now) {
        boolean hit = isBuffered[page];
        if (!hit) {
            int frame = buffered;
            if (buffered == buffer.length) {
                frame = frameOfVictim(now);
                isBuffered[buffer[frame]] = false;
                isWaiting[buffer[frame]] = false;
            } else {
                buffered++;
            }
            buffer[frame] = page;
            isBuffered[page] = true;
        }
        boolean isLong = correlated > 0 && last[page] - history[page][0] >= LONGEST_PERIOD * correlated;
        if (!hit || now - last[page] > correlated || isLong) {
            long span = last[page] - history[page][0];
            for (int i = k - 1; i > 0; i--) {
                history[page][i] = history[page][i - 1] == 0 ? 0 : history[page][i - 1] + span;
            }
            history[page][0] = now;
        }
        last[page] = now;
        return hit;
    }

    /**
     * The page of the smallest k-th last reference, among pages without one of the smallest last reference. Where it isn't eligible it
     * waits, if not as many do as may; else it goes, or the page that has waited longest, whichever ranks lower.
     */
    private int frameOfVictim(long now) {
        for (int page : buffer) {
            isWaiting[page] &= !isEligible(page, now);
        }
        while (true) {
            int lowest = -1;
            int soonest = -1;
            int waiting = 0;
            for (int frame = 0; frame < buffer.length; frame++) {
                int page = buffer[frame];
                if (isWaiting[page]) {
                    waiting++;
                    soonest = soonest < 0 || last[page] < last[buffer[soonest]] ? frame : soonest;
                } else if (lowest < 0 || goesBefore(page, buffer[lowest])) {
                    lowest = frame;
                }
            }
            if (lowest >= 0 && isEligible(buffer[lowest], now)) {
                return lowest;
            }
            if (lowest < 0 || waiting >= Math.max(1, buffer.length / WAITING_SHARE)) {
                return lowest >= 0 && goesBefore(buffer[lowest], buffer[soonest]) ? lowest : soonest;
            }
            isWaiting[buffer[lowest]] = true;
        }
    }

    private boolean isEligible(int page, long now) {
        return now - last[page] > correlated;
    }

    private boolean goesBefore(int page, int other) {
        long kth = history[page][k - 1];
        long otherKth = history[other][k - 1];
        return (kth == 0 && otherKth == 0) ? last[page] < last[other] : kth < otherKth;
    }
}
