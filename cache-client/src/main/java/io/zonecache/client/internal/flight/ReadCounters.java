package io.zonecache.client.internal.flight;

import io.zonecache.client.ReadOutcome;
import io.zonecache.client.ReadStats;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts how reads end. Safe for concurrent use. */
final class ReadCounters {

    private final Map<ReadOutcome, LongAdder> reads = new EnumMap<>(ReadOutcome.class);

    ReadCounters() {
        for (ReadOutcome outcome : ReadOutcome.values()) {
            reads.put(outcome, new LongAdder());
        }
    }

    void count(ReadOutcome outcome) {
        of(outcome).increment();
    }

    ReadStats stats(int inFlight) {
        return new ReadStats(
                sum(ReadOutcome.LOCAL),
                sum(ReadOutcome.ZONE),
                sum(ReadOutcome.ORIGIN),
                sum(ReadOutcome.ABSENT),
                sum(ReadOutcome.REFUSED),
                sum(ReadOutcome.FAILED),
                sum(ReadOutcome.CANCELLED),
                inFlight);
    }

    private long sum(ReadOutcome outcome) {
        return of(outcome).sum();
    }

    private LongAdder of(ReadOutcome outcome) {
        return Objects.requireNonNull(reads.get(outcome));
    }
}
