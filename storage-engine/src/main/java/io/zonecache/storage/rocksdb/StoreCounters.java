package io.zonecache.storage.rocksdb;

import java.util.concurrent.atomic.LongAdder;

/** What {@link io.zonecache.storage.StoreStats} counts since open. */
final class StoreCounters {

    final LongAdder hotHits = new LongAdder();
    final LongAdder diskHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder puts = new LongAdder();
    final LongAdder evictions = new LongAdder();
    final LongAdder corruptDropped = new LongAdder();
    final LongAdder readErrors = new LongAdder();
    final LongAdder writeErrors = new LongAdder();

    /** Bytes that cleaning has copied: what is written beyond what was put. */
    final LongAdder copiedBytes = new LongAdder();

    final LongAdder putBytes = new LongAdder();
}
