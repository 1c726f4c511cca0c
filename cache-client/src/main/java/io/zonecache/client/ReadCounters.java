package io.zonecache.client;

import io.zonecache.client.internal.memory.MemoryBudget;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts how reads end. */
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

    private long reads(ReadOutcome outcome) {
        return of(outcome).sum();
    }

    private LongAdder of(ReadOutcome outcome) {
        return Objects.requireNonNull(reads.get(outcome));
    }

    ZoneCacheStats stats(
            long underWay, long localBytes, MemoryBudget memory, int nodesSkipped, ReaderStats reader, FillStats fill) {
        return new ZoneCacheStats(
                reads(ReadOutcome.LOCAL),
                reads(ReadOutcome.ZONE),
                reads(ReadOutcome.ORIGIN),
                reads(ReadOutcome.ABSENT),
                reads(ReadOutcome.REFUSED),
                reads(ReadOutcome.FAILED),
                reads(ReadOutcome.CANCELLED),
                underWay,
                localBytes,
                memory.inFlightBytes(),
                memory.peakBytes(),
                nodesSkipped,
                reader,
                fill);
    }
}
