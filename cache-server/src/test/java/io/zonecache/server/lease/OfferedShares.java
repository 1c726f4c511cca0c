package io.zonecache.server.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The shares that a node has offered lately, in this life and in former ones: what clients could have taken by now. */
final class OfferedShares {

    private record Offer(int share, long atNanos) {}

    private final long lifetimeNanos;

    /** For each life those of the last lease lifetime: falling, each later than the one before. */
    private final List<Deque<Offer>> offersByLife = new ArrayList<>();

    OfferedShares(LeaseLimits limits) {
        this.lifetimeNanos = TimeUnit.MILLISECONDS.toNanos(limits.lifetimeMillis());
    }

    void beginLife() {
        offersByLife.removeIf(Deque::isEmpty);
        offersByLife.add(new ArrayDeque<>());
    }

    /** The share on offer now, in the newest life. */
    void offer(int share, long nowNanos) {
        Deque<Offer> offers = offersByLife.get(offersByLife.size() - 1);
        while (!offers.isEmpty() && offers.getLast().share <= share) {
            offers.removeLast();
        }
        offers.add(new Offer(share, nowNanos));
    }

    /** Leases that would run if every share on offer in the last lease lifetime had been taken at its height. */
    int most(long nowNanos) {
        int most = 0;
        for (Deque<Offer> offers : offersByLife) {
            while (!offers.isEmpty() && offers.getFirst().atNanos <= nowNanos - lifetimeNanos) {
                offers.removeFirst();
            }
            most += offers.isEmpty() ? 0 : offers.getFirst().share;
        }
        return most;
    }
}
