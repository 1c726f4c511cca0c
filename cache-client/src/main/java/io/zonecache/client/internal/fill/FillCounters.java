package io.zonecache.client.internal.fill;

import java.util.concurrent.atomic.LongAdder;

/** What {@link FillStats} tells of the origin and of leases. */
final class FillCounters {
    final LongAdder originFetches = new LongAdder();
    final LongAdder originRetries = new LongAdder();
    final LongAdder originFailures = new LongAdder();
    final LongAdder uncoordinatedFetches = new LongAdder();
    final LongAdder absent = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder leases = new LongAdder();
    final LongAdder leasesUnused = new LongAdder();
    final LongAdder filledByOthers = new LongAdder();
}
