package io.zonecache.client.internal.fill;

import java.util.concurrent.atomic.LongAdder;

/** Counts the origin and lease figures of {@link FillStats}. */
final class FillCounters {
    final LongAdder originFetches = new LongAdder();
    final LongAdder originRetries = new LongAdder();
    final LongAdder originFailures = new LongAdder();
    final LongAdder stats = new LongAdder();
    final LongAdder uncoordinatedFetches = new LongAdder();
    final LongAdder absent = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder leases = new LongAdder();
    final LongAdder leasesUnused = new LongAdder();
    final LongAdder filledByOthers = new LongAdder();
}
