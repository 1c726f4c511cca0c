package io.zonecache.chaos.zone;

/**
 * What a zone is made of.
 *
 * @param nodes how many; five of them hold a stripe of each chunk
 * @param memoryMib each node's budget; its container may take what the chart adds to it
 * @param capacityMib what each node may take on disk
 * @param originBudget the zone's
 * @param clients that share the origin's reserve
 * @param isRigged with what some faults need: workers reach each node through a proxy, the last node's disk is a small one in memory, and
 *     the first node's clock can be set
 */
public record ZoneSpec(int nodes, int memoryMib, int capacityMib, int originBudget, int clients, boolean isRigged) {

    /** Of the last node in a rigged zone; its container may take so much more memory. */
    static final int SMALL_DISK_MIB = 256;

    /** Of a chunk, as the zone's code has it; of these, so many hold its bytes and the others parity. */
    public static final int STRIPES = 5;

    private static final int DATA_STRIPES = 4;

    /** Six nodes, so that one may be gone and another still has no place in some chunks. */
    public static ZoneSpec standard() {
        return new ZoneSpec(6, 256, 512, 16, 4, false);
    }

    /** So few and so small nodes that a zone's capacity is soon written many times over. */
    public static ZoneSpec small() {
        return new ZoneSpec(STRIPES, 256, 256, 16, 4, false);
    }

    /** The same zone with another origin budget. */
    public ZoneSpec withOriginBudget(int budget) {
        return new ZoneSpec(nodes, memoryMib, capacityMib, budget, clients, isRigged);
    }

    /** How many chunks of a size all nodes together can hold, if they hold nothing else. */
    public long capacityChunks(int chunkBytes) {
        return (((long) nodes * capacityMib) << 20) * DATA_STRIPES / STRIPES / chunkBytes;
    }

    public static ZoneSpec rigged() {
        return new ZoneSpec(6, 256, 512, 16, 4, true);
    }
}
