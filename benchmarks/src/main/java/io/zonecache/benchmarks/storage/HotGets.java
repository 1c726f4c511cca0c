package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.StripeStore;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/** GETs of stripes in the hot tier. */
final class HotGets extends StoreScenario {

    private static final int STRIPES = 64;

    HotGets(Path parent) {
        super("store.get.hot", parent, BenchStripes.PAYLOAD_BYTES, 0, 64 * MIB);
    }

    @Override
    public void prepare() {
        fill(STRIPES);
    }

    @Override
    public void run(long nanos, Results results) {
        StripeStore store = store();
        Histogram latencies = Results.histogram();
        ChunkKey[] keys = new ChunkKey[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            keys[i] = BenchStripes.key(i);
        }
        long end = System.nanoTime() + nanos;
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            latencies.recordValue(get(store, keys[i % STRIPES]));
        }
        results.addLatencies(name(), latencies);
    }
}
