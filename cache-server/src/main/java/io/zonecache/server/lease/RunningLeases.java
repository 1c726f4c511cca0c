package io.zonecache.server.lease;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The leases that run, by id, by client and by age. Leases all live equally long, so their order of grant is their order of expiry;
 * the same holds for those whose answer did not reach its client and which are kept for its next try. O(1). Not thread-safe.
 */
final class RunningLeases {

    private final LinkedHashMap<String, Lease> byId = new LinkedHashMap<>();
    private final ClientTally held = new ClientTally();

    /** Leases that have ended, and whose slots have not been handed on yet. */
    private final ClientTally ended = new ClientTally();

    /** Until when each undelivered lease is kept; at most as many as leases run. */
    private final LinkedHashMap<Lease, Long> undelivered = new LinkedHashMap<>();

    void add(Lease lease) {
        byId.put(lease.id, lease);
        held.add(lease.client);
    }

    void remove(Lease lease) {
        byId.remove(lease.id);
        undelivered.remove(lease);
        held.remove(lease.client);
        ended.add(lease.client);
    }

    @Nullable
    Lease get(String id) {
        return byId.get(id);
    }

    int size() {
        return byId.size();
    }

    int heldBy(String client) {
        return held.of(client);
    }

    /** As {@link #heldBy}, but leases count that have ended since {@link #handedOn}. */
    int heldOrEndedBy(String client) {
        return held.of(client) + ended.of(client);
    }

    /** The slots of all leases that have ended are given to others, or nobody waits for them. */
    void handedOn() {
        ended.clear();
    }

    int clients() {
        return held.clients() + ended.clients();
    }

    /** One whose lifetime is over, or null. */
    @Nullable
    Lease expired(long now) {
        Lease oldest = oldest();
        return oldest == null || oldest.expiresNanos > now ? null : oldest;
    }

    private @Nullable Lease oldest() {
        return byId.isEmpty() ? null : byId.values().iterator().next();
    }

    void keepUndelivered(Lease lease, long untilNanos) {
        undelivered.putIfAbsent(lease, untilNanos);
    }

    /** It is handed out again. */
    void claim(Lease lease) {
        undelivered.remove(lease);
    }

    /** An undelivered one that has been kept long enough, or null. */
    @Nullable
    Lease abandoned(long now) {
        Map.Entry<Lease, Long> first = firstUndelivered();
        return first == null || first.getValue() > now ? null : first.getKey();
    }

    /** When the next lease expires or is given up, or Long.MAX_VALUE. */
    long nextEndNanos() {
        Lease oldest = oldest();
        Map.Entry<Lease, Long> first = firstUndelivered();
        return Math.min(
                oldest == null ? Long.MAX_VALUE : oldest.expiresNanos,
                first == null ? Long.MAX_VALUE : first.getValue());
    }

    private Map.@Nullable Entry<Lease, Long> firstUndelivered() {
        return undelivered.isEmpty() ? null : undelivered.entrySet().iterator().next();
    }
}
