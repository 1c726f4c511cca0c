package io.zonecache.client.internal.write;

import java.util.concurrent.atomic.LongAdder;

/** Counts the figures of {@link io.zonecache.client.WriteStats}. */
final class WriteCounters {
    final LongAdder writeBacks = new LongAdder();
    final LongAdder writeBacksFailed = new LongAdder();
    final LongAdder repairs = new LongAdder();
    final LongAdder repairsDropped = new LongAdder();
}
