package io.zonecache.client.internal.read;

import io.zonecache.client.ReaderStats;
import java.util.concurrent.atomic.LongAdder;

/** Counts what reads of the zone do. Thread-safe. */
final class ReaderCounters {

    final LongAdder stripeRequests = new LongAdder();
    final LongAdder hedges = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder reconstructed = new LongAdder();
    final LongAdder corruptStripes = new LongAdder();

    ReaderStats stats() {
        return new ReaderStats(
                stripeRequests.sum(), hedges.sum(), retries.sum(), reconstructed.sum(), corruptStripes.sum());
    }
}
