package io.zonecache.server.lease;

import io.zonecache.model.ChunkKey;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One chunk that is being fetched, or that somebody waits for. */
final class Fill {

    /** Most waiters first, then the one asked for longest. A fill must not change its waiters while it stands in such an order. */
    static final Comparator<Fill> MOST_WAITERS_FIRST = (a, b) -> {
        int byWaiters = Integer.compare(b.waiters.size(), a.waiters.size());
        return byWaiters != 0 ? byWaiters : Long.compare(a.sequence, b.sequence);
    };

    final ChunkKey key;
    final long sequence;

    /** Longest waiting first, each under its {@link LeaseWaiter#place}: a waiter that takes another's place takes its turn. */
    final Map<Object, LeaseWaiter> waiters = new LinkedHashMap<>();

    @Nullable
    Lease lease;

    Fill(ChunkKey key, long sequence) {
        this.key = key;
        this.sequence = sequence;
    }

    boolean isIdle() {
        return lease == null && waiters.isEmpty();
    }
}
