package io.zonecache.client.internal.write;

import java.util.concurrent.atomic.LongAdder;

/** What {@link io.zonecache.client.WriteStats} tells. */
final class WriteCounters {
    final LongAdder writeBacks = new LongAdder();
    final LongAdder writeBacksFailed = new LongAdder();
    final LongAdder repairs = new LongAdder();
    final LongAdder repairsDropped = new LongAdder();
}
