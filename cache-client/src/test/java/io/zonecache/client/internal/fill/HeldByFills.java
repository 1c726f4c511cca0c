package io.zonecache.client.internal.fill;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a client's fills and writes hold, by name. */
public final class HeldByFills {

    private HeldByFills() {}

    public static Map<String, Long> of(ZoneFiller filler) {
        LeasedFiller fills = (LeasedFiller) filler;
        FillContext context = fills.context;
        Map<String, Long> held = new LinkedHashMap<>();
        held.put("fills under way", (long) fills.operations.size());
        held.put("origin slots", (long) context.limit.slotsInUse());
        held.put("origin permits", (long) context.limit.fetchesInFlight());
        held.put("reserve permits", (long) context.reserve.permitsInUse());
        held.put("waiters", (long) context.waiters.waiters());
        held.put("write-back bytes", context.writer.bytesInFlight());
        held.put("fills, writes and leases not ended", (long) context.activity.count());
        return held;
    }
}
