package io.zonecache.server.lease;

import io.zonecache.model.LeaseOutcome;
import java.util.EnumMap;
import java.util.Map;

/** Counts since the start. */
final class LeaseCounts {

    long granted;
    long expired;
    private final Map<LeaseOutcome, Long> ended = new EnumMap<>(LeaseOutcome.class);
    private final Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);

    void ended(LeaseOutcome outcome) {
        ended.merge(outcome, 1L, Long::sum);
    }

    long endedWith(LeaseOutcome outcome) {
        return ended.getOrDefault(outcome, 0L);
    }

    void refused(RefusalReason reason) {
        refused.merge(reason, 1L, Long::sum);
    }

    Map<RefusalReason, Long> refusals() {
        return Map.copyOf(refused);
    }
}
