package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.storage.StripeStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** GETs that read the disk tier, whose files are in the page cache. */
class DiskGets extends StoreScenario {

    private final int count;

    DiskGets(Path parent, int count) {
        this("store.get.disk", parent, count);
    }

    DiskGets(String name, Path parent, int count) {
        super(
                name,
                parent,
                BenchStripes.PAYLOAD_BYTES,
                capacityFor(count, BenchStripes.PAYLOAD_BYTES),
                // Nothing is hot.
                0);
        this.count = count;
    }

    /** Everything is on disk once a store was closed. */
    @Override
    public void prepare() {
        fill(count);
        close();
    }

    @Override
    public void run(long nanos, Results results) throws IOException {
        StripeStore store = store();
        Histogram latencies = Results.histogram();
        Random random = new Random(count);
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            latencies.recordValue(get(store, BenchStripes.key(random.nextInt(count))));
        }
        results.addLatencies(name(), latencies);
    }
}
