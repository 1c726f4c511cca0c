package io.zonecache.server.lease;

import java.util.Map;

/**
 * What is under way now, and counts since the start.
 *
 * @param share leases that may run at once; 0 while the node may grant none
 * @param inUse leases running; above the share for at most a lease lifetime after it fell
 * @param waiting requests that wait, for a fill or a slot
 * @param denied leases whose holder the origin did not let have the chunk
 * @param unused leases returned without a fetch
 * @param expired leases that nobody ended
 * @param refused requests refused, by reason; without those that never were
 */
public record LeaseTableStats(
        int share,
        int inUse,
        int waiting,
        long granted,
        long filled,
        long failed,
        long absent,
        long denied,
        long unused,
        long expired,
        Map<RefusalReason, Long> refused) {

    public static final LeaseTableStats NONE = new LeaseTableStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    public long refused(RefusalReason reason) {
        return refused.getOrDefault(reason, 0L);
    }
}
